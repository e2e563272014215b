import fc from "fast-check";
import { expect, it } from "vitest";
import { normalQuantile } from "../core/distributions.js";
import { pairwiseAuc, weightedAuc } from "./auc.js";
import { rankClaims } from "./ranking.js";

it("is 5/6 for true scores 3, 2, 2 and false scores 1, 2 (Mann-Whitney, ties one half, by hand)", () => {
  expect(pairwiseAuc([3, 2, 2], [1, 2])).toBeCloseTo(5 / 6, 12);
  const ranking = rankClaims(Float64Array.of(3, 2, 2, 1, 2), Uint8Array.of(1, 1, 1, 0, 0), Int32Array.of(0, 1, 2, 3, 4));
  expect(weightedAuc(ranking, new Float64Array(5).fill(1))).toBeCloseTo(5 / 6, 12);
});

it("is 1, 0 and 1/2 for perfect, reversed and equal scores, and NaN without a false claim", () => {
  const auc = (scores: number[], isTrue: number[]): number =>
    weightedAuc(rankClaims(Float64Array.from(scores), Uint8Array.from(isTrue), new Int32Array(scores.length)), Float64Array.of(1));
  expect(auc([1, 2, 3, 4], [0, 0, 1, 1])).toBe(1);
  expect(auc([1, 2, 3, 4], [1, 1, 0, 0])).toBe(0);
  expect(auc([7, 7, 7], [1, 0, 1])).toBe(0.5);
  expect(auc([1, 2], [1, 1])).toBeNaN();
});

it.each([[1, 0.7602499389065233], [2, 0.9213503964748574]])("is Phi(d' / sqrt 2) for normals shifted by d' = %d", (shift, expected) => {
  // Scores at the mid-quantiles of the two normals: no sampling noise, and an error of order 1 / n.
  const n = 2000, quantiles = Float64Array.from({ length: n }, (_, i) => normalQuantile((i + 0.5) / n));
  const scores = Float64Array.of(...quantiles, ...quantiles.map((x) => x + shift));
  const ranking = rankClaims(scores, Uint8Array.from(scores, (_, row) => (row < n ? 0 : 1)), new Int32Array(2 * n));
  expect(weightedAuc(ranking, Float64Array.of(1))).toBeCloseTo(expected, 4);
});

const claims = fc.array(fc.record({
  score: fc.integer({ min: 0, max: 6 }), isTrue: fc.nat({ max: 1 }), person: fc.nat({ max: 4 }), stratum: fc.nat({ max: 2 }),
}), { minLength: 1, maxLength: 60 });

it("equals the count pair by pair within strata when people count several times", () => {
  fc.assert(fc.property(claims, fc.array(fc.nat({ max: 3 }), { minLength: 5, maxLength: 5 }), (rows, weights) => {
    const ranking = rankClaims(Float64Array.from(rows, (r) => r.score), Uint8Array.from(rows, (r) => r.isTrue), Int32Array.from(rows, (r) => r.person),
      Int32Array.from(rows, (r) => r.stratum));
    let won = 0, pairs = 0;
    for (const stratum of [0, 1, 2]) {
      const side = (isTrue: number): number[] => rows.flatMap((r) => (r.stratum === stratum && r.isTrue === isTrue ? Array<number>(weights[r.person]!).fill(r.score) : []));
      const count = side(1).length * side(0).length;
      if (count > 0) won += pairwiseAuc(side(1), side(0)) * count;
      pairs += count;
    }
    const found = weightedAuc(ranking, Float64Array.from(weights));
    if (pairs === 0) expect(found).toBeNaN(); else expect(found).toBeCloseTo(won / pairs, 12);
  }), { seed: 12, numRuns: 300 });
});

it("falls to its mirror image when scores change sign", () => {
  fc.assert(fc.property(claims, (rows) => {
    const auc = (sign: number): number => weightedAuc(rankClaims(Float64Array.from(rows, (r) => sign * r.score), Uint8Array.from(rows, (r) => r.isTrue),
      new Int32Array(rows.length)), Float64Array.of(1));
    if (!Number.isNaN(auc(1))) expect(auc(1) + auc(-1)).toBeCloseTo(1, 12);
  }), { seed: 13, numRuns: 200 });
});
