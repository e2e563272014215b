import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCell, studyOf } from "../../run/sample-cells.test-data.js";
import { writeCell, writeStudy } from "../../run/write-cell.js";
import { captureCli } from "../captured-cli.test-data.js";

const cli = captureCli("compare");

let folder: string, before: string, after: string;

/** A run of one point with ten replications of two metrics. */
function writeRun(name: string, ttft: (replication: number) => number): string {
  const run = join(folder, name), cells = Array.from({ length: 10 }, (_, i) => makeCell("a|b", i, { "ttft.p95": ttft(i), "correct.fraction": 0.5 }));
  writeStudy(run, studyOf(cells));
  for (const cell of cells) writeCell(run, cell);
  return run;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plmm-compare-"));
  before = writeRun("before", (i) => 10 + i);
  after = writeRun("after", (i) => 10 + i + 0.5 + 0.01 * (i % 3));
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
describe("plmm compare", () => {
  it("shows what differs and leaves out what does not", async () => {
    expect(await cli.exitCodeOf(before, after)).toBe(0);
    expect(cli.output).toMatch(/ttft\.p95 +14\.5 +15\.009 +3\.51% +0\.509 /);
    expect(cli.output).not.toContain("correct.fraction");
    expect(cli.output).toContain("1 of 2 comparisons without any difference are left out (--all shows them); 2 paired by common random numbers");
  });

  it("ends with 3 and says where when --fail-on holds, and with 0 when the change is the other way", async () => {
    expect(await cli.exitCodeOf(before, after, "--fail-on", "worse(ttft.p95)>2%")).toBe(3);
    expect(cli.errors).toMatch(/^--fail-on worse\(ttft\.p95\)>2% holds at a\|b: \+0\.509, \+3\.51% \(p = /);
    expect(await cli.exitCodeOf(after, before, "--fail-on", "worse(ttft.p95)>2%")).toBe(0);
    expect(await cli.exitCodeOf(before, after, "--fail-on", "ttft.p95>4%", "--fail-on", "ttft.p95>0.5")).toBe(3);
  });

  it("takes a noisy difference beyond the bound for no regression", async () => {
    const noisy = writeRun("noisy", (i) => 10 + i + (i % 2 === 0 ? 9 : -8));
    expect(await cli.exitCodeOf(before, noisy, "--fail-on", "ttft.p95>2%")).toBe(0);
  });

  it("prints Markdown, CSV and JSON with all rows", async () => {
    await cli.exitCodeOf(before, after, "--format", "json", "--metric", "ttft.p95");
    expect(JSON.parse(cli.output)).toMatchObject([{ metric: "ttft.p95", isPaired: true, n: 10 }]);
    cli.output = "";
    await cli.exitCodeOf(before, after, "--format", "csv");
    expect(cli.output.trim().split("\n")).toHaveLength(3);
    cli.output = "";
    await cli.exitCodeOf(before, after, "--format", "md");
    expect(cli.output).toContain("| a\\|b | ttft.p95 |");
  });

  it.each([[["--fail-on", "ttft.p59>2%"], "ttft.p50"], [["--metric", "nonsense-metric"], "The metrics are"], [["--fail-on", "ttft.p50>2%"], "plmm table all"], [["--fail-on", "ttft.p95"], "For example"]])(
    "refuses %j with a next step", async (words, hint) => {
      expect(await cli.exitCodeOf(before, after, ...words)).toBe(2);
      expect(cli.errors).toContain(hint);
    });

  it("refuses a folder that is no run", async () => {
    expect(await cli.exitCodeOf(before, folder)).toBe(2);
    expect(cli.errors).toContain("a run to compare must be a folder");
  });
});
