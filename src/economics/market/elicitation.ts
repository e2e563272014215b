/**
 * Rewards for telling the truth, and a measure of inequality.
 *
 * Multi-task peer prediction on a fair bit, raters right with probability p and q: agreement on the shared task less agreement on
 * different tasks is (2 p - 1)(2 q - 1) / 2 for the truth and 0 for constant reports; plain agreement pays p q + (1 - p)(1 - q) for
 * the truth and 1 for collusion.
 * Proper scores of a forecast r of a bit of probability p, best at r = p: logarithm p ln p + (1 - p) ln(1 - p); Brier -(o - r)^2,
 * expected -p (1 - p); quadratic 2 r_o - |r|^2, expected p^2 + (1 - p)^2; spherical r_o / |r|, expected sqrt(p^2 + (1 - p)^2).
 * Gini coefficients: log-normal 2 Phi(sigma / sqrt 2) - 1; Pareto 1 / (2 alpha - 1); exponential 1/2; U[low, high]
 * (high - low) / (3 (high + low)).
 *
 * @source Dasgupta and Ghosh 2013, WWW; Gneiting and Raftery 2007, JASA 102; Kleiber and Kotz 2003, Statistical Size Distributions.
 */
import { ln } from "../../core/elementary.js";
import { invariant } from "../../core/errors.js";
import { normalCdf } from "../../core/normal-distribution.js";

/** Mean scores of reporting strategies. */
export interface PeerScores {
  readonly truthful: number;
  readonly constant: number;
  readonly agreementTruthful: number;
  readonly agreementCollusion: number;
}

/** Scores by multi-task peer prediction beside plain agreement. @param p Accuracy of the rater. @param q Of the peer. */
export function scorePeers(p: number, q: number): PeerScores {
  invariant(p >= 0 && p <= 1 && q >= 0 && q <= 1, "have accuracies from 0 to 1", `${p}, ${q}`);
  return { truthful: ((2 * p - 1) * (2 * q - 1)) / 2, constant: 0, agreementTruthful: p * q + (1 - p) * (1 - q), agreementCollusion: 1 };
}

/** Names of the scoring rules. */
export const SCORING_RULES = ["log", "brier", "quadratic", "spherical"] as const;
/** One of the rules. */
export type ScoringRule = (typeof SCORING_RULES)[number];

/** Expected score of the best report, which is p itself. */
export function scoreBestReport(rule: ScoringRule, p: number): number {
  invariant(p >= 0 && p <= 1, "have a probability from 0 to 1", p);
  const both = p * p + (1 - p) * (1 - p), entropyTerm = (x: number): number => (x === 0 ? 0 : x * ln(x));
  switch (rule) {
    case "log": return entropyTerm(p) + entropyTerm(1 - p);
    case "brier": return -p * (1 - p);
    case "quadratic": return both;
    case "spherical": return Math.sqrt(both);
    default: return rule satisfies never;
  }
}

/** Gini coefficient of a log-normal law. */
export function giniLogNormal(sigma: number): number {
  invariant(sigma >= 0, "have a sigma of 0 or more", sigma);
  return 2 * normalCdf(sigma / Math.SQRT2) - 1;
}

/** Gini coefficient of a Pareto law. @param alpha Above 1. */
export function giniPareto(alpha: number): number {
  invariant(alpha > 1, "have an exponent above 1", alpha);
  return 1 / (2 * alpha - 1);
}

/** Gini coefficient of U[low, high]. */
export function giniUniform(low: number, high: number): number {
  invariant(low >= 0 && high > low, "have a range of 0 or more", `${low} to ${high}`);
  return (high - low) / (3 * (high + low));
}
