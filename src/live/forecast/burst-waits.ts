/** Threads that work in bursts and sleep between: when, how long each burst waits on simulated processors, and which of these wait as measured ones did. */
import { exp, ln } from "../../core/elementary.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { estimateMean, quantile } from "../../core/statistics.js";
import { Machine, type Path, Thread } from "../../hosted/machine.js";

/** One burst of a thread. Microseconds since the start, and of a processor that is busy alone. */
export interface Burst { readonly dueUs: number; readonly workUs: number }

/** For how long bursts waited, over the work of each. Seconds. */
export interface Waits { readonly meanS: number; readonly p95S: number }

/** What bursts are simulated on. */
export interface BurstMachine { readonly capacity: readonly number[]; readonly sliceS: number }

/** How waits come out where a waiting thread is taken over after so long. */
export interface StealingTrial { readonly stealS: number; readonly waits: Waits }

/** Measured waits of bursts, and the trials of the same bursts, in the order of what is tried. */
export interface StealingRound { readonly waits: Waits; readonly trials: readonly StealingTrial[] }

/** Longer than any wait. JSON has no infinity. Seconds. */
export const NEVER_S = 3600;
/** What is tried. Seconds. */
export const TRIED_S: readonly number[] = [0, 0.00025, 0.0005, 0.001, 0.002, 0.004, NEVER_S];
/**
 * What holds where rounds do not tell otherwise: sched_migration_cost, for which Linux lets a thread stay where it ran last. Seconds.
 *
 * @source Linux 6.18, kernel/sched/fair.c (sysctl_sched_migration_cost, task_hot).
 */
export const DOCUMENTED_S = 0.0005;
/** Waits of a round tell nothing above so many times those where nobody is ever taken over. */
const BEYOND = 1.5;
/** Work of a burst: any magnitude between is as likely. Microseconds. */
const SHORTEST_US = 200, LONGEST_US = 3000;
const MEAN_WORK_US = (LONGEST_US - SHORTEST_US) / ln(LONGEST_US / SHORTEST_US);

/** Bursts of each of `threads`, which come at random. @param load Work per time, of all threads. */
export function drawBursts(seed: number, threads: number, load: number, durationUs: number): Burst[][] {
  const stream = new RandomStream(seed, 0, Purpose.bench), meanGapUs = MEAN_WORK_US * threads / load;
  return Array.from({ length: threads }, (_, thread) => {
    const bursts: Burst[] = [];
    stream.seek(thread, 0);
    for (let dueUs = meanGapUs * stream.nextExponential(); dueUs < durationUs; dueUs += meanGapUs * stream.nextExponential()) {
      bursts.push({ dueUs, workUs: SHORTEST_US * exp(ln(LONGEST_US / SHORTEST_US) * stream.nextUniform()) });
    }
    return bursts;
  });
}

/** Waits of the same bursts on simulated processors, for each time after which a thread may be taken over. */
export function tryStealing(machine: BurstMachine, bursts: readonly (readonly Burst[])[]): StealingTrial[] {
  return TRIED_S.map((stealS) => ({ stealS, waits: summarize(simulateWaits(machine, stealS, bursts)) }));
}

/** Rounds in which bursts did not wait far longer than any trial says: in others somebody else had the processors. */
export function tellingRounds(rounds: readonly StealingRound[]): StealingRound[] { return rounds.filter(({ waits, trials }) => waits.meanS <= BEYOND * trials.at(-1)!.waits.meanS); }

/** Of the times whose waits are nearer than those of what is documented, in a 95% interval over the rounds that tell, the nearest; what is documented where there is none. Seconds. */
export function chooseStealing(rounds: readonly StealingRound[]): number {
  const telling = tellingRounds(rounds), documented = TRIED_S.indexOf(DOCUMENTED_S);
  if (telling.length < 2) return DOCUMENTED_S;
  const gains = TRIED_S.map((stealS, tried) => ({ stealS, gain: estimateMean(telling.map((round) => distance(round, documented) - distance(round, tried))) }));
  const apart = gains.filter(({ gain: { mean, halfWidth95 } }) => mean - halfWidth95 > 0);
  return apart.reduce((nearest, each) => (each.gain.mean > nearest.gain.mean ? each : nearest), gains[documented]!).stealS;
}

/** Of mean and of p95, each in parts of what it is where nobody is ever taken over. */
function distance({ waits, trials }: StealingRound, tried: number): number {
  const simulated = trials[tried]!.waits, never = trials.at(-1)!.waits;
  return Math.abs(simulated.meanS - waits.meanS) / never.meanS + Math.abs(simulated.p95S - waits.p95S) / never.p95S;
}

/** Mean and p95. @param waitsUs At least one. */
export function summarize(waitsUs: readonly number[]): Waits {
  const sorted = [...waitsUs].sort((a, b) => a - b);
  return { meanS: sorted.reduce((sum, each) => sum + each, 0) / sorted.length / 1e6, p95S: quantile(sorted, 0.95) / 1e6 };
}

/** Microseconds. */
function simulateWaits({ capacity, sliceS }: BurstMachine, stealS: number, threads: readonly (readonly Burst[])[]): number[] {
  const machine = new Machine(capacity, 1e6 * sliceS, 1e6 * stealS), waitsUs: number[] = [];
  function* path(thread: Thread, { dueUs, workUs }: Burst): Path {
    yield machine.until(dueUs);
    yield thread.work(workUs);
    waitsUs.push(machine.nowUs - dueUs - workUs);
  }
  for (const bursts of threads) {
    const thread = new Thread(machine);
    for (const burst of bursts) machine.start(path(thread, burst));
  }
  machine.run();
  return waitsUs;
}
