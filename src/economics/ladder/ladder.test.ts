import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "../../core/errors.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { estimateMean } from "../../core/statistics.js";
import { joiningShare } from "../critical-mass.js";
import { maximize } from "../maximize.js";
import { Rational } from "../rational.js";
import { findAssessedTrade } from "./assessment.js";
import { climbLadder } from "./climb-ladder.js";
import { findEarlyWarning } from "./early-warning.js";
import { locateFold } from "./fold-continuation.js";
import { findHillFold, hillBudget } from "./hill-participation.js";
import { maximizeLaplaceSupply, solveLaplaceSupply } from "./laplace-supply.js";
import { findLogitFolds, findLogitRestPoints, logitCost } from "./logit-participation.js";
import { maximizeMonopoly, simulateMonopoly, solveMonopoly } from "./monopoly.js";
import { payMargins, splitIdentity } from "./payout-rules.js";
import { integratePrivacySupply, simulatePrivacySupply, solvePrivacyFrontier } from "./privacy-frontier.js";
import { laplaceWeight, priceCorrelatedData, randomizedResponseVariance } from "./private-data.js";
import { findCriticalAccuracy, findCriticalNullAccounts, findPassThrough, meanClippedPayout } from "./valuation-accuracy.js";

const size = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

describe("the monopoly of step 1", () => {
  test("is what a search over prices and rewards finds, also where everybody contributes", () => {
    fc.assert(fc.property(size(0.5, 5), size(0, 3), size(0.2, 3), size(0.1, 5), (V, Q0, s, K) => {
      const closed = solveMonopoly({ V, Q0, s, K }), searched = maximizeMonopoly({ V, Q0, s, K });
      expect(searched.profit).toBeLessThanOrEqual(closed.profit * (1 + 1e-9));
      expect(searched.profit).toBeCloseTo(closed.profit, 6);
      expect(searched.participation).toBeCloseTo(closed.participation, 3);
      expect(searched.price).toBeCloseTo(closed.price, 2);
    }), { seed: 11, numRuns: 40 });
  });

  test("wastes welfare: the first best is no worse, found by search over shares", () => {
    fc.assert(fc.property(size(0.5, 5), size(0, 3), size(0.2, 3), size(0.1, 5), (V, Q0, s, K) => {
      const outcome = solveMonopoly({ V, Q0, s, K }), best = maximize((n) => (V * (Q0 + s * n)) / 2 - (K * n * n) / 2, 0, 1);
      expect(outcome.firstBestWelfare).toBeCloseTo(best.value, 9);
      expect(outcome.priceOfAnarchy).toBeGreaterThan(1);
    }), { seed: 12, numRuns: 60 });
  });

  test("is what a developer does who faces drawn people", () => {
    const closed = solveMonopoly({ V: 2, Q0: 1, s: 1, K: 2 });
    const plays = Array.from({ length: 100 }, (_, i) => simulateMonopoly({ V: 2, Q0: 1, s: 1, K: 2 }, 10_000, new RandomStream(5, i, Purpose.test).seek(0, 0)));
    for (const name of ["price", "reward", "participation", "profit"] as const) {
      const { mean, halfWidth95 } = estimateMean(plays.map((each) => each[name]));
      // The sample maximum lies above by about 0.8 (4 N)^(-2/3) V Q = 0.001 of the revenue.
      expect(Math.abs(mean - closed[name]), name).toBeLessThan(2 * halfWidth95 + 0.002);
      expect(halfWidth95).toBeLessThan(0.02);
    }
  });
});

