import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { makeCell, studyOf } from "../../run/sample-cells.test-data.js";
import { writeCell, writeStudy } from "../../run/write-cell.js";
import { runCli } from "../run-cli.js";

let folder: string, before: string, after: string, output = "", errors = "";

/** A run of one point with ten replications of two metrics. */
function writeRun(name: string, ttft: (replication: number) => number): string {
  const run = join(folder, name), cells = Array.from({ length: 10 }, (_, i) => makeCell("a|b", i, { "ttft.p95": ttft(i), "correct.fraction": 0.5 }));
  writeStudy(run, studyOf(cells));
  for (const cell of cells) writeCell(run, cell);
  return run;
}

async function exitCodeOf(...words: string[]): Promise<number> {
  process.exitCode = 0;
  await runCli(["compare", ...words]);
  return Number(process.exitCode);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plmm-compare-"));
  before = writeRun("before", (i) => 10 + i);
  after = writeRun("after", (i) => 10 + i + 0.5 + 0.01 * (i % 3));
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
beforeEach(() => {
  output = errors = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => { output += String(text); return true; });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => { errors += String(text); return true; });
});
afterEach(() => { vi.restoreAllMocks(); process.exitCode = 0; });

describe("plmm compare", () => {
  it("shows what differs and leaves out what does not", async () => {
    expect(await exitCodeOf(before, after)).toBe(0);
    expect(output).toMatch(/ttft\.p95 +14\.5 +15\.009 +3\.51% +0\.509 /);
    expect(output).not.toContain("correct.fraction");
    expect(output).toContain("1 of 2 comparisons without any difference are left out (--all shows them); 2 paired by common random numbers");
  });

  it("ends with 3 and says where when --fail-on holds, and with 0 when the change is the other way", async () => {
    expect(await exitCodeOf(before, after, "--fail-on", "worse(ttft.p95)>2%")).toBe(3);
    expect(errors).toMatch(/^--fail-on worse\(ttft\.p95\)>2% holds at a\|b: \+0\.509, \+3\.51% \(p = /);
    expect(await exitCodeOf(after, before, "--fail-on", "worse(ttft.p95)>2%")).toBe(0);
    expect(await exitCodeOf(before, after, "--fail-on", "ttft.p95>4%", "--fail-on", "ttft.p95>0.5")).toBe(3);
  });

  it("takes a noisy difference beyond the bound for no regression", async () => {
    const noisy = writeRun("noisy", (i) => 10 + i + (i % 2 === 0 ? 9 : -8));
    expect(await exitCodeOf(before, noisy, "--fail-on", "ttft.p95>2%")).toBe(0);
  });

  it("prints Markdown, CSV and JSON with all rows", async () => {
    await exitCodeOf(before, after, "--format", "json", "--metric", "ttft.p95");
    expect(JSON.parse(output)).toMatchObject([{ metric: "ttft.p95", isPaired: true, n: 10 }]);
    output = "";
    await exitCodeOf(before, after, "--format", "csv");
    expect(output.trim().split("\n")).toHaveLength(3);
    output = "";
    await exitCodeOf(before, after, "--format", "md");
    expect(output).toContain("| a\\|b | ttft.p95 |");
  });

  it.each([[["--fail-on", "ttft.p59>2%"], "ttft.p50"], [["--metric", "nonsense-metric"], "The metrics are"], [["--fail-on", "ttft.p50>2%"], "plmm table all"], [["--fail-on", "ttft.p95"], "For example"]])(
    "refuses %j with a next step", async (words, hint) => {
      expect(await exitCodeOf(before, after, ...words)).toBe(2);
      expect(errors).toContain(hint);
    });

  it("refuses a folder that is no run", async () => {
    expect(await exitCodeOf(before, folder)).toBe(2);
    expect(errors).toContain("a run to compare must be a folder");
  });
});
