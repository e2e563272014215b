/**
 * Iterations by the spec sheet: peak rates of the GPU times the shares of them that a serving engine reaches.
 *
 * Matrices first, attention after them: root of (reading the weights)^2 + (computing the tokens)^2, then max(reading the
 * KV cache, computing the attention), then overhead. The root is a roofline with its corner rounded off, as measured
 * matrices have it: at 128 tokens, Llama-3.1-8B on an RTX 4090 takes 19.7 ms where the sharp one says 14.9 and the rounded
 * 19.0 (kernel profile of casys-kaist/LLMServingSim@5daddb2). Tensor parallelism divides each and adds two all-reduces per
 * layer. Coefficients are rounded once, here.
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
import { LaneShape } from "./lane-shape.js";

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
  /** Computing one token at an empty context in all layers, without its share of all-reduces. */
  readonly tokenPs: number;
  /** Computing the vocabulary's scores where a token comes out: engines do it for the last token of a prompt alone. */
  readonly sampledPs: number;
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
  readonly readsSpread: boolean = false;

  private readonly laneShape: LaneShape | undefined;

  /** @param lanes Data-parallel lanes that step together, with the most sequences of all of them. */
  constructor(readonly coefficients: RooflineCoefficients, private readonly lanes: number = 1, maxRunning: number = 0) {
    this.kvBlocks = coefficients.kvBlocks;
    this.laneShape = lanes > 1 ? new LaneShape(lanes, maxRunning) : undefined;
  }

  durationPs(whole: BatchShape): number {
    const batch = this.laneShape?.busiest(whole) ?? whole, { chunkTokens, chunkBefore } = batch;
    let tokens = batch.decodes, kvTokens = batch.kvTokens + tokens, pairs = kvTokens;
    for (let i = 0; i < batch.chunks; i++) {
      const chunk = chunkTokens[i]!, before = chunkBefore[i]!;
      tokens += chunk;
      kvTokens += before + chunk;
      pairs += chunk * before + chunk * (chunk + 1) / 2;
    }
    return this.iterationPs(tokens, kvTokens, pairs, batch.sampled);
  }

  planDecode(whole: BatchShape, _limit: number, plan: DecodePlan): void {
    const batch = this.laneShape?.busiest(whole) ?? whole, kvTokens = batch.kvTokens + batch.decodes;
    plan.clear();
    plan.add(0, this.iterationPs(batch.decodes, kvTokens, kvTokens, batch.decodes), this.attentionPs(batch.decodes, batch.decodes));
  }

  /**
   * Duration of an iteration. Integer picoseconds.
   *
   * @param tokens Tokens worked on: one per decoding sequence and those of prefill chunks.
   * @param kvTokens Sum over sequences of the context that is read, the new tokens included.
   * @param pairs Sum over tokens of the context each attends to, itself included.
   * @param sampled Sequences that get a token.
   */
  iterationPs(tokens: number, kvTokens: number, pairs: number, sampled: number): number {
    const { tokenPs, sampledPs, overheadPs, allReduceTokenPs } = this.coefficients;
    const readPs = this.weightReadPs(tokens), computePs = tokenPs * tokens + sampledPs * sampled;
    return Math.round(Math.sqrt(readPs * readPs + computePs * computePs)) + this.attentionPs(kvTokens, pairs) + overheadPs + allReduceTokenPs * tokens;
  }

  private attentionPs(kvTokens: number, pairs: number): number {
    return Math.max(this.coefficients.kvReadPs * kvTokens, this.coefficients.pairPs * pairs);
  }

  /** Time to read the weights that a batch of so many tokens needs. Integer picoseconds. */
  weightReadPs(tokens: number): number {
    const table = this.coefficients.weightReadPs, last = table.length - 1;
    // A lane's GPUs hold experts for the tokens of all lanes.
    return table[Math.min(tokens * this.lanes, last)]!;
  }
}

/** What coefficients follow from. */
export interface RooflineSetup {
  readonly card: ModelCard;
  readonly gpu: GpuProfile;
  readonly bytesPerWeight: number;
  readonly bytesPerKvElement: number;
  readonly tensorParallel: number;
  /** Data-parallel lanes that step together and share experts, and GPUs over which the experts are divided. */
  readonly lanes: number;
  readonly expertGpus: number;
  readonly overheadS: number;
  /** Most tokens of an iteration, of all lanes. */
  readonly tokenBudget: number;
  readonly kvBlocks: number;
  /** Link between GPUs where it is known better than by the GPU's profile: time of a hop, and rate. */
  readonly hopS?: number | undefined;
  readonly linkBytesPerS?: number | undefined;
}

