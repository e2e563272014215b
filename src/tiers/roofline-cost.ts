/**
 * Iterations by the spec sheet: peak rates of the GPU times the shares of them that a serving engine reaches.
 *
 * Matrices first, attention after them: max(reading the weights, computing the tokens) + max(reading the KV cache,
 * computing the attention) + overhead. Tensor parallelism divides each and adds two all-reduces per layer. Coefficients
 * are rounded once, here.
 */
import type { PoolConfig } from "../config/scenario-schema.js";
import { ConfigError } from "../core/errors.js";
import { kvBytesPerToken, opsPerToken } from "../devices/model-card.js";
import type { ModelCard } from "../devices/model-card.js";
import type { DecodePlan } from "./decode-plan.js";
import { peakFlopsPerS } from "./gpu-profile.js";
import type { GpuProfile } from "./gpu-profile.js";
import { MAX_SPAN_PS, PS_PER_S } from "./iteration-cost.js";
import type { BatchShape, IterationCost } from "./iteration-cost.js";

const ALL_REDUCES_PER_LAYER = 2;
/** Activations travel in 16 bits. */
const BYTES_PER_ACTIVATION = 2;
/** Experts still unread count as read once they are fewer than this share. */
const UNREAD_SHARE = 1e-4;

/** Integer coefficients of the duration of an iteration, and the size of the KV cache. */
export interface RooflineCoefficients {
  /** Reading the weights once. By tokens in the batch, the last entry for all more; longer than 1 for a mixture of experts. */
  readonly weightReadPs: Float64Array;
  /** Reading one token's KV entry. */
  readonly kvReadPs: number;
  /** Computing one token at an empty context, without its share of all-reduces. */
  readonly tokenPs: number;
  /** Attention of one token to one token. */
  readonly pairPs: number;
  /** Scheduler, launches, and all-reduces without their data. */
  readonly overheadPs: number;
  /** Data of all all-reduces of one token. */
  readonly allReduceTokenPs: number;
  /** Blocks of KV cache in one replica. */
  readonly kvBlocks: number;
}

/** Cost by the spec sheet. */
export class RooflineCost implements IterationCost {
  readonly kvBlocks: number;
  readonly readsExtremes: boolean = false;

  constructor(readonly coefficients: RooflineCoefficients) { this.kvBlocks = coefficients.kvBlocks; }

  durationPs(batch: BatchShape): number {
    const { chunkTokens, chunkBefore } = batch;
    let tokens = batch.decodes, kvTokens = batch.kvTokens + tokens, pairs = kvTokens;
    for (let i = 0; i < batch.chunks; i++) {
      const chunk = chunkTokens[i]!, before = chunkBefore[i]!;
      tokens += chunk;
      kvTokens += before + chunk;
      pairs += chunk * before + chunk * (chunk + 1) / 2;
    }
    return this.iterationPs(tokens, kvTokens, pairs);
  }

  planDecode(batch: BatchShape, _limit: number, plan: DecodePlan): void {
    const kvTokens = batch.kvTokens + batch.decodes;
    plan.clear();
    plan.add(0, this.iterationPs(batch.decodes, kvTokens, kvTokens), this.attentionPs(batch.decodes, batch.decodes));
  }

  /**
   * Duration of an iteration. Integer picoseconds.
   *
   * @param tokens Tokens worked on: one per decoding sequence and those of prefill chunks.
   * @param kvTokens Sum over sequences of the context that is read, the new tokens included.
   * @param pairs Sum over tokens of the context each attends to, itself included.
   */
  iterationPs(tokens: number, kvTokens: number, pairs: number): number {
    const { tokenPs, overheadPs, allReduceTokenPs } = this.coefficients;
    return Math.max(this.weightReadPs(tokens), tokenPs * tokens) + this.attentionPs(kvTokens, pairs) + overheadPs + allReduceTokenPs * tokens;
  }

  private attentionPs(kvTokens: number, pairs: number): number {
    return Math.max(this.coefficients.kvReadPs * kvTokens, this.coefficients.pairPs * pairs);
  }

  /** Time to read the weights that a batch of so many tokens needs. Integer picoseconds. */
  weightReadPs(tokens: number): number {
    const table = this.coefficients.weightReadPs, last = table.length - 1;
    return table[tokens < last ? tokens : last]!;
  }
}

/**
 * Coefficients of one pool.
 *
 * @param path Config path of the pool, for messages.
 * @throws {ConfigError} when the weights leave no room for a KV cache, or when one iteration could last longer than an hour.
 */
