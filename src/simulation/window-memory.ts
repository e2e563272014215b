/** Shared words of a run in windows. */
import { GATE_WORDS } from "./gate.js";
import { ShardClaims } from "./shard-claims.js";

/** What the threads of a run share besides clients and mail. */
export interface WindowMemory {
  /** Words of the gate, then those named by `Word`. */
  readonly words: Int32Array;
  /** Next busy window of each shard. Shape [shards]. */
  readonly nextWindow: Int32Array;
  /** Simulated instant reached, and events fired by each thread. Shape [1 + threads]. */
  readonly progress: Float64Array;
  /** Order in which shards are claimed: a permutation. Shape [shards]. */
  readonly claimOrder: Int32Array;
  /** Memory of `ShardClaims`. */
  readonly claims: Int32Array;
  readonly windowUs: number;
  readonly shards: number;
  readonly threads: number;
}

/** Positions in `WindowMemory.words`. */
export const Word = {
  window: GATE_WORDS, cycle: GATE_WORDS + 1, stop: GATE_WORDS + 2, isFinished: GATE_WORDS + 3, hasFailed: GATE_WORDS + 4, count: GATE_WORDS + 16,
} as const;

/** Makes the shared words of a run. */
export function allocateWindows(shards: number, threads: number, windowUs: number): WindowMemory {
  return {
    windowUs, shards, threads,
    words: new Int32Array(new SharedArrayBuffer(Word.count * 4)),
    nextWindow: new Int32Array(new SharedArrayBuffer(shards * 4)),
    progress: new Float64Array(new SharedArrayBuffer((1 + threads) * 8)),
    claimOrder: Int32Array.from({ length: shards }, (_, shard) => shard),
    claims: ShardClaims.allocate(shards, threads),
  };
}

/** Asks a run to stop at the end of its cycle. Safe from any thread. */
export function requestStop(memory: WindowMemory): void { Atomics.store(memory.words, Word.stop, 1); }

/** Model events fired so far by all threads, as of their last cycle. */
export function countEvents({ progress, threads }: WindowMemory): number {
  let events = 0;
  for (let thread = 0; thread < threads; thread++) events += progress[1 + thread]!;
  return events;
}
