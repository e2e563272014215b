import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BugError, ConfigError, DataError } from "../core/errors.js";
import { digestCell, digestRecords, digestRun, digestTotals } from "./digest-records.js";
import { findRun, hasCell, loadCell, loadRun, loadStoredStudy, loadTables } from "./load-cells.js";
import { measureProvenance } from "./measure-provenance.js";
import { runPaths } from "./result-store.js";
import { makeCell, studyOf } from "./sample-cells.test-data.js";
import { sweepLeftovers, writeCell, writeFailure, writeRunManifest, writeStudy } from "./write-cell.js";

let run: string;
beforeEach(() => { run = mkdtempSync(join(tmpdir(), "plmm-store-")); });
afterEach(() => { rmSync(run, { recursive: true, force: true }); });

const cell = makeCell("cascade", 0, { "ttft.mean": 1.25 });

describe("the result store", () => {
  it("gives back the cell that was written, rows included", async () => {
    const manifest = writeCell(run, cell);
    const stored = loadCell(run, cell.cellKey);
    expect(stored).toEqual({ ...manifest, findings: cell.findings });
    expect(manifest.rowCounts).toEqual({ request: 6, wire: 6, truth: 6, usage: 6 });
    expect(digestRecords(await loadTables(run, cell.cellKey))).toBe(manifest.rowsSha256);
    expect(digestCell(manifest.rowsSha256, manifest.totalsSha256)).toBe(manifest.recordsSha256);
  });

  it("leaves nothing behind when the disk fails at any of the six files", () => {
    for (let failAt = 0; failAt < 6; failAt++) {
      let fileCount = 0;
      const failing = (path: string, bytes: Uint8Array): void => {
        if (fileCount++ === failAt) { writeFileSync(path, bytes.subarray(0, 10)); throw new Error("ENOSPC: no space left on device"); }
        writeFileSync(path, bytes);
      };
      expect(() => writeCell(run, cell, failing)).toThrow(DataError);
      expect(hasCell(run, cell.cellKey)).toBe(false);
      expect(readdirSync(runPaths.cells(run))).toEqual([]);
    }
    writeCell(run, cell);
    expect(hasCell(run, cell.cellKey)).toBe(true);
  });

  it("says which folder cannot be written", () => {
    const path = join(run, "file");
    writeFileSync(path, "not a folder");
    expect(() => writeCell(join(path, "run"), cell)).toThrow(/the result folder must be writable and have room; got .*ENOTDIR/);
  });

  it.skipIf(process.getuid?.() === 0)("says so when the folder is read-only (not run as root, who may write everywhere)", () => {
    chmodSync(run, 0o500);
    expect(() => writeCell(run, cell)).toThrow(/EACCES/);
  });

  it("shows no half cell after kill -9, and the next writer sweeps up", { timeout: 20_000 }, async () => {
    const script = `
      const { mkdirSync, writeFileSync } = await import("node:fs");
      const folder = ${JSON.stringify(runPaths.cells(run))} + "/.writing-" + ${JSON.stringify(hostname())} + "~" + process.pid + "~0~${cell.cellKey}";
      mkdirSync(folder, { recursive: true });
      writeFileSync(folder + "/request.parquet", "half");
      console.log("half written");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    expect(sweepLeftovers(run)).toBe(0); // Its writer lives.
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(hasCell(run, cell.cellKey)).toBe(false);
    expect(sweepLeftovers(run)).toBe(1);
    expect(readdirSync(runPaths.cells(run))).toEqual([]);
  });

  it("leaves the writers of other machines alone", () => {
    mkdirSync(join(runPaths.cells(run), ".writing-elsewhere~1~0~key"), { recursive: true });
    expect(sweepLeftovers(run)).toBe(0);
  });

  it("keeps the first of two equal cells", () => {
    writeCell(run, cell);
    const before = readFileSync(join(runPaths.cell(run, cell.cellKey), "manifest.json"), "utf8");
    writeCell(run, { ...cell, wallS: 99 });
    expect(readFileSync(join(runPaths.cell(run, cell.cellKey), "manifest.json"), "utf8")).toBe(before);
  });

  it("refuses a finding that JSON cannot hold", () => {
    expect(() => writeCell(run, makeCell("a", 0, { "ttft.mean": NaN }))).toThrow(BugError);
  });

  it("tells finished, failed and missing cells apart, and forgets a failure that was mended", () => {
    const cells = [0, 1, 2].map((replication) => makeCell("cascade", replication, { "ttft.mean": 1 }));
    writeStudy(run, studyOf(cells));
    writeCell(run, cells[0]!);
    const { cellKey, cellIndex, label, axes, seed, replication } = cells[1]!;
    writeFailure(run, { cellKey, cellIndex, label, axes, seed, replication, message: "LimitError: too many events", failedAt: "2026-08-05T10:00:00Z" });
    const before = loadRun(run);
    expect([before.cells.length, before.failures.length, before.missingCount]).toEqual([1, 1, 1]);
    writeCell(run, cells[1]!);
    const after = loadRun(run);
    expect([after.cells.length, after.failures.length, after.missingCount]).toEqual([2, 0, 1]);
    expect(existsSync(runPaths.failure(run, cellKey))).toBe(false);
  });

  it("names a damaged file", () => {
    writeCell(run, cell);
    writeFileSync(join(runPaths.cell(run, cell.cellKey), "findings.json"), "{");
    expect(() => loadCell(run, cell.cellKey)).toThrow(/findings\.json/);
  });

  it("refuses a folder that is not a run", () => {
    expect(() => loadRun(join(run, "nothing"))).toThrow(ConfigError);
    expect(() => findRun(undefined, join(run, "nothing"))).toThrow(ConfigError);
  });

  it("gives back the study to go on with, frozen", () => {
    const stored = studyOf([]);
    writeStudy(run, stored);
    const { study, design } = loadStoredStudy(run);
    expect(study).toEqual(stored.study);
    expect(design).toEqual({ kind: "grid" });
    expect(Object.isFrozen(study.population)).toBe(true);
    expect(() => loadStoredStudy(join(run, "nothing"))).toThrow(ConfigError);
  });

  it("finds the newest run", () => {
    writeStudy(join(run, "old"), studyOf([]));
    expect(findRun(undefined, run)).toBe(join(run, "old"));
    expect(findRun("given", run)).toBe("given");
  });

  it("digests a run whatever the order of its cells", () => {
    const a = { cellIndex: 0, recordsSha256: "1" }, b = { cellIndex: 1, recordsSha256: "2" };
    expect(digestRun([a, b])).toBe(digestRun([b, a]));
    expect(digestRun([a, b])).not.toBe(digestRun([a, { ...b, recordsSha256: "3" }]));
    expect(digestRun([a, b])).not.toBe(digestRun([{ ...a, cellIndex: 1 }, { ...b, cellIndex: 0 }]));
  });

  it("sees a change of one total, though no row was kept of it", () => {
    const { totals } = makeCell("a", 0, {});
    const before = digestTotals(totals);
    totals.sums[3]! += 1;
    expect(digestTotals(totals)).not.toBe(before);
  });

  it("stores where the run comes from", () => {
    const provenance = measureProvenance();
    expect(provenance.node).toBe(process.version);
    expect(provenance.lockfileSha256).toMatch(/^[0-9a-f]{64}$/);
    writeStudy(run, studyOf([]));
    writeRunManifest(run, { ...provenance, warnings: ["a doubt"] });
    expect(loadRun(run).manifest).toEqual({ ...provenance, warnings: ["a doubt"] });
  });
});
