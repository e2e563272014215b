/**
 * Duration of one iteration of a continuous-batching server, in integer picoseconds.
 *
 * Roofline: max(memory, compute) + overhead. Memory reads the weights once and the KV cache of every context in the
 * batch; compute works on every token of the batch and on every (token, earlier token) pair of attention. Tensor
 * parallelism divides both and adds two all-reduces per layer. All coefficients are rounded once, here, so that the
 * sum over many iterations is exact integer arithmetic.
 */
import type { PoolConfig } from "../config/scenario-schema.js";
import { ConfigError } from "../core/errors.js";
import { kvBytesPerToken, opsPerToken } from "../devices/model-card.js";
import type { ModelCard } from "../devices/model-card.js";
import { peakFlopsPerS } from "./gpu-profile.js";
import type { GpuProfile } from "./gpu-profile.js";

/** Picoseconds in a second. */
export const PS_PER_S = 1e12;
/** Picoseconds in a microsecond. */
export const PS_PER_US = 1e6;
/** Longest span counted in picoseconds: keeps sums of two spans exact in a double. About 67 minutes. */
export const MAX_SPAN_PS = 4e15;

const ALL_REDUCES_PER_LAYER = 2;
/** Activations travel in 16 bits. */
const BYTES_PER_ACTIVATION = 2;
/** Experts still unread count as read once they are fewer than this share. */
const UNREAD_SHARE = 1e-4;

/** Integer coefficients of the duration of an iteration, and the size of the KV cache. */
export interface IterationCost {
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

/**
 * Coefficients of one pool.
 *
 * @param path Config path of the pool, for messages.
 * @throws {ConfigError} when the weights leave no room for a KV cache, or when one iteration could last longer than an hour.
 */
export function compileIterationCost(pool: PoolConfig, gpu: GpuProfile, card: ModelCard, path: string): IterationCost {
  const { hardware, efficiency, link } = gpu, gpus = pool.tensorParallel;
  const weightBytesPerS = hardware.bandwidthBytesPerS * efficiency.weightBandwidth * gpus;
  const kvBytesPerS = hardware.bandwidthBytesPerS * efficiency.kvBandwidth * gpus;
  const flopsPerS = peakFlopsPerS(gpu, pool.bytesPerWeight) * efficiency.compute * gpus;
  const allReduces = gpus === 1 ? 0 : ALL_REDUCES_PER_LAYER * card.layers;
  // A ring moves 2 (n - 1) / n of the data through each link.
  const reducedBytes = card.hiddenSize * BYTES_PER_ACTIVATION * 2 * (gpus - 1) / gpus;
  const cost = {
    weightReadPs: weightReadTable(card, pool, weightBytesPerS),
    kvReadPs: Math.round(kvBytesPerToken(card, pool.bytesPerKvElement) / kvBytesPerS * PS_PER_S),
    tokenPs: Math.round(opsPerToken(card) / flopsPerS * PS_PER_S),
    pairPs: Math.round(4 * card.layers * card.heads * card.headDim / flopsPerS * PS_PER_S),
    overheadPs: Math.max(1, Math.round((pool.iterationOverheadS + allReduces * link.allReduceLatencyS) * PS_PER_S)),
    allReduceTokenPs: Math.round(allReduces * reducedBytes / link.allReduceBytesPerS * PS_PER_S),
    kvBlocks: countKvBlocks(pool, gpu, card, path),
  };
  checkLongestIteration(cost, pool, path);
  return cost;
}

/**
 * Duration of an iteration. Integer picoseconds.
 *
 * @param tokens Tokens worked on: one per decoding sequence and those of prefill chunks.
 * @param kvTokens Sum over sequences of the context that is read, the new tokens included.
 * @param pairs Sum over tokens of the context each attends to, itself included.
 */
export function iterationPs(cost: IterationCost, tokens: number, kvTokens: number, pairs: number): number {
  const memoryPs = weightReadOf(cost, tokens) + cost.kvReadPs * kvTokens;
  const computePs = cost.tokenPs * tokens + cost.pairPs * pairs;
  return Math.max(memoryPs, computePs) + cost.overheadPs + cost.allReduceTokenPs * tokens;
}

/** Time to read the weights that a batch of so many tokens needs. Integer picoseconds. */
export function weightReadOf(cost: IterationCost, tokens: number): number {
  const table = cost.weightReadPs, last = table.length - 1;
  return table[tokens < last ? tokens : last]!;
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

function checkLongestIteration(cost: IterationCost, pool: PoolConfig, path: string): void {
  const kvTokens = cost.kvBlocks * pool.kvBlockTokens;
  const longestPs = iterationPs(cost, pool.tokenBudget, kvTokens, pool.tokenBudget * kvTokens);
  if (longestPs <= MAX_SPAN_PS) return;
  throw new ConfigError({
    subject: path, rule: `keep every iteration below ${MAX_SPAN_PS / PS_PER_S} s`, got: `${(longestPs / PS_PER_S).toFixed(0)} s`,
    hint: `Lower ${path}.tokenBudget or ${path}.iterationOverheadS, or take a faster GPU.`,
  });
}
