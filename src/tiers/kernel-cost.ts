/**
 * Iterations from measured kernel times (`KernelProfile`): every layer looked up at the batch's tokens, attention at its
 * chunk, decodes and contexts, plus the communication between GPUs and what an engine step takes beside its kernels.
 *
 * Iterations that only decode are integer arithmetic on tables compiled per number of sequences, so that a leap is exact:
 * with d sequences whose contexts have mean m (rounded down) and standard deviation s, the time of attention is
 * T(m) + share (T(m + s) - T(m)), where T is the time over equal contexts, piecewise linear between measured ones. m grows
 * by one per iteration and s stays. The profiler measures shares on batches of two lengths; half of the sequences at
 * m - s and half at m + s is the one with the batch's mean and deviation. Steps in a captured graph have no such share:
 * their kernel is cut into as many pieces per context as it ever may be (flash_attn_max_num_splits_for_cuda_graph in
 * vLLM), which evens long and short contexts out; profilers measure without graphs.
 */
import type { DecodePlan } from "./decode-plan.js";
import { PS_PER_US } from "./iteration-cost.js";
import type { BatchShape, IterationCost } from "./iteration-cost.js";
import type { KernelProfile } from "./kernel-profile.js";
import { LaneShape } from "./lane-shape.js";
import { StepKernels } from "./step-kernels.js";
import type { StepSetup } from "./step-kernels.js";

/** Attention times are whole multiples of this, and shares multiples of 1 / SHARES: their products are whole picoseconds. */
const TICK_PS = 1024, SHARES = 1024;

/** What a kernel cost is made of. */
export interface KernelSetup extends StepSetup {
  readonly kvBlocks: number;
  readonly maxRunning: number;
}

/** Attention of d decodes by context: ticks at each measured context, and per token from there. */
interface DecodeRow { readonly fixedPs: number; readonly ticks: Float64Array; readonly slopes: Float64Array }

/** Cost from measured kernels. */
export class KernelCost implements IterationCost {
  readonly kvBlocks: number;
  readonly readsSpread: boolean = true;
  private readonly kernels: StepKernels;
  private readonly lanes: LaneShape | undefined;
  private readonly rows: Map<number, DecodeRow> = new Map<number, DecodeRow>();
  private readonly contexts: readonly number[];

  constructor(private readonly profile: KernelProfile, private readonly setup: KernelSetup) {
    this.kvBlocks = setup.kvBlocks;
    this.kernels = new StepKernels(profile, setup);
    this.lanes = setup.lanes > 1 ? new LaneShape(setup.lanes, setup.maxRunning) : undefined;
    this.contexts = profile.attention.lastAxis();
  }

  durationPs(batch: BatchShape): number {
    const shape = this.lanes?.busiest(batch) ?? batch;
    if (shape.chunks === 0 && batch.chunks === 0) return this.decodePs(shape, 0);
    let tokens = shape.decodes, allTokens = batch.decodes;
    for (let i = 0; i < shape.chunks; i++) tokens += shape.chunkTokens[i]!;
    for (let i = 0; i < batch.chunks; i++) allTokens += batch.chunkTokens[i]!;
    const attentionUs = this.setup.layers * this.mixedAttentionUs(shape);
    return Math.max(1, Math.round((this.kernels.stepUs(tokens, shape.sampled, allTokens) + attentionUs) * PS_PER_US));
  }

  planDecode(batch: BatchShape, limit: number, plan: DecodePlan): void {
    const shape = this.lanes?.busiest(batch) ?? batch, mean = Math.floor(shape.kvTokens / shape.decodes);
    plan.clear();
    for (let before = 0; before < limit;) {
      const length = Math.min(limit - before, this.untilNext(mean + before), this.untilNext(mean + shape.spread + before), this.untilBucket(mean + shape.spread + before));
      const firstPs = this.decodePs(shape, before);
      plan.add(before, firstPs, length === 1 ? 0 : this.decodePs(shape, before + 1) - firstPs);
      before += length;
    }
  }

