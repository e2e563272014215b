/**
 * Speed and memory of the fleet simulation by number of clients and threads. Each row comes from a process of its own, so
 * that its peak memory and processor time can be read; `measure-fleet-process.ts` says what is timed there.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../config/load-dataset.js";
import { BugError } from "../core/errors.js";

/** Runs of the fleet with one number of clients and threads. Times are those of the simulation alone, all runs together. */
export interface FleetRow {
  readonly clients: number;
  readonly threads: number;
  /** Runs that were timed, of one replication each. */
  readonly runs: number;
  readonly questions: number;
  readonly events: number;
  /** Building the domains and drawing the people, on the clock. Not part of the times below. */
  readonly setUpS: number;
  /** Time on the clock. */
  readonly wallS: number;
  /** Processor time of all threads. */
  readonly cpuS: number;
  readonly eventsPerS: number;
  /** Processor time per event. */
  readonly nsPerEvent: number;
  /** Share of the threads' time in which they had work. */
  readonly busyFraction: number;
  /** Share of the time in which several threads worked and one of them served the tiers. 0 on one thread. */
  readonly servingFraction: number;
  /** Peak resident memory of the whole process. */
  readonly rssBytes: number;
  /** State that the run keeps for a client that does nothing. */
  readonly bytesPerIdleClient: number;
  readonly recordsSha256: string;
}

/** One row to measure: what a process is told. */
export interface FleetTask {
  readonly clients: number;
  readonly threads: number;
  /** Further changes of the config, as after -c. */
  readonly overrides: readonly string[];
  /** Replications are run until they hold so many events. */
  readonly leastEvents: number;
}

/** Enough for a second of work at any size. */
const LEAST_EVENTS = 1e6;

/**
 * Runs configs/million.yaml with other numbers of clients, its servers in proportion.
 *
 * @param overrides Further changes, as after -c.
 */
export function measureFleet(sizes: readonly number[], threadCounts: readonly number[], overrides: readonly string[] = [], leastEvents: number = LEAST_EVENTS): FleetRow[] {
  return sizes.flatMap((clients) => threadCounts.map((threads) => measureRow({ clients, threads, overrides, leastEvents })));
}

function measureRow(task: FleetTask): FleetRow {
  const program = join(packageRoot(), "dist", "src", "run", "measure-fleet-process.js");
  const child = spawnSync(process.execPath, [program, JSON.stringify(task)], { encoding: "utf8" });
  if (child.status !== 0) throw new BugError({ subject: "a benchmark run", rule: "end with exit code 0", got: child.status, hint: child.stderr });
  return JSON.parse(child.stdout) as FleetRow;
}