export function compileRooflineCost(pool: PoolConfig, gpu: GpuProfile, card: ModelCard, path: string): RooflineCost {
  const { hardware, efficiency, link } = gpu, gpus = pool.tensorParallel;
  const weightBytesPerS = hardware.bandwidthBytesPerS * efficiency.weightBandwidth * gpus;
  const kvBytesPerS = hardware.bandwidthBytesPerS * efficiency.kvBandwidth * gpus;
  const flopsPerS = peakFlopsPerS(gpu, pool.bytesPerWeight) * efficiency.compute * gpus;
  const allReduces = gpus === 1 ? 0 : ALL_REDUCES_PER_LAYER * card.layers;
  // A ring moves 2 (n - 1) / n of the data through each link.
  const reducedBytes = card.hiddenSize * BYTES_PER_ACTIVATION * 2 * (gpus - 1) / gpus;
  const cost = new RooflineCost({
    weightReadPs: weightReadTable(card, pool, weightBytesPerS),
    kvReadPs: Math.round(kvBytesPerToken(card, pool.bytesPerKvElement) / kvBytesPerS * PS_PER_S),
    tokenPs: Math.round(opsPerToken(card) / flopsPerS * PS_PER_S),
    pairPs: Math.round(4 * card.layers * card.heads * card.headDim / flopsPerS * PS_PER_S),
    overheadPs: Math.max(1, Math.round((pool.iterationOverheadS + allReduces * link.allReduceLatencyS) * PS_PER_S)),
    allReduceTokenPs: Math.round(allReduces * reducedBytes / link.allReduceBytesPerS * PS_PER_S),
    kvBlocks: countKvBlocks(pool, gpu, card, path),
  });
  checkLongestIteration(cost, pool, path);
  return cost;
}

/** Experts are drawn evenly, so a batch of n tokens reads 1 - (1 - active/all)^n of them. The embedding table is not read. */
function weightReadTable(card: ModelCard, pool: PoolConfig, bytesPerS: number): Float64Array {
  const embedding = card.isEmbeddingTied ? 0 : card.vocabulary * card.hiddenSize;
  const idleShare = 1 - card.activeExperts / card.experts;
  const toPs = (weights: number): number => Math.round((weights - embedding) * pool.bytesPerWeight / bytesPerS * PS_PER_S);
  if (!(idleShare > 0)) return Float64Array.of(toPs(card.parameters));
  const expertWeights = (card.parameters - card.activeParameters) / idleShare, table: number[] = [];
  let unread = 1;
  for (let tokens = 0; tokens < pool.tokenBudget && unread > UNREAD_SHARE; tokens++, unread *= idleShare) {
    table.push(toPs(card.parameters - expertWeights * unread));
  }
  table.push(toPs(card.parameters));
  return Float64Array.from(table);
}

function countKvBlocks(pool: PoolConfig, gpu: GpuProfile, card: ModelCard, path: string): number {
  const weightBytes = card.parameters * pool.bytesPerWeight, usable = gpu.hardware.memoryBytes * pool.tensorParallel * pool.memoryFraction;
  const blocks = Math.floor((usable - weightBytes) / (pool.kvBlockTokens * kvBytesPerToken(card, pool.bytesPerKvElement)));
  if (blocks >= 1) return blocks;
  throw new ConfigError({
    subject: path, rule: `leave memory for a KV cache beside the weights of ${card.name} (${(weightBytes / 1e9).toFixed(1)} GB)`,
    got: `${(usable / 1e9).toFixed(1)} GB on ${pool.tensorParallel} x ${gpu.name}`,
    hint: `Raise ${path}.tensorParallel, take a larger GPU or a smaller model, or lower ${path}.bytesPerWeight.`,
  });
}

function checkLongestIteration(cost: RooflineCost, pool: PoolConfig, path: string): void {
  const kvTokens = cost.kvBlocks * pool.kvBlockTokens;
  const longestPs = cost.iterationPs(pool.tokenBudget, kvTokens, pool.tokenBudget * kvTokens);
  if (longestPs <= MAX_SPAN_PS) return;
  throw new ConfigError({
    subject: path, rule: `keep every iteration below ${MAX_SPAN_PS / PS_PER_S} s`, got: `${(longestPs / PS_PER_S).toFixed(0)} s`,
    hint: `Lower ${path}.tokenBudget or ${path}.iterationOverheadS, or take a faster GPU.`,
  });
}
