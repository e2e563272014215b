/**
 * The layout of a run folder and what its files hold.
 *
 *     RUN/study.json              the effective study and the plan: every cell that the run consists of
 *     RUN/manifest.json           provenance of the run
 *     RUN/cells/<cellKey>/        a finished cell: findings.json, manifest.json and four Parquet files
 *     RUN/failed/<cellKey>.json   why a cell failed; gone when a later attempt succeeds
 *     RUN/running/<host>~<pid>.json   signs of life of the processes that work on it
 *
 * A cell folder appears by one rename, so it is there whole or not at all.
 */
import { join } from "node:path";
import type { Study } from "../config/scenario-schema.js";
import type { SweepDesign } from "../config/sweep-design.js";
import type { Findings } from "../metrics/findings.js";
import type { ColumnTable, TableSchema } from "../records/column-table.js";
import type { FleetTotals } from "../records/fleet-totals.js";
import { REQUEST_SCHEMA } from "../records/request-record.js";
import { TRUTH_SCHEMA } from "../records/truth-record.js";
import { USAGE_SCHEMA } from "../records/usage-record.js";
import { WIRE_SCHEMA } from "../records/wire-record.js";

/** The record types of a cell, in the order in which they are stored and hashed. */
export const RECORD_SCHEMAS: readonly TableSchema[] = [REQUEST_SCHEMA, WIRE_SCHEMA, TRUTH_SCHEMA, USAGE_SCHEMA];

/** Rows of one cell, by record name. */
export interface CellTables {
  readonly request: ColumnTable;
  readonly wire: ColumnTable;
  readonly truth: ColumnTable;
  readonly usage: ColumnTable;
}

/** What names a cell within its run. */
export interface CellIdentity {
  /** sha256 of everything that the result depends on, 64 hex digits. */
  readonly cellKey: string;
  /** Position in the plan, from 0. */
  readonly cellIndex: number;
  /** The point of the sweep, for people: equal for all replications of a scenario. */
  readonly label: string;
  /** Swept config path to value. */
  readonly axes: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly replication: number;
}

/** `cells/<cellKey>/manifest.json`. */
export interface CellManifest extends CellIdentity {
  /** sha256 of the two below: equal for equal results, whatever the machine and the threads. */
  readonly recordsSha256: string;
  /** sha256 over the canonical bytes of the four tables. */
  readonly rowsSha256: string;
  /** sha256 over the totals of all questions, rows kept or not. */
  readonly totalsSha256: string;
  /** Rows kept, by record name. */
  readonly rowCounts: Readonly<Record<string, number>>;
  /** Version of each record type, by name. */
  readonly schemaVersions: Readonly<Record<string, number>>;
  readonly wallS: number;
  readonly cpuS: number;
  /** When the cell was done, ISO 8601. */
  readonly finishedAt: string;
}

/** A cell as its simulation leaves it. */
export interface FinishedCell extends CellIdentity {
  readonly findings: Findings;
  readonly tables: CellTables;
  /** Totals over all questions: they go into the digest, as rows may be kept of some people only. */
  readonly totals: Pick<FleetTotals, "sums" | "digest">;
  readonly wallS: number;
  readonly cpuS: number;
  /** ISO 8601. */
  readonly finishedAt: string;
}

/** A cell read back, without its rows. */
export interface StoredCell extends CellManifest {
  readonly findings: Findings;
}

/** A cell that failed. */
export interface FailedCell extends CellIdentity {
  readonly message: string;
  /** ISO 8601. */
  readonly failedAt: string;
}

/** `study.json`: what the run is. */
export interface StoredStudy {
  /** The effective study: the normalised config, defaults filled in. */
  readonly study: Study;
  /** How its axes combine. */
  readonly design: SweepDesign;
  /** Every cell of the run. */
  readonly plan: readonly CellIdentity[];
  /** Absent when the config alone says how many replications there are. */
  readonly until?: StoredUntil;
}

/** A rule that chooses the replications of a run. */
export interface StoredUntil {
  /** As written after --until. */
  readonly rule: string;
  readonly least: number;
  readonly most: number;
}

/** Paths of a run folder. */
export const runPaths = {
  study: (run: string): string => join(run, "study.json"),
  manifest: (run: string): string => join(run, "manifest.json"),
  cells: (run: string): string => join(run, "cells"),
  cell: (run: string, cellKey: string): string => join(run, "cells", cellKey),
  failures: (run: string): string => join(run, "failed"),
  failure: (run: string, cellKey: string): string => join(run, "failed", `${cellKey}.json`),
  running: (run: string): string => join(run, "running"),
} as const;
