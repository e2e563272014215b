/**
 * A contextual bandit that learns on line which questions to send away: UCB1 (Auer, Cesa-Bianchi, Fischer 2002) in each
 * of a few contexts, one learner per shard. Rewards collect in a pending table and are folded in when the shard enters
 * its next window, so that what a learner knows does not depend on the order of clients inside a window. Rewards are
 * counted in integer millionths: sums are exact in any order.
 */
import type { RoutingConfig } from "../../config/scenario-schema.js";
import { ln } from "../../core/elementary.js";
import type { Router, RoutingContext } from "./router.js";

const CONFIDENCE_BINS = 6;
const LINK_BINS = 2;
const CONTEXTS = CONFIDENCE_BINS * LINK_BINS;
const ARMS = 2;
/** Doubles of one learner: count and reward sum of each (context, arm), known and pending. */
const LEARNER_STRIDE = CONTEXTS * ARMS * 4;
const GOOD_LINK_BIT_PER_S = 10e6;
const MICRO = 1e6;

/** Tables of all learners in shared memory. Shape [shards, LEARNER_STRIDE]. */
export type BanditMemory = Float64Array;

/** Makes the tables of one learner per shard. */
export function allocateBandits(shards: number): BanditMemory {
  return new Float64Array(new SharedArrayBuffer(shards * LEARNER_STRIDE * 8));
}

/** Folds what a shard's clients learned in its last window into what its learner knows. */
export function foldBandit(memory: BanditMemory, shard: number): void {
  const base = shard * LEARNER_STRIDE, half = LEARNER_STRIDE / 2;
  for (let i = 0; i < half; i++) {
    memory[base + i]! += memory[base + half + i]!;
    memory[base + half + i] = 0;
  }
}

/** The learner as a routing policy. Its reward: 1 for a right answer, less latency, money and secrets by weight. */
export class Bandit implements Router {
  readonly drafts = true;
  readonly offload = "by-need";
  readonly weighs = "nothing";
  readonly spends = "nothing";
  private readonly config: Extract<RoutingConfig, { kind: "bandit" }>;
  private readonly memory: BanditMemory;

  constructor(config: Extract<RoutingConfig, { kind: "bandit" }>, memory: BanditMemory) {
    this.config = config;
    this.memory = memory;
  }

  asksTier(context: RoutingContext): boolean {
    return this.score(context, 1) > this.score(context, 0);
  }

  affords(): boolean { return true; }

  learn(context: RoutingContext, isTier: boolean, isCorrect: boolean, ttftS: number, usd: number, secretsSent: number): void {
    const { latencyWeightPerS, moneyWeightPerUsd, secretWeight } = this.config;
    const reward = (isCorrect ? 1 : 0) - latencyWeightPerS * ttftS - moneyWeightPerUsd * usd - secretWeight * secretsSent;
    const pending = cellOf(context, isTier ? 1 : 0) + LEARNER_STRIDE / 2;
    this.memory[pending]! += 1;
    this.memory[pending + 1]! += Math.round(reward * MICRO);
  }

  /** Upper confidence bound of an arm's reward; an arm never tried comes first. */
  private score(context: RoutingContext, arm: number): number {
    const cell = cellOf(context, arm), count = this.memory[cell]!;
    if (count === 0) return Infinity;
    const tries = this.memory[cellOf(context, 0)]! + this.memory[cellOf(context, 1)]!;
    return this.memory[cell + 1]! / MICRO / count + this.config.exploration * Math.sqrt(2 * ln(tries + 1) / count);
  }
}

function cellOf(context: RoutingContext, arm: number): number {
  const bin = Math.min(CONFIDENCE_BINS - 1, Math.floor(context.confidence * CONFIDENCE_BINS));
  const link = context.downlinkBitPerS >= GOOD_LINK_BIT_PER_S ? 1 : 0;
  return context.shard * LEARNER_STRIDE + ((bin * LINK_BINS + link) * ARMS + arm) * 2;
}
