import fc from "fast-check";
import { expect, it } from "vitest";
import { matchLengths, type ChunkSizes } from "./match-lengths.js";

const anySizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });

/** The definition, over all known answers. */
function slowDistance(a: ChunkSizes, b: ChunkSizes): number {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] === undefined ? b[i]! + 1 : b[i] === undefined ? a[i] + 1 : Math.abs(a[i] - b[i]))).reduce((sum, part) => sum + part, 0);
}

it("finds one as near as a search over all", () => {
  fc.assert(fc.property(fc.array(anySizes, { minLength: 1, maxLength: 12 }), anySizes, (known, target) => {
    const [place] = matchLengths(known, [target]), least = Math.min(...known.map((sizes) => slowDistance(sizes, target)));
    expect(slowDistance(known[place!]!, target)).toBe(least);
  }), { seed: 9, numRuns: 300 });
});

it("takes the answer of equal sizes, else the one that differs least; a missing chunk counts its size and one", () => {
  const known = [[4, 3, 5], [4, 3], [9, 9, 9]];
  expect([...matchLengths(known, [[4, 3], [4, 4, 5], [9, 9], [4, 3, 5]])]).toEqual([1, 0, 2, 0]);
});

it("takes the most common among those that fit alike", () => {
  expect([...matchLengths([[7], [8, 8], [8, 8]], [[8, 8]])]).toEqual([1]);
  expect([...matchLengths([[1, 2], [2, 1], [2, 1]], [[1, 1]])]).toEqual([1]);
});
