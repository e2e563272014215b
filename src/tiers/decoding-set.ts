/**
 * The decoding sequences of a replica in totals that a leap can move: their number, their KV tokens, how many reach the
 * end of a block at each iteration, and who ends first. All grow by one token per iteration, so a sequence whose KV
 * length is L at iteration count k keeps (L - k) mod block for life.
 */
import { CompletionHeap } from "./completion-heap.js";
import { spreadOf } from "./iteration-cost.js";
import { NO_SLOT } from "./request-slots.js";
import type { RequestSlots } from "./request-slots.js";
import type { SlotList } from "./slot-list.js";

/** Sequences that make a token in every iteration. */
export class DecodingSet {
  count = 0;
  /** Sum of KV lengths at the current iteration count. */
  kvTokens = 0;
  readonly completions: CompletionHeap;
  /** Sequences by (KV length - iteration count) mod block. */
  private readonly phases: Int32Array;

  constructor(private readonly slots: RequestSlots, private readonly blockTokens: number) {
    this.completions = new CompletionHeap(slots);
    this.phases = new Int32Array(blockTokens);
  }

  /** KV tokens of a sequence at an iteration count. */
  lengthOf(slot: number, iteration: number): number {
    return this.slots.inputTokens[slot]! + this.generatedOf(slot, iteration) - 1;
  }

  /** Answer tokens of a sequence at an iteration count. */
  generatedOf(slot: number, iteration: number): number {
    return this.slots.answerTokens[slot]! - (this.slots.finishIteration[slot]! - iteration);
  }

  /** Adds a sequence that has made `generated` tokens and has more to make. */
  add(slot: number, generated: number, iteration: number): void {
    this.slots.finishIteration[slot] = iteration + this.slots.answerTokens[slot]! - generated;
    this.completions.push(slot);
    const length = this.lengthOf(slot, iteration);
    this.phases[this.phaseOf(length, iteration)]!++;
    this.kvTokens += length;
    this.count++;
  }

  remove(slot: number, iteration: number): void {
    this.completions.remove(slot);
    const length = this.lengthOf(slot, iteration);
    this.phases[this.phaseOf(length, iteration)]!--;
    this.kvTokens -= length;
    this.count--;
  }

  /** Standard deviation of KV lengths, rounded down. Looks at every running sequence. */
  spread(running: SlotList, iteration: number): number {
    let sumOfSquares = 0;
    for (let slot = running.first; slot !== NO_SLOT; slot = this.slots.next[slot]!) {
      if (this.slots.heapPlace[slot]! < 0) continue;
      const length = this.lengthOf(slot, iteration);
      sumOfSquares += length * length;
    }
    return spreadOf(this.count, this.kvTokens, sumOfSquares);
  }

  clear(): void {
    this.completions.clear();
    this.phases.fill(0);
    this.count = this.kvTokens = 0;
  }

  /** Blocks that iterations iteration + 1 to iteration + n take. */
  growthOf(iteration: number, n: number): number {
    const whole = Math.floor(n / this.blockTokens), rest = n - whole * this.blockTokens;
    let blocks = whole * this.count, phase = this.phaseOf(0, iteration);
    for (let i = 0; i < rest; i++) {
      blocks += this.phases[phase]!;
      phase = phase === 0 ? this.blockTokens - 1 : phase - 1;
    }
    return blocks;
  }

  /** The most iterations after count `iteration`, at most `limit`, whose growth fits in so many blocks. */
  iterationsWithin(iteration: number, blocks: number, limit: number): number {
    if (this.count * Math.ceil(limit / this.blockTokens) <= blocks) return limit;
    const whole = Math.floor(blocks / this.count);
    let n = whole * this.blockTokens, left = blocks - whole * this.count, phase = this.phaseOf(0, iteration);
    for (let i = 0; i < this.blockTokens && n < limit; i++, n++) {
      left -= this.phases[phase]!;
      if (left < 0) break;
      phase = phase === 0 ? this.blockTokens - 1 : phase - 1;
    }
    return Math.min(n, limit);
  }

  /** (length - iteration) mod block, not negative: a sequence needs a block when its phase is that of length 0. */
  private phaseOf(length: number, iteration: number): number {
    // By division: the remainder of doubles is slow.
    const age = length - iteration;
    return age - Math.floor(age / this.blockTokens) * this.blockTokens;
  }
}
