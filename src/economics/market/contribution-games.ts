/**
 * Who contributes how much when rewards are shared.
 *
 * Proportional sharing (Tullock): reward R x_i / X less c_i x_i. With the n cheapest active and K the sum of their costs,
 *   x_i = ((n - 1) R / K) (1 - (n - 1) c_i / K),  utility R (1 - (n - 1) c_i / K)^2;  active are those with (n - 1) c_i < K.
 * Leader with value lambda ln(1 + X) who pays r per unit to followers of cost kappa_i x^2: x_i = r / (2 kappa_i), and with
 *   S = sum 1 / (2 kappa_i)  the leader sets  r = (sqrt(1 + 2 lambda S) - 1) / (2 S).
 * Public accuracy -2 sqrt(k / M) of M shared records: only the cheapest contributes, M = (k / c^2)^(1/3); efficient (n^2 k / c^2)^(1/3).
 *
 * @source Yang, Xue, Fang and Tang 2012, MobiCom; Karimireddy, Guo and Jordan 2022, arXiv:2207.04557; the leader's form derived.
 */
import { ln, pow } from "../../core/elementary.js";
import { invariant } from "../../core/errors.js";

/** Efforts and utilities by player. */
export interface SharedReward {
  readonly effort: readonly number[];
  readonly utility: readonly number[];
}

/** Proportional sharing of a reward. @param costs Of a unit of effort, above 0; two or more players. */
export function shareReward(reward: number, costs: readonly number[]): SharedReward {
  invariant(reward >= 0 && costs.length >= 2 && costs.every((cost) => cost > 0), "have a reward of 0 or more and two or more costs above 0", costs);
  const sorted = [...costs].sort((x, y) => x - y);
  let active = 2, sum = sorted[0]! + sorted[1]!;
  while (active < sorted.length && active * sorted[active]! < sum + sorted[active]!) sum += sorted[active++]!;
  const slack = costs.map((cost) => Math.max(0, 1 - ((active - 1) * cost) / sum));
  return { effort: slack.map((each) => (((active - 1) * reward) / sum) * each), utility: slack.map((each) => reward * each * each) };
}

/** A leader's reward and what followers give. */
export interface LedContributions {
  readonly reward: number;
  readonly contributions: readonly number[];
  readonly leaderUtility: number;
}

/** Reward per unit from a leader with logarithmic value. @param kappa Followers' cost coefficients, above 0. */
export function leadContributions(lambda: number, kappa: readonly number[]): LedContributions {
  invariant(lambda >= 0 && kappa.length > 0 && kappa.every((each) => each > 0), "have lambda of 0 or more and costs above 0", kappa);
  const supply = kappa.reduce((sum, each) => sum + 1 / (2 * each), 0), reward = (Math.sqrt(1 + 2 * lambda * supply) - 1) / (2 * supply);
  return { reward, contributions: kappa.map((each) => reward / (2 * each)), leaderUtility: lambda * ln(1 + reward * supply) - reward * reward * supply };
}

/** Contributions to a public good of records. */
export interface PublicGood {
  readonly contributions: readonly number[];
  readonly total: number;
  readonly efficientTotal: number;
}

/** Free riding on shared accuracy. Of several cheapest the first contributes; their split is free. @param costs Of a record, above 0. */
export function freeRide(k: number, costs: readonly number[]): PublicGood {
  invariant(k >= 0 && costs.length > 0 && costs.every((cost) => cost > 0), "have k of 0 or more and costs above 0", costs);
  const cheapest = Math.min(...costs), total = pow(k / (cheapest * cheapest), 1 / 3), first = costs.indexOf(cheapest);
  return {
    contributions: costs.map((_, i) => (i === first ? total : 0)), total,
    efficientTotal: pow((costs.length * costs.length * k) / (cheapest * cheapest), 1 / 3),
  };
}
