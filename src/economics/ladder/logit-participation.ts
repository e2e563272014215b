/**
 * Step 7 of the ladder: participation with noisy choice, and hysteresis.
 *
 * The share that joins is n = 1 / (1 + exp((c - sV n) / mu)), so rest points lie on the curve c(n) = sV n - mu ln(n / (1 - n)).
 * c(n) falls from +infinity at 0 to -infinity at 1; where sV > 4 mu it rises between its folds, n (1 - n) = mu / sV. Between the costs
 * of the two folds there are three rest points: raise costs and the market collapses at the upper one, lower them again and it
 * recovers only at the lower one.
 *
 * @source Brock and Durlauf 2001, Discrete choice with social interactions, Review of Economic Studies 68(2).
 */
import { ln } from "../../core/elementary.js";
import { invariant } from "../../core/errors.js";
import { bisectZero } from "../maximize.js";

/** A market with noisy choice. Both above 0. */
export interface LogitMarket {
  readonly sV: number;
  /** Scale of the noise in utility. */
  readonly mu: number;
}

/** The two folds. */
export interface LogitFolds {
  readonly lowShare: number;
  readonly highShare: number;
  /** Cost below which only the high rest point is left. */
  readonly lowCost: number;
  /** Cost above which only the low rest point is left. */
  readonly highCost: number;
}

/** Cost at which the share n is a rest point. */
export function logitCost(n: number, { sV, mu }: LogitMarket): number {
  return sV * n - mu * ln(n / (1 - n));
}

/** The folds; undefined where choice is so noisy that the rest point is unique (sV <= 4 mu). */
export function findLogitFolds(market: LogitMarket): LogitFolds | undefined {
  invariant(market.sV > 0 && market.mu > 0, "have sV and mu above 0", `${market.sV}, ${market.mu}`);
  const discriminant = 1 - (4 * market.mu) / market.sV;
  if (!(discriminant > 0)) return undefined;
  const highShare = (1 + Math.sqrt(discriminant)) / 2, lowShare = market.mu / market.sV / highShare;
  return { lowShare, highShare, lowCost: logitCost(lowShare, market), highCost: logitCost(highShare, market) };
}

/** Smallest share that is told from 0; rest points beyond it are rounded to it. */
const EDGE = 2 ** -52;

/** All rest points at a cost, rising: one or three, two at a fold. */
export function findLogitRestPoints(cost: number, market: LogitMarket): readonly number[] {
  const folds = findLogitFolds(market), ends = folds === undefined ? [EDGE, 1 - EDGE] : [EDGE, folds.lowShare, folds.highShare, 1 - EDGE];
  const points: number[] = [];
  for (let i = 0; i + 1 < ends.length; i++) {
    const low = ends[i]!, high = ends[i + 1]!, excess = (n: number): number => logitCost(n, market) - cost;
    const atLow = excess(low), atHigh = excess(high);
    const isInside = (atLow >= 0 && atHigh <= 0) || (atLow <= 0 && atHigh >= 0);
    if (isInside) points.push(bisectZero(excess, low, high));
    else if (ends.length === 2) points.push(atLow < 0 ? low : high);
  }
  if (points.length === 0) points.push(cost > logitCost(0.5, market) ? EDGE : 1 - EDGE);
  return points.filter((point, i) => i === 0 || point > points[i - 1]!);
}
