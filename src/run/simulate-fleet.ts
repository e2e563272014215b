/** The simulation of one cell on one thread here, or on several threads of the pool. */
import type { Piscina } from "piscina";
import type { Scenario } from "../config/scenario-schema.js";
import { countInFlight } from "../clients/client-state.js";
import { makeKeptRows, type KeptRows } from "../clients/question-log.js";
import { FleetTotals, SumIndex } from "../records/fleet-totals.js";
import type { TierSummary } from "../tiers/tier-messages.js";
import { runJob } from "./error-transfer.js";
import { allocateFleet } from "./fleet-memory.js";
import { allocateControl, type CellInputs, participate, type PartOutcome, type PartTask, type PartTime, type RunControl } from "./participate.js";
import { type PlainPart, revivePart } from "./part-transfer.js";

const RECORD_NAMES = ["request", "wire", "truth", "usage"] as const;

/** What happened in one cell. Rows are in canonical order. */
export interface FleetRun {
  readonly isFinished: boolean;
  readonly totals: FleetTotals;
  readonly rows: KeptRows;
  readonly tiers: TierSummary;
  readonly events: number;
  readonly endedAtUs: number;
  /** What the part of each thread took; nothing for a run that was not timed. */
  readonly times: readonly PartTime[];
}

/** A cell's world and its random streams. */
export interface CellSeed { readonly scenario: Scenario; readonly seed: number; readonly replication: number }

/** Runs a cell on the calling thread. */
export function simulateAlone(cell: CellSeed, inputs: CellInputs, control: RunControl = allocateControl()): FleetRun {
  const memory = allocateFleet(cell.scenario, 1);
  return noteInFlight(joinParts([participate({ ...cell, thread: 0, memory, inputs, control })]), cell.scenario, memory.clients);
}

/** Options of a run on several threads. */
export interface ThreadedOptions {
  readonly threads: number;
  readonly pool: Piscina;
  /** Order in which shards are claimed. Results do not depend on it. Shape [shards]. */
  readonly claimOrder?: Int32Array;
  readonly control?: RunControl;
}

/** Runs a cell on several threads of a pool that has at least so many. */
export async function simulateThreaded(cell: CellSeed, inputs: CellInputs, options: ThreadedOptions): Promise<FleetRun> {
  const memory = allocateFleet(cell.scenario, options.threads);
  if (options.claimOrder !== undefined) memory.windows.claimOrder.set(options.claimOrder);
  const control = options.control ?? allocateControl();
  const tasks = Array.from({ length: options.threads }, (_, thread): PartTask => ({ ...cell, thread, memory, inputs, control }));
  const settled = await Promise.allSettled(tasks.map((task) => runJob<PlainPart>(options.pool, { kind: "part", task })));
  const failure = settled.find((result) => result.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  return noteInFlight(joinParts(settled.flatMap((result) => result.status === "fulfilled" ? [revivePart(result.value)] : [])), cell.scenario, memory.clients);
}

/** Counts the questions that a stopped run left in the middle: asked = answered + given up + failed + in flight. A finished run has none. */
function noteInFlight(run: FleetRun, { simulation }: Scenario, clients: Float64Array): FleetRun {
  if (run.isFinished) return run;
  const inFlight = countInFlight(clients, simulation.warmUpS * 1e6), { sums } = run.totals;
  sums[SumIndex.asked]! += inFlight;
  sums[SumIndex.inFlight]! += inFlight;
  return run;
}

/** A part whose time may not have been taken. */
type UntimedPart = Omit<PartOutcome, "time"> & Partial<Pick<PartOutcome, "time">>;

/** Puts the parts of a run together. */
export function joinParts(parts: readonly UntimedPart[]): FleetRun {
  const totals = new FleetTotals(), rows = makeKeptRows();
  for (const part of parts) {
    totals.merge(part.totals);
    for (const name of RECORD_NAMES) rows[name].appendTable(part.rows[name]);
  }
  for (const name of RECORD_NAMES) rows[name].sortRows();
  return {
    totals, rows, isFinished: parts.every((part) => part.isFinished), tiers: parts[0]!.tiers ?? { pools: [] },
    events: parts.reduce((sum, part) => sum + part.events, 0), endedAtUs: parts[0]!.endedAtUs,
    times: parts.flatMap(({ time }) => time === undefined ? [] : [time]),
  };
}
