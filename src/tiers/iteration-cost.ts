/**
 * Duration of one iteration of a continuous-batching server: what a replica asks of its hardware. Two answers: a roofline
 * from the spec sheet (`RooflineCost`) and measured kernel times (`KernelCost`). Durations are integer picoseconds, so
 * that the sum over many iterations is exact, and a leap over them ends at the same instant as a walk.
 */
import type { DecodePlan } from "./decode-plan.js";

/** Picoseconds in a second. */
export const PS_PER_S = 1e12;
/** Picoseconds in a microsecond. */
export const PS_PER_US = 1e6;
/** Longest span counted in picoseconds: keeps sums of two spans exact in a double. About 67 minutes. */
export const MAX_SPAN_PS = 4e15;

/** What one iteration works on. Filled anew by the replica; read only by costs. */
export class BatchShape {
  /** Sequences that make one more token of their answer. */
  decodes = 0;
  /** Sum of their contexts before the iteration, and their standard deviation rounded down, given only if the cost reads it. Tokens. */
  kvTokens = 0;
  spread = 0;
  /** Pieces of prompts: tokens of each, and tokens of the same sequence that are in the cache before it. */
  chunks = 0;
  readonly chunkTokens: Int32Array;
  readonly chunkBefore: Int32Array;
  /** Sequences that get a token from this iteration. */
  sampled = 0;

  constructor(maxRunning: number) {
    this.chunkTokens = new Int32Array(maxRunning);
    this.chunkBefore = new Int32Array(maxRunning);
  }
}

/** Durations of iterations on one kind of replica. */
export interface IterationCost {
  /** Blocks of KV cache in one replica. */
  readonly kvBlocks: number;
  /** Whether durations depend on how contexts are spread, and not on their sum alone. */
  readonly readsSpread: boolean;
  /** One iteration of any make-up. Integer picoseconds, 1 or more. */
  durationPs(batch: BatchShape): number;
  /**
   * Lays out the durations of `limit` iterations that only decode, each with contexts one token longer than the one before.
   * Iteration 1 lasts `durationPs(batch)`.
   */
  planDecode(batch: BatchShape, limit: number, plan: DecodePlan): void;
}

/**
 * Standard deviation of contexts, rounded down: the same for contexts that are all longer by the same, bit for bit, as
 * the variance is a quotient of exact integers.
 */
export function spreadOf(count: number, sum: number, sumOfSquares: number): number {
  return count === 0 ? 0 : Math.floor(Math.sqrt(count * sumOfSquares - sum * sum) / count);
}
