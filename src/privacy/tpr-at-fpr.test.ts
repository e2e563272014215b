import fc from "fast-check";
import { expect, it } from "vitest";
import { normalCdf, normalQuantile } from "../core/distributions.js";
import { rankClaims, type Ranking } from "./ranking.js";
import { isLevelResolved, weightedTprAtFpr } from "./tpr-at-fpr.js";

const ONCE = Float64Array.of(1);

function rank(positives: ArrayLike<number>, negatives: ArrayLike<number>): Ranking {
  const scores = Float64Array.of(...Array.from(positives), ...Array.from(negatives));
  return rankClaims(scores, Uint8Array.from(scores, (_, row) => (row < positives.length ? 1 : 0)), new Int32Array(scores.length));
}

// Closed form Phi(Phi^-1(fpr) + d').
it.each([
  [0.5, 0.001, 0.004795559209142178], [0.5, 0.1, 0.21723908042730522], [1, 0.01, 0.09236224807369403], [1, 0.1, 0.389143691645361],
  [2, 0.001, 0.13780541289830034], [2, 0.01, 0.37208058543549444], [3, 0.001, 0.4640513062100258], [3, 0.01, 0.7497337474667971],
])("finds the closed form for normals shifted by %d at FPR %d", (shift, fpr, expected) => {
  const n = 20_000, quantiles = Float64Array.from({ length: n }, (_, i) => normalQuantile((i + 0.5) / n));
  const found = weightedTprAtFpr(rank(quantiles.map((x) => x + shift), quantiles), ONCE, fpr);
  // The threshold lies between two neighbouring false claims, and the count of true ones is a whole number.
  expect(found).toBeGreaterThanOrEqual(expected - 1 / n);
  expect(found).toBeLessThanOrEqual(normalCdf(normalQuantile(fpr + 1 / n) + shift) + 1 / n);
});

it("counts what lies above the first false claim that the level forbids, by hand", () => {
  const negatives = [9, 6, 3, 0], positives = [10, 8, 7, 5, 1];
  expect(weightedTprAtFpr(rank(positives, negatives), ONCE, 0.25)).toBe(3 / 5);
  expect(weightedTprAtFpr(rank(positives, negatives), ONCE, 0.5)).toBe(4 / 5);
  expect(weightedTprAtFpr(rank(positives, negatives), ONCE, 1)).toBe(1);
});

it("equals the level when all scores are equal: chance, not zero and not one", () => {
  expect(weightedTprAtFpr(rank([5, 5, 5], [5, 5, 5, 5]), ONCE, 0.01)).toBeCloseTo(0.01, 12);
});

it("takes claims tied at the threshold at random up to the level", () => {
  // Ten false claims, four of them tied with two of three true ones: the level 0.2 admits half of the tied group.
  expect(weightedTprAtFpr(rank([1, 1, 0], [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]), ONCE, 0.2)).toBeCloseTo((2 / 3) * (2 / 4), 12);
});

it("rises with the level and stays between 0 and 1", () => {
  const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(scores, scores, (positives, negatives) => {
    const rates = [0.001, 0.01, 0.1, 0.5, 1].map((fpr) => weightedTprAtFpr(rank(positives, negatives), ONCE, fpr));
    rates.forEach((rate, i) => { expect(rate).toBeGreaterThanOrEqual(i === 0 ? 0 : rates[i - 1]! - 1e-12); });
    expect(rates.at(-1)).toBeCloseTo(1, 12);
  }), { seed: 31, numRuns: 200 });
});

it("has no value without true or without false claims", () => {
  expect(weightedTprAtFpr(rank([1], []), ONCE, 0.01)).toBeNaN();
  expect(weightedTprAtFpr(rank([], [1]), ONCE, 0.01)).toBeNaN();
});

it("calls a level resolved from 1 / fpr false claims on", () => {
  expect([99, 100].map((count) => isLevelResolved(count, 0.01))).toEqual([false, true]);
  expect([999, 1000].map((count) => isLevelResolved(count, 0.001))).toEqual([false, true]);
});
