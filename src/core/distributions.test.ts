import { describe, expect, test } from "vitest";
import { normalCdf, sampleGamma, sampleGeometric, sampleIndex, sampleLogNormal, samplePoisson } from "./distributions.js";
import { exp, ln } from "./elementary.js";
import { Purpose, RandomStream } from "./random-stream.js";

const DRAWS = 40_000;

function draw(sample: (stream: RandomStream) => number, draws = DRAWS): Float64Array {
  const stream = new RandomStream(20, 0, Purpose.test).seek(0, 0);
  return Float64Array.from({ length: draws }, () => sample(stream));
}

/** Kolmogorov-Smirnov distance over the distance that a true sample passes with probability 0.999. Below 1 passes. */
function misfit(values: Float64Array, cdf: (x: number) => number): number {
  const sorted = values.slice().sort(), n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const p = cdf(sorted[i]!);
    distance = Math.max(distance, p - i / n, (i + 1) / n - p);
  }
  return distance * Math.sqrt(n) / 1.949;
}

/** Largest deviation of counts from a law on the integers, in standard deviations of the count. */
function worstCount(values: Float64Array, probability: (k: number) => number, last: number): number {
  let worst = 0;
  for (let k = 0; k <= last; k++) {
    const expected = values.length * probability(k);
    const spread = Math.sqrt(expected * (1 - probability(k)));
    if (expected > 20) worst = Math.max(worst, Math.abs(values.filter((value) => value === k).length - expected) / spread);
  }
  return worst;
}

/** Exceeded by none of 60 true counts with probability above 0.999 (normal tail, Bonferroni). */
const WORST_COUNT = 4.4;

function poissonProbability(mean: number): (k: number) => number {
  return (k) => {
    let logProbability = -mean;
    for (let i = 1; i <= k; i++) logProbability += Math.log(mean / i);
    return Math.exp(logProbability);
  };
}

// The laws are the textbook distribution functions (Johnson, Kotz and Balakrishnan 1994); levels are 0.1% each.
describe("samples follow their law", () => {
  test("exponential", () => { expect(misfit(draw((stream) => stream.nextExponential()), (x) => 1 - exp(-x))).toBeLessThan(1); });
  test("normal", () => { expect(misfit(draw((stream) => stream.nextNormal()), normalCdf)).toBeLessThan(1); });
  test("log-normal", () => {
    expect(misfit(draw((stream) => sampleLogNormal(stream, 1, 0.5)), (x) => normalCdf((ln(x) - 1) / 0.5))).toBeLessThan(1);
  });
  test("gamma with shape 3 (Erlang)", () => {
    expect(misfit(draw((stream) => sampleGamma(stream, 3, 2)), (x) => 1 - exp(-x / 2) * (1 + x / 2 + x * x / 8))).toBeLessThan(1);
  });
  test("gamma with shape 1/2 (chi-square)", () => {
    expect(misfit(draw((stream) => sampleGamma(stream, 0.5, 2)), (x) => 2 * normalCdf(Math.sqrt(x)) - 1)).toBeLessThan(1);
  });
  test("Poisson by inversion", () => {
    expect(worstCount(draw((stream) => samplePoisson(stream, 3)), poissonProbability(3), 20)).toBeLessThan(WORST_COUNT);
  });
  test("Poisson by rejection", () => {
    expect(worstCount(draw((stream) => samplePoisson(stream, 40)), poissonProbability(40), 80)).toBeLessThan(WORST_COUNT);
  });
  test("geometric", () => {
    const values = draw((stream) => sampleGeometric(stream, 4));
    expect(worstCount(values, (k) => (k === 0 ? 0 : 0.25 * 0.75 ** (k - 1)), 30)).toBeLessThan(WORST_COUNT);
  });
  test("index by weight, never one without weight", () => {
    const cumulative = Float64Array.of(0, 1, 1, 4, 10), weights = [0, 0.1, 0, 0.3, 0.6];
    const values = draw((stream) => sampleIndex(stream, cumulative));
    expect(worstCount(values, (k) => weights[k]!, 4)).toBeLessThan(WORST_COUNT);
    expect(values.filter((value) => value === 0 || value === 2)).toHaveLength(0);
  });
});

describe("laws at their edges", () => {
  const stream = new RandomStream(21, 0, Purpose.test).seek(0, 0);
  test("a Poisson number with mean 0 is 0", () => { expect(samplePoisson(stream, 0)).toBe(0); });
  test("a geometric number with mean 1 is 1", () => { expect(sampleGeometric(stream, 1)).toBe(1); });
  test("a log-normal number without spread is its median", () => { expect(sampleLogNormal(stream, ln(5), 0)).toBeCloseTo(5, 12); });
  test("the only index is 0", () => { expect(sampleIndex(stream, Float64Array.of(2))).toBe(0); });
  test("a very large Poisson mean is met", () => {
    const values = draw((each) => samplePoisson(each, 1e6), 1000);
    // Mean of 1000 numbers of variance 1e6: standard deviation 31.6; 3.29 of it is the 0.1% level.
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / 1000 - 1e6)).toBeLessThan(104);
  });
});

test("laws by inversion grow with the uniform behind them", () => {
  const ahead = new RandomStream(22, 0, Purpose.test), behind = new RandomStream(22, 0, Purpose.test);
  for (let entity = 0; entity < 500; entity++) {
    const small = samplePoisson(ahead.seek(entity, 0), 2), large = samplePoisson(behind.seek(entity, 0), 3);
    expect(large).toBeGreaterThanOrEqual(small);
  }
});
