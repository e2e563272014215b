import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { captureCli } from "../captured-cli.test-data.js";

const cli = captureCli();

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plmm-privacy-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Made up here, in the form of the data set. */
const SENTENCES = JSON.stringify([
  { full_text: "Write to ann@example.org, please.", spans: [{ entity_type: "EMAIL_ADDRESS", entity_value: "ann@example.org", start_position: 9, end_position: 24 }], template_id: 1 },
  { full_text: "Nothing here.", spans: [], template_id: 2 },
]);

it("scores the detector on marked sentences, held-out templates first", async () => {
  writeFileSync(join(folder, "marked.json"), SENTENCES);
  expect(await cli.exitCodeOf(...`privacy detector --people 0 --file ${join(folder, "marked.json")}`.split(" "))).toBe(0);
  expect(cli.output).toMatch(/^1 texts: templates of odd number, held out$/m);
  expect(cli.output).toMatch(/^EMAIL_ADDRESS +3 +3 +1 +1 +1$/m);
});

it("scores it on people of the world, as JSON too", async () => {
  expect(await cli.exitCodeOf(..."privacy detector --people 3 --json".split(" "))).toBe(0);
  const bodies = JSON.parse(cli.output) as { texts: string; scores: { type: string; recall: number }[] }[];
  expect(bodies.map(({ texts }) => texts)).toEqual(["our world's people, no profile", "our world's people, their own values above open as profile"]);
  expect(bodies[1]!.scores.find(({ type }) => type === "special")!.recall).toBe(1);
});

it.each([["privacy detector --people -1", 2, /--people must be a whole number/], ["privacy detector --file none.json", 3, /none\.json must exist/]])("refuses %s", async (line, exitCode, message) => {
  expect(await cli.exitCodeOf(...line.split(" "))).toBe(exitCode);
  expect(cli.errors).toMatch(message);
});
