import { describe, expect, test } from "vitest";
import { BugError } from "./errors.js";
import { Purpose, RandomStream } from "./random-stream.js";
import { bootstrapInterval, estimateMean, pairedDifference, predictiveQuantile, quantile, studentCdf, studentQuantile, welchDifference, wilsonInterval } from "./statistics.js";

describe("Student's law", () => {
  test("has the tabled quantiles", () => {
    // NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2, column 0.975 and one of column 0.995.
    const table: [number, number][] = [[1, 12.706], [2, 4.303], [5, 2.571], [10, 2.228], [30, 2.042], [100, 1.984]];
    for (const [df, t] of table) expect(studentQuantile(0.975, df)).toBeCloseTo(t, 3);
    expect(studentQuantile(0.995, 10)).toBeCloseTo(3.169, 3);
  });

  test("is Cauchy's law for 1 degree of freedom and the normal law in the limit", () => {
    expect(studentQuantile(0.75, 1)).toBeCloseTo(1, 12);
    expect(studentCdf(1, 1)).toBeCloseTo(0.75, 12);
    expect(studentQuantile(0.975, 1e6)).toBeCloseTo(1.959966, 5);
    expect(studentQuantile(0.975, Infinity)).toBeCloseTo(1.959964, 6);
  });

  test("is symmetric", () => { expect(studentQuantile(0.1, 7)).toBe(-studentQuantile(0.9, 7)); });

  test("refuses what has no quantile", () => {
    for (const p of [0, 1, NaN, -1]) expect(() => studentQuantile(p, 5)).toThrow(BugError);
    for (const df of [0, NaN, -1]) expect(() => studentQuantile(0.9, df)).toThrow(BugError);
  });
});

describe("the paired difference", () => {
  // Student 1908, The probable error of a mean: hours of sleep gained with two drugs. R's t.test(paired = TRUE) on
  // data(sleep): mean -1.58, p = 0.002833, interval -2.4598858 to -0.7001142.
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2], second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

  test("gives R's answer for Student's sleep data", () => {
    const found = pairedDifference(first, second);
    expect(found.mean).toBeCloseTo(-1.58, 12);
    expect(found.pValue).toBeCloseTo(0.002833, 6);
    expect(found.mean + found.halfWidth95).toBeCloseTo(-0.7001142, 7);
    expect(found.mean - found.halfWidth95).toBeCloseTo(-2.4598858, 7);
  });

  test("rejects a true null at its level", () => {
    const stream = new RandomStream(30, 0, Purpose.test).seek(0, 0), runs = 2000;
    let rejected = 0;
    for (let run = 0; run < runs; run++) {
      const a = Array.from({ length: 8 }, () => stream.nextNormal()), b = Array.from({ length: 8 }, () => 3 * stream.nextNormal());
      if (pairedDifference(a, b).pValue < 0.05) rejected++;
    }
    // Binomial(2000, 0.05): mean 100, standard deviation 9.75; 3.29 of it is the 0.1% level.
    expect(Math.abs(rejected - 100)).toBeLessThan(33);
  });

  test("knows equal and constantly shifted values, and refuses unequal lengths", () => {
    expect(pairedDifference([1, 2], [1, 2])).toEqual({ mean: 0, halfWidth95: 0, n: 2, pValue: 1 });
    expect(pairedDifference([2, 3], [1, 2])).toEqual({ mean: 1, halfWidth95: 0, n: 2, pValue: 0 });
    expect(pairedDifference([2], [1])).toEqual({ mean: 1, halfWidth95: Infinity, n: 1, pValue: 1 });
    expect(() => pairedDifference([1], [1, 2])).toThrow(BugError);
  });
});

