/**
 * The kernel against closed forms. Each mean comes from independent replications over fixed seeds and must lie within its
 * own 99% interval of Student's t; each interval must be narrow enough to notice an error of a few percent.
 *
 * Formulas: Kleinrock 1975, Queueing Systems I; Wolff 1982 (PASTA); Little 1961; Reiser and Lavenberg 1980 (MVA).
 */
import { describe, expect, test } from "vitest";
import { exp } from "../core/elementary.js";
import { sampleLogNormal } from "../core/distributions.js";
import { estimateMean, studentQuantile } from "../core/statistics.js";
import {
  type ClosedNetwork, type ClosedRun, type OpenStation, type SampleService, type StationRun, simulateClosed, simulateFcfs, simulateProcessorSharing,
} from "./queueing-stations.fixture.js";

const REPLICATIONS = 12;

function replicate<Run>(simulate: (seed: number) => Run): Run[] {
  return Array.from({ length: REPLICATIONS }, (_, i) => simulate(1000 + i));
}

/** Expects `theory` inside the 99% interval of the values, and that interval within `resolution` of it. */
function expectMean(values: readonly number[], theory: number, resolution: number): void {
  const { mean, halfWidth95, n } = estimateMean(values);
  const halfWidth99 = halfWidth95 / studentQuantile(0.975, n - 1) * studentQuantile(0.995, n - 1);
  expect(Math.abs(mean - theory), `mean ${mean}, theory ${theory}, half width ${halfWidth99}`).toBeLessThanOrEqual(halfWidth99);
  expect(halfWidth99).toBeLessThanOrEqual(resolution * Math.max(theory, 1e-9));
}

const exponential = (meanS: number): SampleService => (stream) => stream.nextExponential() * meanS;
const constant = (valueS: number): SampleService => () => valueS;
/** Log-normal with mean 1: the second moment is exp(sd^2). */
const logNormal = (logSd: number): SampleService => (stream) => sampleLogNormal(stream, -logSd * logSd / 2, logSd);
/** Mean 1, squared coefficient of variation 5: 10% of the customers bring 5.5 times the mean, the rest half of it. */
const twoKinds: SampleService = (stream) => (stream.nextUniform() < 0.1 ? 5.5 : 0.5) * stream.nextExponential();

function open(arrivalsPerS: number, servers: number, sampleServiceS: SampleService, seed: number): OpenStation {
  return { arrivalsPerS, servers, sampleServiceS, customers: 40_000, warmUp: 2000, seed };
}

/** Probability that an arrival waits (Kleinrock 1975, eq. 3.40). `load` is in Erlang. */
function erlangC(servers: number, load: number): number {
  let term = 1, sum = 0;
  for (let k = 0; k < servers; k++) {
    sum += term;
    term *= load / (k + 1);
  }
  const waiting = term / (1 - load / servers);
  return waiting / (sum + waiting);
}

describe("M/M/1 at load 0.7", () => {
  const runs = replicate((seed) => simulateFcfs(open(0.7, 1, exponential(1), seed)));

  test("mean sojourn is 1 / (mu - lambda) (Kleinrock 1975, eq. 3.26)", () => {
    expectMean(runs.map((run) => run.meanSojournS), 1 / 0.3, 0.05);
  });
  test("mean number is rho / (1 - rho) (Kleinrock 1975, eq. 3.24)", () => {
    expectMean(runs.map((run) => run.meanNumber), 0.7 / 0.3, 0.05);
  });
  test("an arrival waits with probability rho (Kleinrock 1975, eq. 3.23: 1 - p0)", () => { expectMean(runs.map((run) => run.waitedFraction), 0.7, 0.02); });

  test("arrivals see time averages (PASTA, Wolff 1982)", () => {
    expectMean(runs.map((run) => run.meanNumberFound), 0.7 / 0.3, 0.05);
    const { mean, halfWidth95 } = estimateMean(runs.map((run) => run.meanNumberFound - run.meanNumber));
    expect(Math.abs(mean)).toBeLessThanOrEqual(1.5 * halfWidth95);
    expect(halfWidth95).toBeLessThan(0.03);
  });
});

describe("M/M/3 at load 0.8", () => {
  const runs = replicate((seed) => simulateFcfs(open(2.4, 3, exponential(1), seed)));
  const waitProbability = erlangC(3, 2.4);

  // 2.304 / 0.2 = 11.52 over 1 + 2.4 + 2.88 + 11.52 = 17.8.
  test("Erlang's C by hand is 11.52 / 17.8", () => { expect(waitProbability).toBeCloseTo(11.52 / 17.8, 12); });
  test("the share that waits is Erlang's C (Kleinrock 1975, eq. 3.40)", () => { expectMean(runs.map((run) => run.waitedFraction), waitProbability, 0.05); });
  test("mean wait is C / (c mu - lambda) (Kleinrock 1975, ch. 3.5)", () => { expectMean(runs.map((run) => run.meanWaitS), waitProbability / 0.6, 0.1); });
});

