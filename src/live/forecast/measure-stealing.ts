/**
 * For how long a thread waits at one processor before an idle one takes it over. Threads, more than processors, work in bursts of known
 * length; the same bursts at the same instants are simulated, and the time is taken with which they wait as long as the measured ones.
 */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { quantile } from "../../core/statistics.js";
import { type BurstMachine, chooseStealing, drawBursts, type StealingRound, summarize, tryStealing } from "./burst-waits.js";
import type { BurstTask, BurstTimes } from "./worker-burst.js";

/** What was found, and from what. */
export interface MeasuredStealing {
  readonly stealS: number;
  /** Work of 1, 2, ... busy processors, in loops like those of the bursts. */
  readonly capacity: readonly number[];
  /** What a thread that is alone takes to wake up; not counted as waiting. */
  readonly wakeS: number;
  readonly rounds: readonly StealingRound[];
}

const THREADS_PER_PROCESSOR = 4, LOAD = 0.78, ROUNDS = 6, ROUND_US = 1.5e6;
/** Bursts of a thread that is alone: turns of its loop, how many, and how far apart. */
const LONE_TURNS = 500_000, LONE_COUNT = 100, LONE_GAP_US = 3000;
/** A thread needs JavaScript, so it runs the built file also when this one is run from its source. */
const BURST = fileURLToPath(new URL("./worker-burst.js", import.meta.url)).replace(/(?<!\/dist)\/src\/live\//, "/dist/src/live/");
/** Until all threads know when to start. Microseconds. */
const START_US = 20_000;

/** Measures, for about ten seconds. @param sliceS As of `measureSlice`. */
export async function measureStealing(processors: number, sliceS: number): Promise<MeasuredStealing> {
  const turnUs = await busyTurnUs(processors), capacity = capacityOf(turnUs), wakeUs = await loneWakeUs(), rounds: StealingRound[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measureRound({ capacity, sliceS }, round, { turnUs: turnUs[0]!, wakeUs }));
  return { stealS: chooseStealing(rounds), capacity, wakeS: wakeUs / 1e6, rounds };
}

/** Bursts of its own for each round. */
async function measureRound(machine: BurstMachine, round: number, { turnUs, wakeUs }: { readonly turnUs: number; readonly wakeUs: number }): Promise<StealingRound> {
  const bursts = drawBursts(round, THREADS_PER_PROCESSOR * machine.capacity.length, LOAD * machine.capacity.at(-1)!, ROUND_US);
  const times = await runBursts(bursts.map((each) => ({ dueUs: each.map(({ dueUs }) => dueUs), turns: each.map(({ workUs }) => Math.round(workUs / turnUs)) })));
  const waitsUs = bursts.flatMap((each, thread) => each.map(({ dueUs, workUs }, i) => times[thread]![i]!.endedUs - dueUs - workUs - wakeUs));
  return { waits: summarize(waitsUs), trials: tryStealing(machine, bursts) };
}

/** Work of 1, 2, ... busy processors, of one alone; more of them never do less. */
function capacityOf(turnUs: readonly number[]): number[] {
  let most = 1;
  return turnUs.map((each, i) => (most = Math.max(most, Math.min(i + 1, (i + 1) * turnUs[0]! / each))));
}

/** What a turn of the loop takes with 1, 2, ... busy processors. Microseconds. */
async function busyTurnUs(processors: number): Promise<number[]> {
  const found: number[] = [];
  for (let busy = 1; busy <= processors; busy++) {
    const times = await runBursts(Array.from({ length: busy }, () => loneTask(0)));
    found.push(quantile(times.flat().map(({ beganUs, endedUs }) => (endedUs - beganUs) / LONE_TURNS).sort((a, b) => a - b), 0.5));
  }
  return found;
}

/** From when a lone thread is due until it works. Microseconds. */
async function loneWakeUs(): Promise<number> {
  const [times] = await runBursts([loneTask(LONE_GAP_US)]);
  return quantile(times!.map(({ beganUs }, i) => beganUs - LONE_GAP_US * (i + 1)).sort((a, b) => a - b), 0.5);
}

function loneTask(gapUs: number): BurstTask { return { dueUs: Array.from({ length: LONE_COUNT }, (_, i) => gapUs * (i + 1)), turns: Array.from({ length: LONE_COUNT }, () => LONE_TURNS) }; }

/** A thread for each task, all with one start. */
async function runBursts(tasks: readonly BurstTask[]): Promise<BurstTimes[][]> {
  const workers = tasks.map((workerData) => new Worker(BURST, { workerData }));
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const startUs = Number(process.hrtime.bigint()) / 1000 + START_US, found = workers.map((worker) => once(worker, "message"));
  for (const worker of workers) worker.postMessage(startUs);
  return (await Promise.all(found)).map(([times]) => times as BurstTimes[]);
}
