import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FleetTotals, HISTOGRAMS, SumIndex, SUMS } from "./fleet-totals.js";

/** What one question adds: a few sums, a value in each histogram, a hash. */
interface Addition { readonly sums: readonly number[]; readonly values: readonly number[]; readonly hash: readonly [number, number] }

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const addition: fc.Arbitrary<Addition> = fc.record({
  sums: fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: SUMS.length, maxLength: SUMS.length }),
  values: fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: HISTOGRAMS.length, maxLength: HISTOGRAMS.length }),
  hash: fc.tuple(word, word),
});

function add(totals: FleetTotals, { sums, values, hash }: Addition): void {
  sums.forEach((value, i) => { totals.sums[i]! += value; });
  HISTOGRAMS.forEach((name, i) => { totals[name].add(values[i]!); });
  hash.forEach((value, lane) => { totals.digest[lane]! += value; });
}

function totalsOf(additions: readonly Addition[]): FleetTotals {
  const totals = new FleetTotals();
  for (const one of additions) add(totals, one);
  return totals;
}

function contentOf(totals: FleetTotals): unknown {
  return { sums: [...totals.sums], digest: [...totals.digest], histograms: HISTOGRAMS.map((name) => [totals[name].count, totals[name].sum, totals[name].toBins("us")]) };
}

describe("fleet totals", () => {
  it("merge in any order and any cut to the totals of one pass", () => {
    fc.assert(fc.property(fc.array(addition, { maxLength: 8 }), fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 }), fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (additions, owners, order) => {
      const parts = [0, 1, 2, 3].map((part) => totalsOf(additions.filter((_, i) => owners[i] === part)));
      const merged = new FleetTotals();
      for (const part of order) merged.merge(parts[part]!);
      expect(contentOf(merged)).toEqual(contentOf(totalsOf(additions)));
    }), { seed: 41, numRuns: 30 });
  });

  it("stay as they are when empty totals are merged in, and leave the other part as it was", () => {
    const [one] = fc.sample(addition, { seed: 42, numRuns: 1 }), totals = totalsOf([one!]), other = totalsOf([one!]), before = contentOf(other);
    totals.merge(new FleetTotals());
    expect(contentOf(totals)).toEqual(before);
    totals.merge(other);
    expect(contentOf(other)).toEqual(before);
    expect(totals.sums[3]).toBe(2 * one!.sums[3]!);
  });

  it("wrap the digest at 32 bits, so that sums of hashes stay exact", () => {
    const totals = totalsOf([{ sums: SUMS.map(() => 0), values: HISTOGRAMS.map(() => 0), hash: [2 ** 32 - 1, 7] }]);
    totals.merge(totals);
    expect([...totals.digest]).toEqual([2 ** 32 - 2, 14]);
  });

  it("name each sum once", () => {
    expect(new Set(SUMS).size).toBe(SUMS.length);
    SUMS.forEach((name, index) => {
      const totals = new FleetTotals();
      totals.sums[index] = 5;
      expect([SumIndex[name], totals.sum(name)]).toEqual([index, 5]);
    });
  });
});
