/** Reads run folders back: the study, its provenance and every finished cell, without rows unless they are asked for. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { deepFreeze } from "../config/plain-tree.js";
import { studySchema, type Study } from "../config/scenario-schema.js";
import { ConfigError } from "../core/errors.js";
import type { ColumnTable } from "../records/column-table.js";
import type { RunManifest } from "../records/provenance.js";
import { digestRun } from "./digest-records.js";
import { loadJson } from "./load-json.js";
import { parseParquet } from "./parquet-table.js";
import { RECORD_SCHEMAS, runPaths, type CellIdentity, type CellTables, type FailedCell, type StoredCell, type StoredStudy } from "./result-store.js";

/** A run folder as read. */
export interface StoredRun extends StoredStudy {
  readonly folder: string;
  /** Absent when the run was stopped before it could be written. */
  readonly manifest: RunManifest | undefined;
  /** Finished cells of the plan, in plan order. */
  readonly cells: readonly StoredCell[];
  readonly failures: readonly FailedCell[];
  /** Cells of the plan that are neither finished nor failed. */
  readonly missingCount: number;
  /** Digest over the records of all finished cells. */
  readonly recordsSha256: string;
}

const identity = {
  cellKey: z.string().regex(/^[0-9a-f]{64}$/, "be 64 hex digits"),
  cellIndex: z.number().int().min(0), label: z.string(), axes: z.record(z.string(), z.unknown()),
  seed: z.number().int(), replication: z.number().int().min(0),
};
const designSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["grid", "zip"]) }), z.object({ kind: z.enum(["lhs", "sobol"]), points: z.number().int().positive() }),
]);
const untilSchema = z.object({ rule: z.string(), least: z.number().int().positive(), most: z.number().int().positive() }).optional();
const storedStudySchema = z.object({ study: z.record(z.string(), z.unknown()), design: designSchema, plan: z.array(z.object(identity)) });
const cellSchema = z.object({
  ...identity, recordsSha256: z.string(), rowsSha256: z.string(), totalsSha256: z.string(), rowCounts: z.record(z.string(), z.number()), schemaVersions: z.record(z.string(), z.number()),
  wallS: z.number(), cpuS: z.number(), finishedAt: z.string(),
});
const findingsSchema = z.object({
  metrics: z.record(z.string(), z.number()),
  histograms: z.record(z.string(), z.object({ unit: z.string(), edges: z.array(z.number()), counts: z.array(z.number()) })),
  warnings: z.array(z.string()),
});
const failureSchema = z.object({ ...identity, message: z.string(), failedAt: z.string() });

/**
 * Reads a run folder.
 *
 * @throws {ConfigError} when the folder is not a run.
 * @throws {DataError} when a file in it is damaged.
 */
export function loadRun(folder: string): StoredRun {
  const { study, design, plan } = loadPlan(folder);
  // A cell may have been stored under another plan: this run's names are those of its own plan.
  const cells = plan.flatMap((identity) => {
    const cell = loadCell(folder, identity.cellKey);
    return cell === undefined ? [] : [{ ...cell, ...identity }];
  });
  const finished = new Set(cells.map(({ cellKey }) => cellKey));
  const failures = loadFailures(folder, plan.filter(({ cellKey }) => !finished.has(cellKey)));
  const manifest = existsSync(runPaths.manifest(folder)) ? loadRunFile(runPaths.manifest(folder), z.looseObject({})) as unknown as RunManifest : undefined;
  return { folder, study, design, plan, manifest, cells, failures, missingCount: plan.length - finished.size - failures.length, recordsSha256: digestRun(cells) };
}

/**
 * The study of a run folder with its plan, no cell read.
 *
 * @throws {ConfigError} when the folder is not a run.
 * @throws {DataError} when study.json is damaged.
 */
export function loadPlan(folder: string): StoredStudy {
  checkIsRun(folder);
  const { study, design, plan } = loadRunFile(runPaths.study(folder), storedStudySchema);
  return { study: study as unknown as Study, design, plan };
}

/** Why cells failed, those that did among the given ones. */
export function loadFailures(folder: string, cells: readonly CellIdentity[]): FailedCell[] {
  return cells.map(({ cellKey }) => loadFailure(folder, cellKey)).filter((failure) => failure !== undefined);
}

/**
 * The study of a run folder, checked by the rules of this version, to run what it lacks.
 *
 * @throws {ConfigError} when the folder is not a run.
 * @throws {DataError} when study.json is damaged or of another version.
 */
export function loadStoredStudy(folder: string): Omit<StoredStudy, "plan"> {
  checkIsRun(folder);
  const { study, design, until } = loadRunFile(runPaths.study(folder), z.object({ study: studySchema, design: designSchema, until: untilSchema }));
  return { study: deepFreeze(study) as unknown as Study, design, ...(until === undefined ? {} : { until }) };
}

function checkIsRun(folder: string): void {
  if (!existsSync(runPaths.study(folder))) {
    throw new ConfigError({
      subject: "--run", rule: "name a folder that plmm run or plmm sweep wrote", got: folder,
      hint: "Such a folder has a study.json. Make one with: plmm run configs/quickstart.yaml",
    });
  }
}

/** Whether a cell is stored. */
export function hasCell(run: string, cellKey: string): boolean {
  return existsSync(runPaths.cell(run, cellKey));
}

/** A stored cell without its rows; undefined when it is not there. */
export function loadCell(run: string, cellKey: string): StoredCell | undefined {
  const folder = runPaths.cell(run, cellKey);
  if (!existsSync(folder)) return undefined;
  return { ...loadRunFile(join(folder, "manifest.json"), cellSchema), findings: loadRunFile(join(folder, "findings.json"), findingsSchema) };
}

/** The rows of a stored cell. */
export async function loadTables(run: string, cellKey: string): Promise<CellTables> {
  const tables: Record<string, ColumnTable> = {};
  for (const schema of RECORD_SCHEMAS) {
    const path = join(runPaths.cell(run, cellKey), `${schema.name}.parquet`);
    tables[schema.name] = await parseParquet(readFileSync(path), schema, path);
  }
  return tables as unknown as CellTables;
}

/**
 * The run that a command means: the folder given, or the newest run below `out/`.
 *
 * @throws {ConfigError} when none was given and none is there.
 */
export function findRun(given: string | undefined, root: string = "out"): string {
  if (given !== undefined) return given;
  const folders = existsSync(root) ? readdirSync(root).map((name) => join(root, name)).filter((folder) => existsSync(runPaths.study(folder))) : [];
  const byAge = folders.map((folder) => ({ folder, atMs: statSync(runPaths.study(folder)).mtimeMs })).sort((a, b) => b.atMs - a.atMs);
  if (byAge[0] !== undefined) return byAge[0].folder;
  throw new ConfigError({
    subject: "--run", rule: `be given when there is no run below ${root}/`, got: undefined,
    hint: "Make a run with: plmm run configs/quickstart.yaml",
  });
}

function loadFailure(run: string, cellKey: string): FailedCell | undefined {
  const path = runPaths.failure(run, cellKey);
  return existsSync(path) ? loadRunFile(path, failureSchema) : undefined;
}

function loadRunFile<T>(path: string, schema: z.ZodType<T>): T {
  return loadJson(path, schema, "Delete the folder that holds the file and give the run's command again: only what is missing is run.");
}
