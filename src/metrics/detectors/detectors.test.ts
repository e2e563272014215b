import { describe, expect, it } from "vitest";
import { samplePoisson } from "../../core/distributions.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { makeConformalMartingale } from "./conformal-martingale.js";
import { bernoulliRatio, makeCusum, normalRatio, poissonRatio, type Detector } from "./cusum.js";
import { makeRepeatedSprt } from "./sprt.js";

const RUNS = 600;

/** Mean number of values until the alarm. */
function meanRunLength(make: (stream: RandomStream) => Detector, draw: (stream: RandomStream) => number, runs: number = RUNS): number {
  let total = 0;
  for (let run = 0; run < runs; run++) {
    const stream = new RandomStream(1, 0, Purpose.test).seek(run, 0), detector = make(new RandomStream(2, 0, Purpose.test).seek(run, 0));
    do total++; while (!detector.observe(draw(stream)));
  }
  return total / runs;
}

describe("CUSUM", () => {
  // One-sided, reference value 1/2, limit 5: average run lengths 930 in control and 10.4 after a shift of 1 (Montgomery 2009, Introduction to Statistical Quality
  // Control, 6th edition, table 9.3 gives 465 and 10.4 for two sides; one side doubles the former). With shift 1 the log-ratio is x - 1/2, so the limit is 5 nats.
  const make = (): Detector => makeCusum(normalRatio(0, 1, 1), 5);

  it("has the run lengths of the textbook", () => {
    expect(meanRunLength(make, (stream) => 1 + stream.nextNormal())).toBeCloseTo(10.4, -0.3);
    const inControl = meanRunLength(make, (stream) => stream.nextNormal(), 300);
    expect(inControl).toBeGreaterThan(930 * 0.8);
    expect(inControl).toBeLessThan(930 * 1.2);
  });

  it("has false alarms at a mean distance of at least exp(threshold), whatever the law (Lorden 1971)", () => {
    const bernoulli = meanRunLength(() => makeCusum(bernoulliRatio(0.1, 0.3), 4), (stream) => (stream.nextUniform() < 0.1 ? 1 : 0), 200);
    const poisson = meanRunLength(() => makeCusum(poissonRatio(1, 2), 4), (stream) => samplePoisson(stream, 1), 200);
    expect(bernoulli).toBeGreaterThan(Math.exp(4));
    expect(poisson).toBeGreaterThan(Math.exp(4));
  });
});

describe("a repeated SPRT", () => {
  it("gives a false alarm in at most alpha / (1 - beta) of its tests: run length at least test length over that", () => {
    const run = meanRunLength(() => makeRepeatedSprt(bernoulliRatio(0.2, 0.5), 0.01, 0.1), (stream) => (stream.nextUniform() < 0.2 ? 1 : 0), 200);
    // Mean length of a test that finds all well, by Wald: about ln(beta) / E[ratio] = 2.3 / 0.2 = 11 values.
    expect(run).toBeGreaterThan(11 * 0.9 / 0.01);
  });

  it("finds a change within Wald's mean sample size, restarts included", () => {
    const run = meanRunLength(() => makeRepeatedSprt(bernoulliRatio(0.2, 0.5), 0.01, 0.1), (stream) => (stream.nextUniform() < 0.5 ? 1 : 0));
    // ((1 - beta) ln 90 + beta ln 0.101) / 0.223 = 17.1 values per test, 1 / (1 - beta) tests.
    expect(run).toBeGreaterThan(12);
    expect(run).toBeLessThan(25);
  });
});

describe("a conformal martingale", () => {
  it("ever gives a false alarm in at most its level of runs, for any law", () => {
    let alarms = 0;
    for (let run = 0; run < 200; run++) {
      const stream = new RandomStream(3, 0, Purpose.test).seek(run, 0), detector = makeConformalMartingale(0.1, new RandomStream(4, 0, Purpose.test).seek(run, 0));
      for (let i = 0; i < 500; i++) if (detector.observe(Math.floor(3 * stream.nextUniform()))) { alarms++; break; }
    }
    // Binomial(200, 0.1): 33 or more has chance 0.2 %.
    expect(alarms).toBeLessThanOrEqual(32);
  });

  it("finds a change in most runs", () => {
    let found = 0;
    for (let run = 0; run < 50; run++) {
      const stream = new RandomStream(5, 0, Purpose.test).seek(run, 0), detector = makeConformalMartingale(0.01, new RandomStream(6, 0, Purpose.test).seek(run, 0));
      for (let i = 0; i < 600; i++) if (detector.observe(stream.nextNormal() + (i > 300 ? 1.5 : 0))) { found += i > 300 ? 1 : 0; break; }
    }
    expect(found).toBeGreaterThan(45);
  });
});