  /** An iteration that only decodes, so many iterations after the batch. */
  private decodePs(shape: BatchShape, later: number): number {
    const { decodes } = shape, row = this.rowOf(decodes), mean = Math.floor(shape.kvTokens / decodes) + later, long = mean + shape.spread;
    const isEven = shape.spread === 0 || decodes <= this.setup.capturedTokens;
    const share = isEven ? 0 : Math.round(SHARES * this.profile.skew.share(0, 0, decodes, long));
    const atMean = this.ticksAt(row, mean), atLong = share === 0 ? atMean : this.ticksAt(row, long);
    return row.fixedPs + TICK_PS * atMean + share * (TICK_PS / SHARES) * (atLong - atMean);
  }

  private ticksAt(row: DecodeRow, context: number): number {
    const piece = this.pieceOf(context);
    return row.ticks[piece]! + row.slopes[piece]! * Math.max(0, context - this.contexts[piece]!);
  }

  private rowOf(decodes: number): DecodeRow {
    let row = this.rows.get(decodes);
    if (row === undefined) { row = this.compileRow(decodes); this.rows.set(decodes, row); }
    return row;
  }

  private compileRow(decodes: number): DecodeRow {
    const { contexts, setup } = this, last = contexts.length - 1;
    const ticks = Float64Array.from(contexts, (context) => Math.round(setup.layers * this.profile.attention.at(0, 0, decodes, context) * PS_PER_US / TICK_PS));
    const slopes = Float64Array.from(contexts, (_, i) => {
      const from = Math.min(i, last - 1), span = contexts[from + 1]! - contexts[from]!;
      return last === 0 ? 0 : Math.round((ticks[from + 1]! - ticks[from]!) / span);
    });
    return { fixedPs: Math.max(1, Math.round(this.kernels.stepUs(decodes, decodes, decodes * setup.lanes) * PS_PER_US)), ticks, slopes };
  }

  /** Index of the last measured context that is not above. Below the first, a batch costs as at the first. */
  private pieceOf(context: number): number {
    let piece = 0;
    while (piece < this.contexts.length - 1 && this.contexts[piece + 1]! <= context) piece++;
    return piece;
  }

  private untilNext(context: number): number {
    const next = this.contexts[this.pieceOf(context) + 1] ?? Infinity;
    return Math.max(1, context < this.contexts[0]! ? this.contexts[0]! - context : next - context);
  }

  private untilBucket(long: number): number {
    const bound = this.profile.skew.longBounds.find((candidate) => long <= candidate) ?? Infinity;
    return bound + 1 - long;
  }

  /** One layer's attention: the decodes share the kernel with the largest chunk; further chunks add their time above a start. */
  private mixedAttentionUs(shape: BatchShape): number {
    const { attention } = this.profile, largest = this.largestChunk(shape), mean = shape.decodes === 0 ? 0 : shape.kvTokens / shape.decodes;
    const startUs = attention.at(0, 0, 1, 0);
    let us = this.sharedAttentionUs(shape, largest, mean);
    for (let i = 0; i < shape.chunks; i++) {
      if (i !== largest) us += Math.max(0, attention.at(shape.chunkTokens[i]!, shape.chunkBefore[i]!, 0, 0) - startUs);
    }
    return us;
  }

  private sharedAttentionUs(shape: BatchShape, largest: number, mean: number): number {
    const { attention, skew } = this.profile;
    const chunk = largest < 0 ? 0 : shape.chunkTokens[largest]!, before = largest < 0 ? 0 : shape.chunkBefore[largest]!;
    const even = attention.at(chunk, before, shape.decodes, mean);
    const share = shape.spread === 0 ? 0 : skew.share(chunk, before, shape.decodes, mean + shape.spread);
    return share === 0 ? even : even + share * (attention.at(chunk, before, shape.decodes, mean + shape.spread) - even);
  }

  /** Index of the chunk with most pairs of tokens; -1 when there is none. */
  private largestChunk(shape: BatchShape): number {
    let best = -1, most = 0;
    for (let i = 0; i < shape.chunks; i++) {
      const chunk = shape.chunkTokens[i]!, pairs = chunk * (shape.chunkBefore[i]! + chunk / 2);
      if (pairs > most) { most = pairs; best = i; }
    }
    return best;
  }
}
