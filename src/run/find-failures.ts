/**
 * Experiment 10 in one function: healthy runs to calibrate on, healthy runs and runs with a failure to judge on. A failure
 * sets in at an instant: rows of questions asked before it are those of the healthy run, rows after it those of a run that
 * fails from its start, with the same people, questions and luck.
 */
import type { Cell } from "../config/plan.js";
import { calibrateDetector, firstAlarm, scoreDetection, type DetectionScore } from "../metrics/detectors/detect-failures.js";
import { FAILURES, readSignals, type Failure, type Signal } from "../metrics/detectors/failure-signals.js";
import { ColumnTable } from "../records/column-table.js";
import type { RunRecords } from "../records/run-records.js";
import { loadCellInputs } from "./load-cell-inputs.js";
import { simulateAlone } from "./simulate-fleet.js";

/** Cells of the experiment. */
export interface FailurePlan {
  /** Replications of the healthy scenario. */
  readonly healthy: readonly Cell[];
  /** Of each failure: the same replications as the last of `healthy`. */
  readonly failing: Readonly<Record<Failure, readonly Cell[]>>;
  /** Healthy runs that detectors are calibrated on; the others are judged. */
  readonly calibrationRuns: number;
  /** Microseconds since the start of the run. */
  readonly injectedAtUs: number;
}

/** Simulates, injects, detects and scores. */
export function findFailures({ healthy, failing, calibrationRuns, injectedAtUs }: FailurePlan, say: (line: string) => void): DetectionScore[] {
  const records = healthy.map(simulateCell), judged = records.slice(calibrationRuns);
  say(`${records.length} healthy runs`);
  return FAILURES.map((failure) => {
    const signalsOf = (run: RunRecords, replication: number): Signal[] => readSignals(failure, run, replication);
    const maker = calibrateDetector(failure, records.slice(0, calibrationRuns).map(signalsOf)), cells = failing[failure];
    const spliced = cells.map((cell, i) => spliceRuns(judged[i]!, simulateCell(cell), injectedAtUs));
    say(`${failure}: ${spliced.length} runs`);
    const alarmsOf = (runs: readonly RunRecords[]): (number | undefined)[] => runs.map((run, i) => firstAlarm(maker, signalsOf(run, calibrationRuns + i), i));
    return scoreDetection(failure, { healthy: alarmsOf(judged), failing: alarmsOf(spliced) }, injectedAtUs);
  });
}

function simulateCell(cell: Cell): RunRecords { return simulateAlone(cell, loadCellInputs(cell.scenario)).rows; }

/** Rows of questions asked before an instant from one run, after it from another. */
function spliceRuns(before: RunRecords, after: RunRecords, atUs: number): RunRecords {
  const isKept = (run: RunRecords, isEarly: boolean): Uint8Array => Uint8Array.from(run.request.column("askedAtUs"), (askedAtUs) => (askedAtUs < atUs === isEarly ? 1 : 0));
  const early = isKept(before, true), late = isKept(after, false);
  const splice = (name: keyof RunRecords): ColumnTable => {
    const table = new ColumnTable(before[name].schema);
    appendKept(table, before[name], early);
    appendKept(table, after[name], late);
    return table;
  };
  return { request: splice("request"), wire: splice("wire"), truth: splice("truth"), usage: splice("usage") };
}

/** Tables of a run have one row per question in one order. */
function appendKept(to: ColumnTable, from: ColumnTable, isKept: Uint8Array): void {
  const columns = from.schema.columns.map(({ name }) => from.column(name));
  for (let row = 0; row < from.rowCount; row++) if (isKept[row] === 1) to.appendRow(columns.map((column) => column[row]!));
}
