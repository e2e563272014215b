/**
 * Puts finished cells and run descriptions on disk so that a reader never meets half of one: everything is written into a
 * folder of its own beside the target, flushed, and renamed. A process killed at any instant leaves at most such a
 * folder, which the next writer sweeps away.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { DataError, invariant } from "../core/errors.js";
import type { Findings } from "../metrics/findings.js";
import type { RunManifest } from "../records/provenance.js";
import { digestCell, digestRecords, digestTotals } from "./digest-records.js";
import { encodeParquet } from "./parquet-table.js";
import { RECORD_SCHEMAS, runPaths, type CellManifest, type CellTables, type FailedCell, type FinishedCell, type StoredStudy } from "./result-store.js";

const TEMPORARY = ".writing-";
let writeCount = 0;

/**
 * Stores a finished cell. Storing the same cell key again changes nothing: equal keys mean equal results.
 *
 * @param run Run folder. Made when absent.
 * @param writeFile How one file is written; a test puts a failing disk here.
 * @returns The manifest as stored.
 * @throws {DataError} when the folder cannot be written or the disk is full; nothing of the cell is left then.
 */
export function writeCell(run: string, cell: FinishedCell, writeFile: WriteFile = writeFlushed): CellManifest {
  checkFinite(cell.findings);
  const manifest = describeCell(cell);
  const target = runPaths.cell(run, cell.cellKey);
  if (existsSync(target)) return manifest;
  const temporary = join(runPaths.cells(run), temporaryName(cell.cellKey));
  attemptWrite(target, temporary, () => {
    mkdirSync(temporary, { recursive: true });
    for (const { name } of RECORD_SCHEMAS) {
      writeFile(join(temporary, `${name}.parquet`), encodeParquet(cell.tables[name as keyof CellTables]));
    }
    writeFile(join(temporary, "findings.json"), encodeJson(cell.findings));
    writeFile(join(temporary, "manifest.json"), encodeJson(manifest));
    renameUnlessThere(temporary, target);
  });
  rmSync(runPaths.failure(run, cell.cellKey), { force: true });
  return manifest;
}

/** Writes the bytes of one file so that they are on the disk when it returns. */
export type WriteFile = (path: string, bytes: Uint8Array) => void;

/** Notes that a cell failed, and why. Replaces an earlier note. */
export function writeFailure(run: string, failure: FailedCell): void {
  writeWhole(runPaths.failure(run, failure.cellKey), encodeJson(failure));
}

/** Stores what the run is. Written before the first cell. */
export function writeStudy(run: string, study: StoredStudy): void {
  writeWhole(runPaths.study(run), encodeJson(study));
}

/** Stores how the run was made. Written at the start, and again with the end time. */
export function writeRunManifest(run: string, manifest: RunManifest): void {
  writeWhole(runPaths.manifest(run), encodeJson(manifest));
}

/**
 * Replaces a file by one rename: readers see the old bytes or the new ones.
 *
 * @throws {DataError} when the file cannot be written.
 */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const temporary = join(dirname(path), temporaryName(basename(path)));
  attemptWrite(path, temporary, () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFlushed(temporary, bytes);
    renameSync(temporary, path);
    flushFolder(dirname(path));
  });
}

/**
 * Removes what writers on this machine left behind that are no longer alive. Writers on other machines are left alone.
 *
 * @returns How many leftovers were removed.
 */
export function sweepLeftovers(run: string): number {
  let sweptCount = 0;
  for (const folder of [run, runPaths.cells(run), runPaths.failures(run)]) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      if (!isLeftover(name)) continue;
      rmSync(join(folder, name), { recursive: true, force: true });
      sweptCount++;
    }
  }
  return sweptCount;
}

/** JSON has no NaN: a metric that does not exist is to be left out of the findings. */
function checkFinite(findings: Findings): void {
  for (const [name, value] of Object.entries(findings.metrics)) invariant(Number.isFinite(value), `have a finite metric ${name}`, value);
  for (const [name, { edges, counts }] of Object.entries(findings.histograms)) {
    invariant((edges.length === counts.length + 1 || edges.length + counts.length === 0) && edges.every(Number.isFinite), `have a histogram ${name} with one finite edge more than counts`, edges.length);
  }
}

function describeCell(cell: FinishedCell): CellManifest {
  const { cellKey, cellIndex, label, axes, seed, replication, wallS, cpuS, finishedAt, tables, totals } = cell;
  const rowsSha256 = digestRecords(tables), totalsSha256 = digestTotals(totals);
  const byName = (value: (schema: (typeof RECORD_SCHEMAS)[number]) => number): Record<string, number> =>
    Object.fromEntries(RECORD_SCHEMAS.map((schema) => [schema.name, value(schema)]));
  return {
    cellKey, cellIndex, label, axes, seed, replication,
    recordsSha256: digestCell(rowsSha256, totalsSha256), rowsSha256, totalsSha256,
    rowCounts: byName(({ name }) => tables[name as keyof CellTables].rowCount),
    schemaVersions: byName(({ version }) => version),
    wallS, cpuS, finishedAt,
  };
}

function attemptWrite(target: string, temporary: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    try { rmSync(temporary, { recursive: true, force: true }); } catch { /* The leftover is swept later. */ }
    throw new DataError({
      subject: "the result folder", rule: "be writable and have room", got: cause instanceof Error ? cause.message : String(cause), where: target,
      hint: "Free some space or choose another folder with --out, then give the same command again: finished cells are kept.", cause,
    });
  }
}

function renameUnlessThere(temporary: string, target: string): void {
  try {
    renameSync(temporary, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
    rmSync(temporary, { recursive: true, force: true });
  }
  flushFolder(dirname(target));
}

function writeFlushed(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "wx");
  try {
    for (let offset = 0; offset < bytes.length;) offset += writeSync(file, bytes, offset);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function flushFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try { fsyncSync(handle); } catch { /* Some file systems do not flush folders; the rename stands all the same. */ } finally { closeSync(handle); }
}

function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}

function temporaryName(name: string): string {
  return `${TEMPORARY}${hostname()}~${process.pid}~${writeCount++}~${name}`;
}

function isLeftover(name: string): boolean {
  if (!name.startsWith(TEMPORARY)) return false;
  const [host, pid] = name.slice(TEMPORARY.length).split("~");
  return host === hostname() && !isAlive(Number(pid));
}

/** Whether a process of this machine is alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