/** Coefficients of one lane. Without data-parallel lanes: of the replica. */
export function compileCoefficients(setup: RooflineSetup): RooflineCoefficients {
  const { card, gpu, tensorParallel: gpus } = setup, { hardware, efficiency } = gpu;
  const kvBytesPerS = hardware.bandwidthBytesPerS * efficiency.kvBandwidth * gpus;
  const flopsPerS = peakFlopsPerS(gpu, setup.bytesPerWeight) * efficiency.compute * gpus;
  const exchange = exchangeOf(setup), headOps = 2 * card.vocabulary * card.hiddenSize;
  return {
    weightReadPs: weightReadTable(setup, hardware.bandwidthBytesPerS * efficiency.weightBandwidth),
    kvReadPs: Math.round(kvBytesPerToken(card, setup.bytesPerKvElement) / kvBytesPerS * PS_PER_S),
    tokenPs: Math.round((opsPerToken(card) - headOps) / flopsPerS * PS_PER_S),
    sampledPs: Math.round(headOps / flopsPerS * PS_PER_S),
    pairPs: Math.round(4 * card.layers * card.heads * card.headDim / flopsPerS * PS_PER_S),
    overheadPs: Math.max(1, Math.round((setup.overheadS + exchange.fixedS) * PS_PER_S)),
    allReduceTokenPs: Math.round(exchange.bytesPerToken / (setup.linkBytesPerS ?? gpu.link.allReduceBytesPerS) * PS_PER_S),
    kvBlocks: setup.kvBlocks,
  };
}

/** Communication of an iteration: two all-reduces per layer of a tensor-parallel group; lanes gather and scatter around the experts. */
function exchangeOf({ card, gpu, tensorParallel: gpus, lanes, hopS }: RooflineSetup): { readonly fixedS: number; readonly bytesPerToken: number } {
  const allReduces = gpus === 1 ? 0 : ALL_REDUCES_PER_LAYER * card.layers, gathers = lanes === 1 ? 0 : 2 * card.layers;
  const reduceS = hopS === undefined ? gpu.link.allReduceLatencyS : 2 * (gpus - 1) * hopS, gatherS = (lanes - 1) * (hopS ?? gpu.link.allReduceLatencyS / 2);
  // A ring all-reduce moves 2 (n - 1) / n of the data through each link; a gather the tokens of the other lanes.
  const tokenBytes = card.hiddenSize * BYTES_PER_ACTIVATION;
  return { fixedS: allReduces * reduceS + gathers * gatherS, bytesPerToken: tokenBytes * (allReduces * 2 * (gpus - 1) / gpus + gathers * (lanes - 1)) };
}

/**
 * Cost of one pool of a scenario.
 *
 * @param path Config path of the pool, for messages.
 * @throws {ConfigError} when the weights leave no room for a KV cache, or when one iteration could last longer than an hour.
 */
export function compileRooflineCost(pool: PoolConfig, gpu: GpuProfile, card: ModelCard, path: string): RooflineCost {
  const cost = new RooflineCost(compileCoefficients({
    card, gpu, bytesPerWeight: pool.bytesPerWeight, bytesPerKvElement: pool.bytesPerKvElement, tensorParallel: pool.tensorParallel, lanes: 1,
    expertGpus: pool.tensorParallel, overheadS: pool.iterationOverheadS, tokenBudget: pool.tokenBudget, kvBlocks: countKvBlocks(pool, gpu, card, path),
  }));
  checkLongestIteration(cost, pool, path);
  return cost;
}

/**
 * Time to read the weights by tokens in the batch of all lanes. Experts are drawn evenly, so n tokens read
 * 1 - (1 - active/all)^n of them. The embedding table is not read.
 */
function weightReadTable(setup: RooflineSetup, bytesPerS: number): Float64Array {
  const { card, tensorParallel, expertGpus } = setup, embedding = card.isEmbeddingTied ? 0 : card.vocabulary * card.hiddenSize;
  const idleShare = 1 - card.activeExperts / card.experts, isMixture = idleShare > 0;
  const expertWeights = countExpertWeights(card), others = card.parameters - card.tableParameters - expertWeights - embedding;
  const toPs = (readShare: number): number =>
    Math.round((others / tensorParallel + expertWeights * readShare / expertGpus) * setup.bytesPerWeight / bytesPerS * PS_PER_S);
  const table: number[] = [];
  for (let tokens = 0, unread = 1; isMixture && tokens < setup.tokenBudget && unread > UNREAD_SHARE; tokens++, unread *= idleShare) table.push(toPs(1 - unread));
  return Float64Array.from([...table, toPs(1)]);
}

/** Weights of all experts of a mixture; 0 for a dense model. */
export function countExpertWeights(card: ModelCard): number {
  const idleShare = 1 - card.activeExperts / card.experts;
  return idleShare > 0 ? (card.parameters - card.activeParameters) / idleShare : 0;
}

/** Blocks of KV cache that the weights leave in a pool's replica. @throws {ConfigError} when there are none. */
export function countKvBlocks(pool: PoolConfig, gpu: GpuProfile, card: ModelCard, path: string): number {
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
  const longestPs = cost.iterationPs(pool.tokenBudget, kvTokens, pool.tokenBudget * kvTokens, pool.tokenBudget);
  if (longestPs <= MAX_SPAN_PS) return;
  throw new ConfigError({
    subject: path, rule: `keep every iteration below ${MAX_SPAN_PS / PS_PER_S} s`, got: `${(longestPs / PS_PER_S).toFixed(0)} s`,
    hint: `Lower ${path}.tokenBudget or ${path}.iterationOverheadS, or take a faster GPU.`,
  });
}
