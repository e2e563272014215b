/** Area under the ROC curve: the chance that a true claim scores above a false one, ties counted one half. */
import type { Ranking } from "./ranking.js";

/**
 * The definition, pair by pair.
 *
 * @returns From 0 to 1; NaN when either side is empty.
 * @source Mann and Whitney 1947, On a test of whether one of two random variables is stochastically larger than the
 *   other, Annals of Mathematical Statistics 18(1); as area: Hanley and McNeil 1982, Radiology 143(1).
 * @remarks Time O(positives x negatives). `weightedAuc` is the fast form.
 */
export function pairwiseAuc(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  let won = 0;
  for (let i = 0; i < positives.length; i++) {
    for (let j = 0; j < negatives.length; j++) won += positives[i]! > negatives[j]! ? 1 : positives[i]! === negatives[j]! ? 0.5 : 0;
  }
  return won / (positives.length * negatives.length);
}

/**
 * The same area over pairs within strata, with each claim counted as often as its person.
 *
 * With folds as strata it is free of a bias of pooled cross-validation: a fold with many true claims is scored by a model
 * that saw few, so that between folds scores run against the truth.
 *
 * @param weights Times each person counts, at least 0. Shape [people].
 * @returns From 0 to 1; NaN when no stratum has both true and false claims.
 */
export function weightedAuc({ isTrue, person, border }: Ranking, weights: Float64Array): number {
  let won = 0, pairs = 0;
  let trueAbove = 0, falseAbove = 0, trueTied = 0, falseTied = 0;
  for (let rank = 0; rank < isTrue.length; rank++) {
    if (isTrue[rank] === 1) trueTied += weights[person[rank]!]!; else falseTied += weights[person[rank]!]!;
    if (border[rank] === 0) continue;
    won += falseTied * (trueAbove + trueTied / 2);
    trueAbove += trueTied;
    falseAbove += falseTied;
    trueTied = falseTied = 0;
    if (border[rank] === 1) continue;
    pairs += trueAbove * falseAbove;
    trueAbove = falseAbove = 0;
  }
  return won / pairs;
}
