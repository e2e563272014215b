import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import yargs from "yargs";
import { ConfigError, DataError } from "../../core/errors.js";
import { sampleCells } from "../../report/sample-findings.test-data.js";
import { loadRun } from "../../run/load-cells.js";
import { makeCell, studyOf } from "../../run/sample-cells.test-data.js";
import { writeCell, writeFailure, writeStudy } from "../../run/write-cell.js";
import { command as plot } from "./plot.js";
import { command as query } from "./query.js";
import { command as report } from "./report.js";
import { command as status, countCells, renderStatus } from "./status.js";
import { command as table } from "./table.js";

let folder: string, run: string;
const cells = sampleCells(2).map((sample, cellIndex) => ({ ...makeCell(sample.label, sample.replication, {}), ...sample, cellIndex }));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plmm-commands-"));
  run = join(folder, "run");
  writeStudy(run, studyOf(cells));
  for (const cell of cells.slice(2)) writeCell(run, cell);
  const { cellKey, cellIndex, label, axes, seed, replication } = cells[0]!;
  writeFailure(run, { cellKey, cellIndex, label, axes, seed, replication, message: "LimitError: events must end; got 5.\nRaise limits.", failedAt: "2026-08-05T10:00:00Z" });
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** Runs one command line and gives what it printed. */
async function runCommand(...words: string[]): Promise<string> {
  let printed = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => { printed += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1"); return true; });
  try {
    await yargs(words).command([status, table, plot, query, report] as never).strict().exitProcess(false).fail((message, error) => { throw error ?? new ConfigError({ subject: "the command line", rule: "be right", got: message, hint: "" }); }).parseAsync();
  } finally {
    spy.mockRestore();
  }
  return printed;
}

describe("commands over a stored run", () => {
  it("status counts cells, names failures and gives the command to go on", async () => {
    const stored = loadRun(run);
    expect(countCells(stored)).toEqual({ folder: run, planned: 10, finished: 8, failed: 1, missing: 1, resume: `plmm resume ${run}` });
    const text = renderStatus(stored);
    expect(text).toContain("8 of 10 cells finished, 1 failed, 1 missing");
    expect(text).toContain("p-only, replication 0: LimitError: events must end; got 5.");
    expect(text).toContain(`To run the rest: plmm resume ${run}`);
    expect(JSON.parse(await runCommand("status", run, "--json"))).toMatchObject({ missing: 1 });
  });

  it("table prints any format", async () => {
    expect(await runCommand("table", "--run", run)).toContain("How fast?");
    expect(await runCommand("table", "paired", "--baseline", "cascade", "--run", run, "--format", "md")).toContain("| TTFT P95 (s) ↓ |");
    await expect(runCommand("table", "nonsense", "--run", run)).rejects.toThrow(ConfigError);
  });

  it("plot writes SVG, PNG and a spec, and says what the figure shows", async () => {
    const svg = join(folder, "f.svg"), png = join(folder, "f.png"), spec = join(folder, "f.json");
    expect(await runCommand("plot", "frontier", "--run", run, "-o", svg)).toMatch(/f\.svg: always-expert leaks most/);
    await runCommand("plot", "metric", "--metric", "ttft.p95", "--run", run, "--format", "png", "-o", png);
    await runCommand("plot", "routes", "--run", run, "--format", "vega", "-o", spec, "--theme", "dark");
    expect(readFileSync(svg, "utf8")).toMatch(/^<svg /);
    expect(readFileSync(png).subarray(1, 4).toString()).toBe("PNG");
    expect(JSON.parse(readFileSync(spec, "utf8"))).toMatchObject({ $schema: "https://vega.github.io/schema/vega-lite/v6.json" });
  });

  it("plot draws rows of the scale experiment, and refuses files that are not", async () => {
    const rows = join(folder, "rows.json");
    writeFileSync(rows, JSON.stringify([{ clients: 1000, threads: 1, wallS: 1, eventsPerS: 1e6, rssBytes: 1e8 }]));
    expect(await runCommand("plot", "scale", "--rows", rows, "-o", "-")).toMatch(/^<svg /);
    writeFileSync(rows, '[{"clients": -1}]');
    await expect(runCommand("plot", "scale", "--rows", rows)).rejects.toThrow(ConfigError);
    await expect(runCommand("plot", "scale")).rejects.toThrow(ConfigError);
    await expect(runCommand("plot", "metric", "--run", run)).rejects.toThrow(/--metric/);
  });

  it("query prints rows", async () => {
    expect(await runCommand("query", "select count(*) as n from cells", "--run", run, "--format", "csv")).toBe("n\n8\n");
  });

  it("report writes the page", async () => {
    await runCommand("report", run);
    expect(existsSync(join(run, "report.html"))).toBe(true);
  });

  it("refuse a run of which nothing is finished", async () => {
    const empty = join(folder, "empty");
    writeStudy(empty, studyOf(cells));
    await expect(runCommand("table", "--run", empty)).rejects.toThrow(DataError);
    await expect(runCommand("report", join(folder, "no-such"))).rejects.toThrow(ConfigError);
  });
});