describe("the privacy frontier of step 2", () => {
  test("is what users find who search their own noise, above and below full participation", () => {
    fc.assert(fc.property(size(0.5, 5), size(0.1, 2), size(0.05, 8), (K, rho0, r) => {
      const closed = solvePrivacyFrontier({ K, rho0, r }), searched = integratePrivacySupply({ K, rho0, r }, 1000);
      for (const name of ["effectiveData", "totalPrivacyLoss", "participation", "payout", "privacyCost"] as const) {
        expect(Math.abs(searched[name] - closed[name]), name).toBeLessThan(5e-3 * Math.max(1, closed[name]));
      }
    }), { seed: 13, numRuns: 30 });
  });

  test("has users who are no worse off than without", () => {
    fc.assert(fc.property(size(0.5, 5), size(0.1, 2), size(0, 8), (K, rho0, r) => {
      const { payout, privacyCost } = solvePrivacyFrontier({ K, rho0, r });
      expect(privacyCost).toBeLessThanOrEqual(payout + 1e-12);
    }), { seed: 14 });
  });

  test("is reached by drawn users within their interval", () => {
    const market = { K: 2, rho0: 0.5, r: 0.6 }, closed = solvePrivacyFrontier(market);
    const plays = Array.from({ length: 30 }, (_, i) => simulatePrivacySupply(market, 400, new RandomStream(6, i, Purpose.test).seek(0, 0)));
    for (const name of ["effectiveData", "totalPrivacyLoss", "participation"] as const) {
      const { mean, halfWidth95 } = estimateMean(plays.map((each) => each[name]));
      expect(Math.abs(mean - closed[name]), name).toBeLessThan(2 * halfWidth95 + 1e-6);
    }
  });

  test("jumps with Laplace noise: nothing below 2 kappa eps0, at least eps0 from there on", () => {
    fc.assert(fc.property(size(0.05, 3), size(0.1, 5), size(0.2, 6), (kappa, eps0, factor) => {
      fc.pre(Math.abs(factor - 2) > 1e-3);
      const offer = { kappa, eps0, r: factor * kappa * eps0 }, closed = solveLaplaceSupply(offer), searched = maximizeLaplaceSupply(offer);
      expect(closed.eps > 0).toBe(factor >= 2);
      if (closed.eps > 0) expect(closed.eps).toBeGreaterThanOrEqual(eps0);
      expect(searched.eps / eps0).toBeCloseTo(closed.eps / eps0, 4);
    }), { seed: 15, numRuns: 100 });
    expect(solveLaplaceSupply({ kappa: 0.25, eps0: 2, r: 1 }).eps).toBeCloseTo(2, 12);
  });
});

describe("folds", () => {
  test("of the critical mass are found by continuation within 1e-3 of sV / 4", () => {
    for (const sV of [0.3, 1, 7]) {
      const fold = locateFold({ residual: (n, c) => joiningShare(n, c, sV) - n, startState: 0.99, startParameter: 0.01 * sV, step: 0.02 * sV, tolerance: 1e-5 });
      expect(Math.abs(fold.parameter - sV / 4)).toBeLessThan(1e-3 * sV);
      expect(fold.state).toBeCloseTo(0.5, 1);
    }
  });

  test("of the logit market are found by continuation from both sides", () => {
    const market = { sV: 6, mu: 1 }, folds = findLogitFolds(market)!, residual = (n: number, c: number): number => (n > 0 && n < 1 ? logitCost(n, market) - c : NaN);
    const up = locateFold({ residual, startState: findLogitRestPoints(2.9, market)[2]!, startParameter: 2.9, step: 0.05, tolerance: 1e-5 });
    const down = locateFold({ residual, startState: findLogitRestPoints(3.1, market)[0]!, startParameter: 3.1, step: -0.05, tolerance: 1e-5 });
    expect(Math.abs(up.parameter - folds.highCost)).toBeLessThan(1e-3);
    expect(Math.abs(down.parameter - folds.lowCost)).toBeLessThan(1e-3);
  });

  test("of the logit market bound three rest points, and noisy choice has one", () => {
    fc.assert(fc.property(size(0.2, 12), size(0.3, 2), size(-2, 14), (sV, mu, cost) => {
      const market = { sV, mu }, points = findLogitRestPoints(cost, market), folds = findLogitFolds(market);
      fc.pre(folds === undefined || (Math.abs(cost - folds.lowCost) > 1e-9 && Math.abs(cost - folds.highCost) > 1e-9));
      expect(points).toHaveLength(folds !== undefined && cost > folds.lowCost && cost < folds.highCost ? 3 : 1);
      for (const n of points) if (n > 1e-9 && n < 1 - 1e-9) expect(logitCost(n, market)).toBeCloseTo(cost, 5);
    }), { seed: 16, numRuns: 500 });
  });

  test("of S-shaped learning are the least budget over all shares, where the cubic's discriminant is zero", () => {
    fc.assert(fc.property(size(0.1, 4), size(0.01, 2), size(0.05, 1), (K, kappa0, h) => {
      const { share, budget } = findHillFold({ K, kappa0, h }), [a, b, c, d] = [K, kappa0, K * h * h - budget, kappa0 * h * h] as const;
      expect(-maximize((n) => -hillBudget(n, { K, kappa0, h }), 1e-4, h).value).toBeCloseTo(budget, 9);
      const discriminant = 18 * a * b * c * d - 4 * b ** 3 * d + b * b * c * c - 4 * a * c ** 3 - 27 * a * a * d * d;
      expect(Math.abs(discriminant)).toBeLessThan(1e-9 * Math.max(1, Math.abs(4 * a * c ** 3)));
      expect(share).toBeLessThanOrEqual(h);
    }), { seed: 17, numRuns: 100 });
    expect(findHillFold({ K: 1, kappa0: 0, h: 0.5 })).toEqual({ share: 0, budget: 0.25 });
    expect(findHillFold({ K: 0, kappa0: 1, h: 0.5 }).budget).toBeCloseTo(1, 12);
  });

  test("announce themselves: a simulated market near the fold has the stated autocorrelation and variance", () => {
    const warning = findEarlyWarning(0.24, 1)!, stream = new RandomStream(9, 0, Purpose.test).seek(0, 0), noise = 1e-5, steps = 200_000;
    let n = 0.6, sum = 0, squares = 0, products = 0, last = 0;
    for (let i = 0; i < steps; i++) {
      n = joiningShare(n, 0.24, 1) + noise * stream.nextNormal();
      const x = n - 0.6;
      sum += x; squares += x * x; products += x * last; last = x;
    }
    expect(products / squares).toBeCloseTo(warning.lag1Autocorrelation, 2);
    expect((squares / steps - (sum / steps) ** 2) / noise ** 2 / warning.varianceAmplification).toBeCloseTo(1, 1);
    expect(findEarlyWarning(0.26, 1)).toBeUndefined();
  });
});

