/**
 * The state of a run while processes, perhaps of other machines, work on it. Finished cells never change, so each look reads only
 * those that are new.
 */
import { existsSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { RunState } from "../report/run-state.js";
import { loadCell, loadFailures, loadPlan } from "./load-cells.js";
import { loadJson } from "./load-json.js";
import { type CellIdentity, runPaths, type StoredCell } from "./result-store.js";
import type { Heartbeat } from "./write-heartbeat.js";
import { isAlive } from "./write-cell.js";

/** A sign of life older than this is of a process that was killed, on a machine that cannot be asked. */
const OLDEST_SIGN_MS = 10_000;
/** Below this share of a cell the time left is a guess without ground. */
const LEAST_DONE = 0.01;

const heartbeatSchema = z.looseObject({
  host: z.string(), pid: z.number(), writtenAt: z.string(), startedAt: z.string(), doneCount: z.number(), failedCount: z.number(), inFlight: z.number(), events: z.number(),
  cells: z.array(z.object({ label: z.string(), replication: z.number(), share: z.number() })),
});

/** Looks at one run folder again and again. */
export class RunWatch {
  readonly folder: string;
  private readonly known = new Map<string, StoredCell>();

  /** @param folder Must hold a run. */
  constructor(folder: string) { this.folder = folder; }

  /** Finished cells of the plan, in plan order, as of the last look. */
  cells(): readonly StoredCell[] {
    const { plan } = loadPlan(this.folder);
    return plan.flatMap((identity) => {
      const cell = this.known.get(identity.cellKey);
      return cell === undefined ? [] : [{ ...cell, ...identity }];
    });
  }

  /**
   * The state at this moment.
   *
   * @throws {ConfigError} when the folder is not a run.
   * @throws {DataError} when a file in it is damaged.
   */
  look(): RunState {
    const { plan, study } = loadPlan(this.folder);
    this.readNew();
    const workers = loadHeartbeats(this.folder).filter(isLiving), failures = loadFailures(this.folder, plan.filter(({ cellKey }) => !this.known.has(cellKey)));
    const finished = plan.filter(({ cellKey }) => this.known.has(cellKey)).length, inFlight = workers.reduce((sum, worker) => sum + worker.inFlight, 0);
    const waiting = plan.length - finished - failures.length;
    return {
      folder: this.folder, name: study.name, planned: plan.length, finished, failed: failures.length, inFlight, workers: workers.length,
      leftS: estimateLeft(waiting - inFlight, workers), events: workers.reduce((sum, worker) => sum + worker.events, 0),
      running: workers.flatMap(({ cells }) => cells), scenarios: this.countScenarios(plan, failures.map(({ label }) => label)),
      failures: failures.map(({ label, replication, message }) => ({ label, replication, message: message.split("\n")[0] ?? "" })),
    };
  }

  private readNew(): void {
    const folder = runPaths.cells(this.folder);
    for (const cellKey of existsSync(folder) ? readdirSync(folder) : []) {
      if (cellKey.startsWith(".") || this.known.has(cellKey)) continue;
      const cell = loadCell(this.folder, cellKey);
      if (cell !== undefined) this.known.set(cellKey, cell);
    }
  }

  private countScenarios(plan: readonly CellIdentity[], failedLabels: readonly string[]): RunState["scenarios"] {
    const counts = new Map<string, { planned: number; finished: number }>();
    for (const { label, cellKey } of plan) {
      const count = counts.get(label) ?? { planned: 0, finished: 0 };
      counts.set(label, { planned: count.planned + 1, finished: count.finished + (this.known.has(cellKey) ? 1 : 0) });
    }
    return [...counts].map(([label, count]) => ({ label, ...count, failed: failedLabels.filter((failed) => failed === label).length }));
  }
}

/** Seconds until the cells that are left have ended, at the rate of all workers since each began; null when nobody works or it is too early. */
function estimateLeft(leftCells: number, workers: readonly Heartbeat[]): number | null {
  const nowMs = Date.now();
  let cellsPerS = 0;
  for (const { doneCount, failedCount, inFlight, startedAt } of workers) {
    const done = doneCount + failedCount + inFlight;
    if (done > LEAST_DONE) cellsPerS += done / Math.max(1e-3, (nowMs - Date.parse(startedAt)) / 1000);
  }
  return cellsPerS > 0 ? Math.max(0, leftCells) / cellsPerS : null;
}

function loadHeartbeats(run: string): Heartbeat[] {
  const folder = runPaths.running(run);
  return (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith(".json")).flatMap((name) => {
    const path = join(folder, name);
    // The process may end, and take its sign away, between the two lines.
    try { return [loadJson(path, heartbeatSchema) as unknown as Heartbeat]; } catch (error) { if (existsSync(path)) throw error; return []; }
  });
}

function isLiving({ host, pid, writtenAt }: Heartbeat): boolean {
  return host === hostname() ? isAlive(pid) : Date.now() - Date.parse(writtenAt) < OLDEST_SIGN_MS;
}
