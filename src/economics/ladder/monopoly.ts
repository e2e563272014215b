/**
 * Step 1 of the ladder: one developer of E who sells a service and buys the data that makes it good.
 *
 * Users value quality Q at v Q, v ~ U[0, V], and buy at price p iff v Q >= p. Contributors of privacy cost kappa ~ U[0, K] give data
 * iff kappa <= r. Quality Q = Q0 + s n, n the share that contributes. Profit = p P(v Q >= p) - r n, and r = K n buys n:
 *   p* = V Q / 2,   profit(n) = V (Q0 + s n) / 4 - K n^2,   n* = V s / (8 K),   r* = K n* = V s / 8.
 *   Welfare of the market  3 V Q / 8 - K n^2 / 2  (the upper half of users buys);
 *   first best  V Q / 2 - K n^2 / 2  at price 0, n = V s / (2 K).
 * The market buys a quarter of the efficient data. Shares are cut at 1.
 *
 * @source ours; first-order conditions above.
 */
import { invariant } from "../../core/errors.js";
import type { RandomStream } from "../../core/random-stream.js";
import { maximize } from "../maximize.js";

/** A market for a service and for the data behind it. All above 0; Q0 may be 0. */
export interface MonopolyMarket {
  /** Largest value of a unit of quality. */
  readonly V: number;
  /** Quality without data. */
  readonly Q0: number;
  /** Quality that full contribution adds. */
  readonly s: number;
  /** Largest privacy cost. */
  readonly K: number;
}

/** What the developer chooses and gets. */
export interface MonopolyChoice {
  readonly price: number;
  readonly reward: number;
  /** Share that contributes. */
  readonly participation: number;
  readonly quality: number;
  readonly profit: number;
}

/** The market outcome beside the best one. */
export interface MonopolyOutcome extends MonopolyChoice {
  readonly welfare: number;
  readonly firstBestParticipation: number;
  readonly firstBestWelfare: number;
  /** First-best welfare over the market's. */
  readonly priceOfAnarchy: number;
}

/** The closed form. @throws {BugError} for a market that is not one. */
export function solveMonopoly(market: MonopolyMarket): MonopolyOutcome {
  const { V, Q0, s, K } = market;
  invariant(V > 0 && Q0 >= 0 && s > 0 && K > 0 && V + Q0 + s + K < Infinity, "have V, s and K above 0 and Q0 of 0 or more", JSON.stringify(market));
  const participation = Math.min(1, (V * s) / (8 * K)), quality = Q0 + s * participation;
  const firstBestParticipation = Math.min(1, (V * s) / (2 * K));
  const welfare = (3 * V * quality) / 8 - (K * participation ** 2) / 2;
  const firstBestWelfare = (V * (Q0 + s * firstBestParticipation)) / 2 - (K * firstBestParticipation ** 2) / 2;
  return {
    price: (V * quality) / 2, reward: K * participation, participation, quality,
    profit: (V * quality) / 4 - K * participation ** 2,
    welfare, firstBestParticipation, firstBestWelfare, priceOfAnarchy: firstBestWelfare / welfare,
  };
}

/** The same choice by brute force: best price for each reward, best reward, from demand and supply alone. */
export function maximizeMonopoly({ V, Q0, s, K }: MonopolyMarket): MonopolyChoice {
  const contributing = (reward: number): number => Math.min(1, reward / K);
  const bestPrice = (quality: number): { at: number; value: number } =>
    maximize((price) => price * Math.max(0, 1 - price / (V * quality)), 0, V * quality);
  const profitAt = (reward: number): number => bestPrice(Q0 + s * contributing(reward)).value - reward * contributing(reward);
  const { at: reward, value: profit } = maximize(profitAt, 0, K);
  const participation = contributing(reward), quality = Q0 + s * participation;
  return { price: bestPrice(quality).at, reward, participation, quality, profit };
}

/**
 * The same choice against drawn users and contributors, whom the developer knows as a whole.
 *
 * With quality Q the best price is Q v_k at the k-th largest value that makes v_k k / N largest; a reward that buys j contributors is
 * the j-th smallest privacy cost. Profit is exact for the sample; its maximum lies above the closed form by order N^(-2/3).
 *
 * @param agents Users and contributors each.
 */
export function simulateMonopoly({ V, Q0, s, K }: MonopolyMarket, agents: number, stream: RandomStream): MonopolyChoice {
  const values = sampleUniform(agents, V, stream), costs = sampleUniform(agents, K, stream);
  let bestValue = 0, revenuePerQuality = 0;
  for (let k = 1; k <= agents; k++) {
    const value = values[agents - k]!;
    if ((value * k) / agents > revenuePerQuality) { revenuePerQuality = (value * k) / agents; bestValue = value; }
  }
  let best: MonopolyChoice = { price: Q0 * bestValue, reward: 0, participation: 0, quality: Q0, profit: Q0 * revenuePerQuality };
  for (let j = 1; j <= agents; j++) {
    const reward = costs[j - 1]!, participation = j / agents, quality = Q0 + s * participation;
    const profit = quality * revenuePerQuality - reward * participation;
    if (profit > best.profit) best = { price: quality * bestValue, reward, participation, quality, profit };
  }
  return best;
}

function sampleUniform(count: number, high: number, stream: RandomStream): Float64Array {
  const sample = new Float64Array(count);
  for (let i = 0; i < count; i++) sample[i] = high * stream.nextUniform();
  return sample.sort();
}