describe("valuation and payouts", () => {
  test("need the accuracy at which the net cost meets the fold", () => {
    const market = { privacyAndEffort: 0.1, price: 0.4, wholesale: 0.1, rewardShare: 0.8, sV: 1 }, alpha = findCriticalAccuracy(market);
    expect(0.1 + 0.4 - alpha * 0.8 * 0.3).toBeCloseTo(0.25, 14);
    expect(() => findCriticalAccuracy({ ...market, wholesale: 0.4 })).toThrow(BugError);
    expect(() => findCriticalAccuracy({ ...market, price: NaN })).toThrow(BugError);
  });

  test("pay accounts without value sigma / sqrt(2 pi), and others what a simulation pays", () => {
    expect(meanClippedPayout(0, 0.1)).toBeCloseTo(0.1 / Math.sqrt(2 * Math.PI), 14);
    const stream = new RandomStream(10, 0, Purpose.test).seek(0, 0);
    const payouts = Array.from({ length: 100_000 }, () => Math.max(0, 0.05 + 0.1 * stream.nextNormal())), { mean, halfWidth95 } = estimateMean(payouts);
    expect(Math.abs(mean - meanClippedPayout(0.05, 0.1))).toBeLessThan(1.5 * halfWidth95);
    expect(meanClippedPayout(-3, 0)).toBe(0);
  });

  test("pass exactly the critical share at the critical number of null accounts", () => {
    fc.assert(fc.property(size(1, 1e4), size(0, 1), size(0.01, 1), size(0.05, 1), (honest, phi, sigma, accuracy) => {
      const nullAccounts = findCriticalNullAccounts({ honest, phi, sigma }, accuracy);
      expect(findPassThrough({ honest, nullAccounts, phi, sigma })).toBeCloseTo(accuracy, 9);
    }), { seed: 18 });
  });

  test("split by k accounts is what the Shapley value of all orders gives", () => {
    // Brute force over positions: in unanimity the last to come gets 1, in `or` the first: each of n + k - 1 equally often.
    for (const [n, k] of [[1, 1], [2, 3], [4, 2], [5, 1]] as const) {
      const { honest, attack, gain } = splitIdentity(n, k);
      expect(honest.toString()).toBe(new Rational(1n, BigInt(n)).toString());
      expect(attack.toNumber()).toBeCloseTo(k / (n + k - 1), 14);
      expect(gain.times(honest).equals(attack)).toBe(true);
    }
  });

  test("at the margin never exceed the value for concave value, and exceed it for convex", () => {
    expect(payMargins(0.5, 1)).toBe(1);
    expect(payMargins(1, 1000)).toBeCloseTo(1, 12);
    expect(payMargins(0.3, 1e6)).toBeLessThan(1);
    expect(payMargins(2, 1000)).toBeGreaterThan(1);
  });
});