describe("Welch's difference", () => {
  test("gives R's answer for the sleep data as two samples", () => {
    // R's t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p = 0.07939, interval -3.3654832 to 0.2054832.
    const first = estimateMean([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]), second = estimateMean([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
    const { mean, halfWidth95, pValue } = welchDifference(first, second);
    expect(pValue).toBeCloseTo(0.0793941401873583, 10);
    expect(mean - halfWidth95).toBeCloseTo(-3.3654832, 7);
    expect(mean + halfWidth95).toBeCloseTo(0.2054832, 7);
  });

  test("knows samples without spread and of one value", () => {
    expect(welchDifference(estimateMean([2, 2]), estimateMean([1, 1]))).toEqual({ mean: 1, halfWidth95: 0, pValue: 0 });
    expect(welchDifference(estimateMean([2, 2]), estimateMean([2, 2]))).toEqual({ mean: 0, halfWidth95: 0, pValue: 1 });
    expect(welchDifference(estimateMean([2]), estimateMean([1, 3]))).toEqual({ mean: 0, halfWidth95: Infinity, pValue: 1 });
  });
});

describe("the mean with its interval", () => {
  test("follows the formula", () => {
    // Values 1 to 5: standard deviation sqrt(2.5), t(0.975, 4) = 2.776445.
    const found = estimateMean([1, 2, 3, 4, 5]);
    expect(found.mean).toBe(3);
    expect(found.halfWidth95).toBeCloseTo(2.776445 * Math.sqrt(2.5 / 5), 5);
    expect(found.n).toBe(5);
  });

  test("covers the truth in 95% of samples", () => {
    const stream = new RandomStream(31, 0, Purpose.test).seek(0, 0);
    let covered = 0;
    for (let run = 0; run < 2000; run++) {
      const { mean, halfWidth95 } = estimateMean(Array.from({ length: 5 }, () => 10 + stream.nextNormal()));
      if (Math.abs(mean - 10) <= halfWidth95) covered++;
    }
    expect(Math.abs(covered - 1900)).toBeLessThan(33);
  });

  test("has no width to give for one value, NaN stays NaN, and no value is refused", () => {
    expect(estimateMean([4])).toEqual({ mean: 4, halfWidth95: Infinity, n: 1 });
    expect(estimateMean([4, NaN]).mean).toBeNaN();
    expect(estimateMean([4, NaN]).halfWidth95).toBeNaN();
    expect(() => estimateMean([])).toThrow(BugError);
  });
});

describe("Wilson's interval", () => {
  test("gives the published limits", () => {
    // Newcombe 1998, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, table I, method 3.
    const table = [[81, 263, 0.2553, 0.3662], [15, 148, 0.0624, 0.1605], [0, 20, 0, 0.1611], [1, 29, 0.0061, 0.1718]] as const;
    for (const [successes, n, low, high] of table) {
      const found = wilsonInterval(successes, n);
      expect(found.low).toBeCloseTo(low, 4);
      expect(found.high).toBeCloseTo(high, 4);
    }
  });

  test("stays within 0 and 1, says nothing without trials, and refuses impossible counts", () => {
    expect(wilsonInterval(20, 20).high).toBe(1);
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
    for (const successes of [-1, 6, NaN]) expect(() => wilsonInterval(successes, 5)).toThrow(BugError);
  });
});

describe("quantile and bootstrap", () => {
  test("the bound of a next value interpolates as R's type 6, and is the least and greatest of nine for 80%", () => {
    // R: quantile(c(1, 2, 4, 8), c(0, 0.2, 0.5, 0.7, 1), type = 6) gives 1 1 3 6 8.
    for (const [p, value] of [[0, 1], [0.2, 1], [0.5, 3], [0.7, 6], [1, 8]] as const) expect(predictiveQuantile([1, 2, 4, 8], p)).toBeCloseTo(value, 12);
    // The least and greatest of nine: a tenth uniform value lies between them with probability 8 / 10.
    expect([predictiveQuantile([1, 2, 3, 4, 5, 6, 7, 8, 9], 0.1), predictiveQuantile([1, 2, 3, 4, 5, 6, 7, 8, 9], 0.9)]).toEqual([1, 9]);
    expect(() => predictiveQuantile([], 0.5)).toThrow(BugError);
    expect(() => predictiveQuantile([1], NaN)).toThrow(BugError);
  });

  test("the quantile interpolates as R's type 7", () => {
    // By the formula, as R's quantile(c(1, 2, 4, 8), c(0, 0.25, 0.5, 0.9, 1)) gives 1.0 1.75 3.0 6.8 8.0.
    const table = [[0, 1], [0.25, 1.75], [0.5, 3], [0.9, 6.8], [1, 8]] as const;
    for (const [p, value] of table) expect(quantile([1, 2, 4, 8], p)).toBeCloseTo(value, 12);
    expect(() => quantile([], 0.5)).toThrow(BugError);
    expect(() => quantile([1], NaN)).toThrow(BugError);
  });

  test("the bootstrap interval of a mean covers the truth about as often as it says", () => {
    const stream = new RandomStream(32, 0, Purpose.test).seek(0, 0), resampling = new RandomStream(33, 0, Purpose.test).seek(0, 0);
    const mean = (sample: Float64Array): number => sample.reduce((sum, value) => sum + value, 0) / sample.length;
    let covered = 0;
    for (let run = 0; run < 400; run++) {
      const { low, high } = bootstrapInterval(Array.from({ length: 50 }, () => stream.nextNormal()), mean, resampling, 200);
      if (low <= 0 && high >= 0) covered++;
    }
    // Binomial(400, 0.95) stays above 0.914 at the 0.1% level; the percentile interval is a little too short for 50 values.
    expect(covered / 400).toBeGreaterThan(0.89);
    expect(covered / 400).toBeLessThan(0.985);
  });

  test("the bootstrap refuses no values and too few resamples", () => {
    const stream = new RandomStream(34, 0, Purpose.test);
    expect(() => bootstrapInterval([], () => 0, stream, 100)).toThrow(BugError);
    expect(() => bootstrapInterval([1], () => 0, stream, 99)).toThrow(BugError);
  });
});
