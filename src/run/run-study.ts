/**
 * A study: all its cells, those already stored left out, side by side on the threads of a pool. A cell that fails is
 * noted and the others go on; a stopped study is taken up again by the same command.
 */
import { existsSync } from "node:fs";
import type { Piscina } from "piscina";
import type { Study } from "../config/scenario-schema.js";
import type { Cell } from "../config/plan.js";
import type { SweepDesign } from "../config/sweep-design.js";
import type { Provenance } from "../records/provenance.js";
import { cellKeyOf } from "./cell-key.js";
import { digestRun } from "./digest-records.js";
import { runJob } from "./error-transfer.js";
import { loadCellInputs } from "./load-cell-inputs.js";
import { measureProvenance } from "./measure-provenance.js";
import { allocateControl } from "./participate.js";
import { type CellIdentity, runPaths, type StoredUntil } from "./result-store.js";
import { loadRun } from "./load-cells.js";
import { type CellTask, startClock, storeCell, type StoredOutcome } from "./run-cell.js";
import { simulateThreaded } from "./simulate-fleet.js";
import type { CellEvent, StudyProgress } from "./study-progress.js";
import { StudyWatch } from "./study-watch.js";
import { startPool } from "./worker-pool.js";
import { sweepHeartbeats } from "./write-heartbeat.js";
import { sweepLeftovers, writeRunManifest, writeStudy } from "./write-cell.js";

/** What to run, and how. */
export interface StudyTask {
  readonly study: Study;
  readonly design: SweepDesign;
  readonly cells: readonly Cell[];
  /** Run folder. */
  readonly out: string;
  readonly threads: number;
  /** Only every count-th cell from the index-th on, for several machines on one plan. */
  readonly part?: { readonly index: number; readonly count: number };
  /** Seed of the order in which shards are claimed; results do not depend on it. */
  readonly claimSeed?: number;
  /** The rule that chooses the replications, kept with the study for resume. */
  readonly until?: StoredUntil;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StudyProgress) => void;
  readonly onCell?: (event: CellEvent) => void;
}

/** How a study ended. */
export interface StudyOutcome extends StudyProgress {
  readonly isComplete: boolean;
  readonly isStopped: boolean;
  /** sha256 over the records of all cells; only for a complete study. */
  readonly recordsSha256?: string;
  readonly failures: readonly { readonly label: string; readonly replication: number; readonly message: string }[];
}

/** Runs what is missing of a study. */
export async function runStudy(task: StudyTask): Promise<StudyOutcome> {
  const planned = task.cells.map((cell) => ({ cell, cellKey: cellKeyOf(cell) }));
  const provenance = measureProvenance();
  prepareFolder(task, planned, provenance);
  const wanted = planned.filter((_, index) => task.part === undefined || index % task.part.count === task.part.index - 1);
  const missing = wanted.filter(({ cellKey }) => !existsSync(runPaths.cell(task.out, cellKey)));
  const watch = new StudyWatch(task, wanted.length, wanted.length - missing.length);
  if (missing.length > 0) {
    const pool = startPool(task.threads);
    try {
      if (missing.length >= task.threads) await runSideBySide(task, missing, pool, watch);
      else await runOneByOne(task, missing, pool, watch);
    } finally {
      watch.close();
      await pool.destroy();
    }
  }
  writeRunManifest(task.out, { ...provenance, warnings: [], finishedAt: new Date().toISOString() });
  return concludeStudy(task, watch, planned.map(({ cellKey }) => cellKey));
}

interface PlannedCell { readonly cell: Cell; readonly cellKey: string }

function prepareFolder(task: StudyTask, planned: readonly PlannedCell[], provenance: Provenance): void {
  sweepLeftovers(task.out);
  sweepHeartbeats(task.out);
  const plan = planned.map(({ cell, cellKey }): CellIdentity => ({
    cellKey, cellIndex: cell.cellIndex, label: cell.label, axes: cell.axes, seed: cell.seed, replication: cell.replication,
  }));
  writeStudy(task.out, { study: task.study, design: task.design, plan, ...(task.until === undefined ? {} : { until: task.until }) });
  writeRunManifest(task.out, { ...provenance, warnings: [] });
}

/** Each cell on one thread of its own. */
async function runSideBySide(task: StudyTask, missing: readonly PlannedCell[], pool: Piscina, watch: StudyWatch): Promise<void> {
  await Promise.all(missing.map(async ({ cell, cellKey }) => {
    const control = allocateControl();
    await watch.follow(cell, cellKey, control, () => runJob<StoredOutcome>(pool, { kind: "cell", task: { cell, cellKey, out: task.out, control } }));
  }));
}

/** One cell after another, each on all threads. */
async function runOneByOne(task: StudyTask, missing: readonly PlannedCell[], pool: Piscina, watch: StudyWatch): Promise<void> {
  for (const { cell, cellKey } of missing) {
    const control = allocateControl();
    await watch.follow(cell, cellKey, control, () => runThreaded(task, { cell, cellKey, out: task.out, control }, pool));
  }
}

async function runThreaded(task: StudyTask, cellTask: CellTask, pool: Piscina): Promise<StoredOutcome> {
  const { cell, control } = cellTask, startedAt = startClock();
  const claimOrder = task.claimSeed === undefined ? {} : { claimOrder: shuffledOrder(cell.scenario.simulation.shards, task.claimSeed) };
  const run = await simulateThreaded(cell, loadCellInputs(cell.scenario), { threads: task.threads, pool, control, ...claimOrder });
  return storeCell(cellTask, run, startedAt);
}

/** A permutation by Fisher and Yates with a small congruential generator: only the order of claims hangs on it. */
function shuffledOrder(length: number, seed: number): Int32Array {
  const order = Int32Array.from({ length }, (_, i) => i);
  let state = seed >>> 0;
  for (let i = length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1), kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

function concludeStudy(task: StudyTask, watch: StudyWatch, cellKeys: readonly string[]): StudyOutcome {
  const isComplete = cellKeys.every((cellKey) => existsSync(runPaths.cell(task.out, cellKey)));
  return {
    ...watch.progress(), isComplete, isStopped: task.signal?.aborted === true && !isComplete, failures: watch.failures,
    ...(isComplete ? { recordsSha256: digestRun(loadRun(task.out).cells) } : {}),
  };
}
