import { describe, expect, it } from "vitest";
import { BugError } from "./errors.js";
import { Purpose, RandomStream } from "./random-stream.js";
import { rankSumTest, signedRankTest } from "./rank-tests.js";

describe("Wilcoxon's signed ranks", () => {
  it("give R's answer without ties", () => {
    // Depression of nine patients, Hollander and Wolfe 1973, p. 29 f., the example of R's ?wilcox.test: V = 40, one-sided p = 0.01953.
    const x = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30], y = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const found = signedRankTest(x.map((value, i) => value - y[i]!));
    expect(found).toEqual({ statistic: 40, pValue: 2 * 0.01953125, isExact: true });
  });

  it("give R's answer with ties and a zero", () => {
    // Student's sleep data, R: wilcox.test(extra ~ group, data = sleep, paired) V = 0, p-value = 0.009091.
    const gains = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
    const found = signedRankTest(gains.map((gain) => -gain));
    expect(found).toMatchObject({ statistic: 0, isExact: false });
    expect(found.pValue).toBeCloseTo(0.009090698015925044, 12);
  });

  it("say nothing of no differences, and are the same for both signs", () => {
    expect(signedRankTest([0, 0, 0])).toEqual({ statistic: 0, pValue: 1, isExact: false });
    expect(signedRankTest([])).toMatchObject({ pValue: 1 });
    const shifted = [1.5, -0.25, 3, 4.75, -2, 6.5];
    expect(signedRankTest(shifted).pValue).toBe(signedRankTest(shifted.map((value) => -value)).pValue);
  });
});

describe("Wilcoxon's rank sums", () => {
  it("give R's answer without ties", () => {
    // Permeability of membranes, Hollander and Wolfe 1973, p. 69 f., the example of R's ?wilcox.test: W = 35, one-sided p = 0.1272.
    const x = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], y = [1.15, 0.88, 0.90, 0.74, 1.21];
    const found = rankSumTest(x, y);
    expect(found).toMatchObject({ statistic: 35, isExact: true });
    expect(found.pValue).toBeCloseTo(0.2544122544122544, 12);
    expect(rankSumTest(y, x).pValue).toBeCloseTo(found.pValue, 14);
  });

  it("give R's answer with ties", () => {
    // Student's sleep data as two samples, R: W = 25.5, p-value = 0.06933.
    const found = rankSumTest([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2], [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
    expect(found).toMatchObject({ statistic: 25.5, isExact: false });
    expect(found.pValue).toBeCloseTo(0.06932757543362658, 10);
  });

  it("refuse an empty sample", () => { expect(() => rankSumTest([], [1])).toThrow(BugError); });
});

describe("both tests", () => {
  it("reject a true null at most at their level", () => {
    const stream = new RandomStream(35, 0, Purpose.test).seek(0, 0), runs = 1000;
    let signed = 0, summed = 0;
    for (let run = 0; run < runs; run++) {
      const a = Array.from({ length: 12 }, () => stream.nextNormal()), b = Array.from({ length: 12 }, () => stream.nextNormal());
      if (signedRankTest(a.map((value, i) => value - b[i]!)).pValue < 0.05) signed++;
      if (rankSumTest(a, b).pValue < 0.05) summed++;
    }
    // Exact levels of the discrete laws: 0.0425 for 12 signed ranks, 0.0449 for 12 and 12; 3.29 deviations of Binomial(1000, p) are 22.
    for (const rejected of [signed, summed]) expect(Math.abs(rejected - 44)).toBeLessThan(23);
  });
});
