/** Log-scores to chances, and how surprised an attack is by labels it did not see. */
import { exp, ln } from "../../core/elementary.js";

/** A chance below this counts as this: one row of certain error costs 708 nats and not infinitely many. */
const LEAST_CHANCE = 1e-307;

/**
 * Softmax of one row of log-scores.
 *
 * @param from First score of the row in `logScores`.
 * @param chances Written, shape [classCount].
 */
export function rowChances(logScores: Float64Array, from: number, classCount: number, chances: Float64Array): void {
  let highest = -Infinity, total = 0;
  for (let k = 0; k < classCount; k++) highest = Math.max(highest, logScores[from + k]!);
  for (let k = 0; k < classCount; k++) total += chances[k] = exp(logScores[from + k]! - highest);
  for (let k = 0; k < classCount; k++) chances[k]! /= total;
}

/**
 * Mean surprise at the true classes: -mean ln chance(label). Nats; the entropy of the class shares for an attack that
 * learned nothing.
 *
 * @param logScores Shape [labels.length, classCount].
 */
export function meanLogLoss(logScores: Float64Array, labels: Int32Array, classCount: number): number {
  const chances = new Float64Array(classCount);
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    rowChances(logScores, row * classCount, classCount, chances);
    sum -= ln(Math.max(chances[labels[row]!]!, LEAST_CHANCE));
  }
  return sum / Math.max(1, labels.length);
}
