/**
 * True positive rate at a low false positive rate: what an attacker finds who may rarely be wrong.
 *
 * The threshold is the lowest one whose false positives stay within the level. Claims tied at the threshold are taken at
 * random up to the level, so that an attack whose scores are all equal has a rate equal to the level, which is chance.
 * Source: Carlini et al. 2022, Membership Inference Attacks From First Principles, IEEE S&P, on why low levels matter.
 */
import type { Ranking } from "./ranking.js";

/**
 * True positive rate at a level, with each claim counted as often as its person.
 *
 * @param ranking Without strata.
 * @param weights Times each person counts, at least 0. Shape [people].
 * @param fpr Level, above 0 and at most 1.
 * @returns From 0 to 1; NaN without true or without false claims.
 */
export function weightedTprAtFpr({ isTrue, person, border }: Ranking, weights: Float64Array, fpr: number): number {
  let trueCount = 0, falseCount = 0;
  for (let rank = 0; rank < isTrue.length; rank++) {
    if (isTrue[rank] === 1) trueCount += weights[person[rank]!]!; else falseCount += weights[person[rank]!]!;
  }
  if (trueCount === 0 || falseCount === 0) return NaN;
  const allowed = fpr * falseCount;
  let found = 0, wrong = 0, trueTied = 0, falseTied = 0;
  for (let rank = 0; rank < isTrue.length; rank++) {
    if (isTrue[rank] === 1) trueTied += weights[person[rank]!]!; else falseTied += weights[person[rank]!]!;
    if (border[rank] === 0) continue;
    if (wrong + falseTied > allowed) return (found + trueTied * (allowed - wrong) / falseTied) / trueCount;
    found += trueTied;
    wrong += falseTied;
    trueTied = falseTied = 0;
  }
  return found / trueCount;
}

/** Whether there are enough false claims for a level: at least 1 / fpr, so that the level allows one of them. */
export function isLevelResolved(falseCount: number, fpr: number): boolean {
  return falseCount * fpr >= 1 - 1e-9;
}
