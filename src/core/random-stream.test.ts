import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "./errors.js";
import { Purpose, RandomStream } from "./random-stream.js";

function take(stream: RandomStream, draws: number): number[] { return Array.from({ length: draws }, () => stream.nextUniform()); }

/** Kolmogorov-Smirnov distance of values to the uniform law on (0, 1). */
function uniformDistance(values: number[]): number {
  const sorted = Float64Array.from(values).sort(), n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; i++) distance = Math.max(distance, sorted[i]! - i / n, (i + 1) / n - sorted[i]!);
  return distance;
}

/** Distance that a sample of n passes with probability 0.999 (Smirnov 1948, table of the limit law). */
function largestDistance(n: number): number { return 1.949 / Math.sqrt(n); }

describe("a stream", () => {
  test("starts with the first published Philox word for seed 0", () => {
    expect(new RandomStream(0, 0, 0).seek(0, 0).nextUniform()).toBe((0x6627e8d5 + 0.5) / 2 ** 32);
  });

  test("gives the same draws whatever was drawn before", () => {
    const visit = fc.record({ entity: fc.nat({ max: 2 ** 40 }), index: fc.nat({ max: 2 ** 32 - 1 }), draws: fc.nat({ max: 20 }) });
    fc.assert(fc.property(fc.array(visit, { minLength: 1, maxLength: 20 }), (visits) => {
      const stream = new RandomStream(7, 3, Purpose.test);
      for (const { entity, index, draws } of visits) {
        expect(take(stream.seek(entity, index), draws)).toEqual(take(new RandomStream(7, 3, Purpose.test).seek(entity, index), draws));
      }
    }), { seed: 1, numRuns: 200 });
  });

  test("differs in every field of its name", () => {
    const first = (seed: number, replication: number, purpose: number, entity: number, index: number): number =>
      new RandomStream(seed, replication, purpose).seek(entity, index).nextUniform();
    const found = [
      first(1, 0, 0, 0, 0), first(2, 0, 0, 0, 0), first(1 + 2 ** 32, 0, 0, 0, 0), first(1, 1, 0, 0, 0), first(1, 0, 1, 0, 0),
      first(1, 0, 0, 1, 0), first(1, 0, 0, 2 ** 32, 0), first(1, 0, 0, 0, 1), first(1, 0, 0, 0, 2 ** 31),
    ];
    expect(new Set(found).size).toBe(found.length);
  });

  test("is uniform along the draws of one entity", () => {
    const stream = new RandomStream(11, 0, Purpose.test).seek(5, 0);
    expect(uniformDistance(take(stream, 50_000))).toBeLessThan(largestDistance(50_000));
  });

  test("is uniform over the first draws of many entities, without serial correlation", () => {
    const stream = new RandomStream(11, 0, Purpose.test), n = 50_000;
    const values = Array.from({ length: n }, (_, entity) => stream.seek(entity, 0).nextUniform());
    expect(uniformDistance(values)).toBeLessThan(largestDistance(n));
    let product = 0;
    for (let i = 1; i < n; i++) product += (values[i]! - 0.5) * (values[i - 1]! - 0.5);
    // The correlation of independent uniforms has standard deviation 1 / sqrt(n); 3.29 of it is the 0.1% level.
    expect(Math.abs(product / n * 12)).toBeLessThan(3.29 / Math.sqrt(n));
  });

  test("gives integers below the bound, each as often", () => {
    const stream = new RandomStream(2, 0, Purpose.test).seek(0, 0), counts = new Float64Array(10);
    for (let i = 0; i < 100_000; i++) counts[stream.nextInt(10)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 0.999 quantile of chi-square with 9 degrees of freedom: 27.877 (NIST/SEMATECH handbook, table 1.3.6.7.4).
    expect(chiSquare).toBeLessThan(27.877);
    expect(stream.nextInt(1)).toBe(0);
  });

  test("refuses seeds, replications and purposes that do not fit", () => {
    for (const seed of [-1, 0.5, NaN, 2 ** 53]) expect(() => new RandomStream(seed, 0, 0)).toThrow(BugError);
    for (const field of [-1, 0.5, NaN, 2048]) {
      expect(() => new RandomStream(0, field, 0)).toThrow(BugError);
      expect(() => new RandomStream(0, 0, field)).toThrow(BugError);
    }
  });
});