describe("assessment, privacy of single records, externality", () => {
  test("trade grows with classes and with the value ratio, the partial count is no smaller and continuous", () => {
    fc.assert(fc.property(fc.bigInt(0n, 300n), fc.integer({ min: 1, max: 30 }), (hundredths, classCount) => {
      const b = new Rational(hundredths, 100n), trade = findAssessedTrade(b, classCount), more = findAssessedTrade(b.plus(new Rational(1n, 100n)), classCount);
      expect(trade.partialFraction.compare(trade.tradedFraction)).toBeGreaterThanOrEqual(0);
      expect(trade.partialFraction.compare(Rational.one)).toBeLessThanOrEqual(0);
      expect(more.tradedFraction.compare(trade.tradedFraction)).toBeGreaterThanOrEqual(0);
      expect(more.partialFraction.compare(trade.partialFraction)).toBeGreaterThanOrEqual(0);
    }), { seed: 19, numRuns: 100 });
  });

  test("a noisy record is worth what the variance of a simulated mean says", () => {
    const { eps, sigma, range, n } = { eps: 1, sigma: 0.5, range: 1, n: 50 }, stream = new RandomStream(11, 0, Purpose.test).seek(0, 0);
    const laplace = (): number => (stream.nextUniform() < 0.5 ? 1 : -1) * stream.nextExponential() * (range / eps);
    const means = Array.from({ length: 20_000 }, () => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (stream.nextUniform() < 0.5 ? -sigma : sigma) + laplace();
      return sum / n;
    });
    const variance = means.reduce((sum, mean) => sum + mean * mean, 0) / means.length;
    expect(variance / ((sigma * sigma) / (n * laplaceWeight(eps, sigma, range)))).toBeCloseTo(1, 1);
  });

  test("randomised response has the variance of its estimator, and no privacy leaves the sampling variance", () => {
    const eps = 1.2, x = 0.3, keep = Math.exp(eps) / (1 + Math.exp(eps)), yes = x * keep + (1 - x) * (1 - keep);
    expect(randomizedResponseVariance(eps, x, 1000)).toBeCloseTo((yes * (1 - yes)) / (2 * keep - 1) ** 2 / 1000, 14);
    expect(randomizedResponseVariance(800, 0.3, 1)).toBeCloseTo(0.21, 12);
    for (const bad of [NaN, 0, -1]) expect(() => randomizedResponseVariance(bad, 0.3, 10)).toThrow(BugError);
  });

  test("data of correlated users gets cheaper, down to a sixth when they are the same", () => {
    expect(priceCorrelatedData(0, 3).priceWhenOtherShares).toBe(1.5);
    expect(priceCorrelatedData(1, 3).priceWhenOtherShares).toBeCloseTo(0.5, 14);
    expect(() => priceCorrelatedData(NaN, 1)).toThrow(BugError);
  });
});

describe("the ladder", () => {
  test("agrees with itself: closed form, search, and agents within three half-widths", () => {
    for (const { title, rows } of climbLadder(4000, 3)) {
      for (const { quantity, closedForm, numeric, agents } of rows) {
        expect(Math.abs(numeric - closedForm), `${title}, ${quantity}`).toBeLessThan(1e-3 * Math.max(1, closedForm));
        // Maxima of samples lie above by order N^(-2/3): 0.0013 at 4000 agents.
        if (agents !== undefined) expect(Math.abs(agents.mean - closedForm), `${title}, ${quantity}`).toBeLessThan(3 * agents.halfWidth95 + 0.002);
      }
    }
  });
});
