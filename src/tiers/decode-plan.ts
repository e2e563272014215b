/**
 * Durations of a run of iterations that only decode. With d sequences the KV tokens grow by d per iteration, so memory
 * and compute time are two straight lines; each iteration lasts the larger. The sum of n of them is one arithmetic
 * series up to the crossing of the lines and another one after it: exact in integers.
 */
import type { IterationCost } from "./iteration-cost.js";
import { weightReadOf } from "./iteration-cost.js";

/** Durations of iterations 1, 2, ... of one batch, in picoseconds. */
export class DecodePlan {
  /** Iterations on the first line. */
  private crossing = 0;
  private firstPs = 0;
  private slopePs = 0;
  private laterPs = 0;
  private laterSlopePs = 0;
  private atCrossingPs = 0;

  /**
   * @param sequences Decoding sequences, 1 or more.
   * @param kvTokens Sum of their contexts before iteration 1.
   */
  set(cost: IterationCost, sequences: number, kvTokens: number): void {
    const firstKv = kvTokens + sequences, fixedPs = cost.overheadPs + cost.allReduceTokenPs * sequences;
    const memoryPs = weightReadOf(cost, sequences) + cost.kvReadPs * firstKv, memorySlope = cost.kvReadPs * sequences;
    const computePs = cost.tokenPs * sequences + cost.pairPs * firstKv, computeSlope = cost.pairPs * sequences;
    if (memoryPs >= computePs) this.setLines(fixedPs, memoryPs, memorySlope, computePs, computeSlope);
    else this.setLines(fixedPs, computePs, computeSlope, memoryPs, memorySlope);
  }

  /** Duration of a single iteration of any make-up, instead of a run. */
  setSingle(durationPs: number): void {
    this.crossing = Infinity;
    this.firstPs = durationPs;
    this.slopePs = 0;
  }

  /** Duration of the first n iterations. */
  sumPs(n: number): number {
    if (n <= this.crossing) return n * this.firstPs + n * (n - 1) / 2 * this.slopePs;
    const m = n - this.crossing;
    return this.atCrossingPs + m * this.laterPs + m * (m - 1) / 2 * this.laterSlopePs;
  }

  /** The most iterations, at most `limit`, that end within a span. Iterations never get shorter, which brackets the search. */
  countWithin(spanPs: number, limit: number): number {
    let high = Math.min(limit, Math.floor(spanPs / this.firstPs));
    let low = high === 0 ? 0 : Math.max(0, Math.min(high, Math.floor(spanPs / (this.sumPs(high) - this.sumPs(high - 1)))));
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.sumPs(middle) <= spanPs) low = middle; else high = middle - 1;
    }
    return low;
  }

  /** `high` is the line that is above in iteration 1. */
  private setLines(fixedPs: number, high: number, highSlope: number, low: number, lowSlope: number): void {
    this.firstPs = high + fixedPs;
    this.slopePs = highSlope;
    this.crossing = Infinity;
    if (lowSlope <= highSlope) return;
    // Lines meet after (high - low) / (lowSlope - highSlope) steps; quotients of integers below 2^53 floor exactly.
    this.crossing = Math.floor((high - low) / (lowSlope - highSlope)) + 1;
    this.atCrossingPs = this.crossing * this.firstPs + this.crossing * (this.crossing - 1) / 2 * this.slopePs;
    this.laterPs = low + this.crossing * lowSlope + fixedPs;
    this.laterSlopePs = lowSlope;
  }
}
