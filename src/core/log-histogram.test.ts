import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "./errors.js";
import { LogHistogram } from "./log-histogram.js";

function histogramOf(values: readonly number[]): LogHistogram {
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

const value = fc.oneof(fc.nat({ max: 1000 }), fc.nat({ max: 2 ** 51 }), fc.double({ min: 0, max: 1e9, noNaN: true }));
const runs = { seed: 1, numRuns: 300 };

describe("a histogram", () => {
  test("merged from parts in any order equals one pass, to the bit", () => {
    fc.assert(fc.property(fc.array(fc.array(value, { maxLength: 30 }), { maxLength: 6 }), fc.infiniteStream(fc.nat()), (parts, order) => {
      const whole = histogramOf(parts.flat()), merged = new LogHistogram();
      const shuffled = parts.map((part) => ({ part, rank: order.next().value as number })).sort((a, b) => a.rank - b.rank);
      for (const { part } of shuffled) merged.merge(histogramOf(part));
      expect(Buffer.from(merged.memory.buffer).equals(Buffer.from(whole.memory.buffer))).toBe(true);
    }), runs);
  });

  test("puts each value into a bin at most 1/64 wide that holds it", () => {
    fc.assert(fc.property(fc.double({ min: 1, max: 2 ** 51, noNaN: true }), (x) => {
      const { edges, counts } = histogramOf([x]).toBins("us");
      expect(counts).toEqual([1]);
      expect(edges[0]!).toBeLessThanOrEqual(x);
      expect(edges[1]!).toBeGreaterThan(x);
      expect(edges[1]! / edges[0]!).toBeLessThanOrEqual(1 + 1 / 64);
    }), runs);
  });

  test("counts and sums integers exactly, beyond the digits of a double", () => {
    const large = 2 ** 51 + 1, histogram = new LogHistogram();
    for (let i = 0; i < 8; i++) histogram.add(large);
    expect(histogram.count).toBe(8);
    expect(BigInt(histogram.memory[2]!) * 2n ** 52n + BigInt(histogram.memory[1]!)).toBe(8n * (2n ** 51n + 1n));
    expect(histogramOf([1, 2, 3]).sum).toBe(6);
    expect(histogramOf([1, 2, 3]).mean).toBe(2);
  });

  test("finds quantiles within a bin of the true ones", () => {
    const values = Array.from({ length: 10_000 }, (_, i) => 1000 + i * 7), histogram = histogramOf(values);
    for (const p of [0.01, 0.25, 0.5, 0.95, 0.99]) expect(histogram.quantile(p) / values[Math.floor(p * 9999)]!).toBeCloseTo(1, 2);
    expect(histogram.quantile(0)).toBeLessThanOrEqual(1000);
    expect(histogram.quantile(1)).toBeGreaterThanOrEqual(values[9999]!);
  });

  test("lives in memory that is handed in, shared too", () => {
    const memory = new Float64Array(new SharedArrayBuffer(LogHistogram.memoryLength() * 8));
    new LogHistogram({}, memory).add(5);
    const again = new LogHistogram({}, memory);
    again.add(7);
    expect([again.count, again.sum]).toEqual([2, 12]);
  });

  test("holds fractions in a range that starts below 1", () => {
    const joules = new LogHistogram({ minExponent: -20 });
    for (const energyJ of [0.25, 0.5, 2]) joules.add(energyJ);
    expect(joules.sum).toBe(2.75);
    expect(joules.toBins("J").edges[0]).toBe(0.25);
  });

  test("keeps 0 and all below the range in its first bin", () => {
    expect(histogramOf([0, 0.5]).toBins("us")).toEqual({ unit: "us", edges: [0, 1], counts: [2] });
  });

  test("is empty without values", () => {
    expect(new LogHistogram().toBins("us")).toEqual({ unit: "us", edges: [], counts: [] });
    expect([new LogHistogram().quantile(0.5), new LogHistogram().mean]).toEqual([NaN, NaN]);
  });

  test("refuses what is no value of its range", () => {
    for (const wrong of [NaN, -1, -Infinity, Infinity, 2 ** 52]) expect(() => { new LogHistogram().add(wrong); }).toThrow(BugError);
    for (const p of [NaN, -0.1, 1.1]) expect(() => new LogHistogram().quantile(p)).toThrow(BugError);
    expect(() => new LogHistogram({ minExponent: NaN })).toThrow(BugError);
    expect(() => new LogHistogram({ maxExponent: 53 })).toThrow(BugError);
    expect(() => new LogHistogram({}, new Float64Array(3))).toThrow(BugError);
    expect(() => { new LogHistogram().merge(new LogHistogram({ minExponent: 1 })); }).toThrow(BugError);
  });
});