describe("M/G/1 at load 0.6: Pollaczek-Khinchine, wait = lambda E[S^2] / 2 (1 - rho) (Kleinrock 1975, ch. 5)", () => {
  const waits = (service: SampleService): number[] => replicate((seed) => simulateFcfs(open(0.6, 1, service, seed)).meanWaitS);

  test("constant service", () => { expectMean(waits(constant(1)), 0.6 / 0.8, 0.05); });
  test("log-normal service", () => { expectMean(waits(logNormal(0.8)), 0.6 * exp(0.64) / 0.8, 0.08); });
});

// Kleinrock 1976, Queueing Systems II, ch. 4.
describe("M/G/1 with processor sharing at load 0.6: mean sojourn E[S] / (1 - rho) whatever the law (Kleinrock 1976, ch. 4)", () => {
  const sojourns = (service: SampleService): number[] =>
    replicate((seed) => simulateProcessorSharing(open(0.6, 1, service, seed)).meanSojournS);

  test("constant service", () => { expectMean(sojourns(constant(1)), 2.5, 0.05); });
  test("exponential service", () => { expectMean(sojourns(exponential(1)), 2.5, 0.05); });
  test("two kinds of customers", () => { expectMean(sojourns(twoKinds), 2.5, 0.08); });
});

test("Little's law (Little 1961) holds to the microsecond: the integral of the number is the sum of sojourns", () => {
  const stations: StationRun[] = [
    simulateFcfs(open(0.7, 1, exponential(1), 1)), simulateFcfs(open(2.4, 3, logNormal(1), 2)),
    simulateProcessorSharing(open(0.6, 1, twoKinds, 3)),
  ];
  for (const run of stations) expect(run.sojournSumUs).toBe(run.numberIntegralUs);
});

/** Throughput of 6 machines that run for 10 s and 2 repairmen who need 3 s, from the birth-death chain (Kleinrock 1975, ch. 3). */
function machineRepairThroughput(machines: number, repairmen: number, runS: number, repairS: number): number {
  const weights = [1];
  for (let broken = 1; broken <= machines; broken++) {
    weights.push(weights[broken - 1]! * ((machines - broken + 1) / runS) / (Math.min(broken, repairmen) / repairS));
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.reduce((total, weight, broken) => total + weight / sum * Math.min(broken, repairmen) / repairS, 0);
}

/** Mean value analysis of single-server stations and a delay (Reiser and Lavenberg 1980). */
function meanValueAnalysis(network: Pick<ClosedNetwork, "customers" | "meanThinkS" | "stations">): ClosedRun {
  const numbers = network.stations.map(() => 0);
  let throughputPerS = 0, meanResponseS = 0;
  for (let customers = 1; customers <= network.customers; customers++) {
    const residencesS = network.stations.map((station, i) => station.meanServiceS * (1 + numbers[i]!));
    meanResponseS = residencesS.reduce((sum, residenceS) => sum + residenceS, 0);
    throughputPerS = customers / (network.meanThinkS + meanResponseS);
    residencesS.forEach((residenceS, i) => { numbers[i] = throughputPerS * residenceS; });
  }
  return { throughputPerS, meanResponseS };
}

describe("closed networks", () => {
  test("machine repair: 6 machines, 2 repairmen (birth-death chain, Kleinrock 1975, ch. 3)", () => {
    const network = { customers: 6, meanThinkS: 10, stations: [{ servers: 2, meanServiceS: 3 }], horizonS: 60_000, warmUpS: 1000 };
    const runs = replicate((seed) => simulateClosed({ ...network, seed }));
    const throughputPerS = machineRepairThroughput(6, 2, 10, 3);
    expectMean(runs.map((run) => run.throughputPerS), throughputPerS, 0.02);
    // Little's law over the whole round: N = X (Z + R).
    expectMean(runs.map((run) => run.meanResponseS), 6 / throughputPerS - 10, 0.05);
  });

  test("20 customers, a delay and two stations: mean value analysis (Reiser and Lavenberg 1980)", () => {
    const stations = [{ servers: 1, meanServiceS: 0.04 }, { servers: 1, meanServiceS: 0.03 }];
    const network = { customers: 20, meanThinkS: 1, stations, horizonS: 2500, warmUpS: 50 };
    const runs = replicate((seed) => simulateClosed({ ...network, seed })), theory = meanValueAnalysis(network);
    expectMean(runs.map((run) => run.throughputPerS), theory.throughputPerS, 0.02);
    expectMean(runs.map((run) => run.meanResponseS), theory.meanResponseS, 0.05);
  });
});
