import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DataError } from "../core/errors.js";
import { listPublished } from "./load-published.js";
import { renderPublishedTables } from "./render-published-tables.js";
import { holdsText } from "./render-published.js";

const parent = mkdtempSync(join(tmpdir(), "plmm-tables-"));
afterAll(() => { rmSync(parent, { recursive: true }); });

/** Copies the newest published results and changes text in one of their files. */
function spoil(experiment: string, file: string, before: RegExp, after: string): string {
  const folder = join(parent, `${experiment}-${file}`);
  cpSync(listPublished(experiment).at(-1)!, folder, { recursive: true });
  const text = readFileSync(join(folder, file), "utf8"), edited = text.replace(before, after);
  expect(edited).not.toBe(text);
  writeFileSync(join(folder, file), edited);
  return folder;
}

async function differing(folder: string): Promise<readonly string[]> {
  return [...await renderPublishedTables(folder)].filter(([path, text]) => !holdsText(folder, path, text)).map(([path]) => path);
}

describe("tables and figures of devices and of real ones", () => {
  it.each([["01-on-device-inference", 4], ["12-sim-vs-real", 7]])("of %s are drawn again from the published rows", async (experiment, least) => {
    expect((await renderPublishedTables(listPublished(experiment).at(-1)!)).size).toBeGreaterThanOrEqual(least);
  });

  it("come out otherwise when a row is another", async () => {
    expect(await differing(spoil("01-on-device-inference", "cases.json", /"batteryH":[\d.]+/, '"batteryH":99'))).toContain("tables/cases.md");
    expect(await differing(spoil("12-sim-vs-real", "servers.json", /"difference":[\d.-]+/, '"difference":0.9'))).toEqual(expect.arrayContaining(["tables/servers.md", "figures/server-differences.svg"]));
    expect(await differing(spoil("12-sim-vs-real", "heat.json", /"measuredRatio":[\d.]+/, '"measuredRatio":0.1'))).toEqual(expect.arrayContaining(["tables/heat.md", "figures/heat-ratios.svg"]));
  });

  it("are refused when a field is of another kind", async () => {
    await expect(renderPublishedTables(spoil("01-on-device-inference", "cases.json", /"batteryH":[\d.]+/, '"batteryH":"long"'))).rejects.toThrow(DataError);
  });
});
