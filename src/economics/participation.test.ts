import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "../core/errors.js";
import { certifyParticipation } from "./certify-participation.js";
import { joiningShare, solveCriticalMass } from "./critical-mass.js";
import { findParticipation } from "./participation.js";

const value = fc.double({ min: 1e-6, max: 1e3, noNaN: true });
const assumed = { valueOfRightAnswerUsd: 0.05, privacyCostPerSecretUsd: 0.002, networkScale: 1 };
const cell = { people: 100, days: 2, rightAnswers: 1000, rightByPersonalAlone: 600, moneyUsd: 2, secretsSent: 500 };

describe("rest points of the participation market", () => {
  test("are verified by a certificate that uses other formulas", () => {
    fc.assert(fc.property(value, fc.double({ min: -0.2, max: 0.6, noNaN: true }), (sV, costShare) => {
      const market = solveCriticalMass(costShare * sV, sV), certificate = certifyParticipation(market, costShare * sV, sV);
      expect(certificate.isVerified).toBe(true);
      if (costShare > 1e-9 && costShare < 0.2499) {
        expect(certificate.restPoints).toHaveLength(3);
        expect(certificate.eigenvalue).toBeCloseTo(market.eigenvalueHigh!, 3);
      }
      if (costShare > 0.25001) expect(certificate.restPoints).toEqual([0]);
    }), { seed: 4, numRuns: 500 });
  });

  test("are refused a certificate when they are wrong", () => {
    expect(certifyParticipation({ high: 0.71, criticalMass: 0.3 }, 0.21, 1).isVerified).toBe(false);
    expect(certifyParticipation({ high: 0.3 }, 0.21, 1).isVerified).toBe(false);
    expect(certifyParticipation({ high: 0 }, 0.21, 1).isVerified).toBe(false);
    expect(certifyParticipation({ high: 0.5, criticalMass: 0.5 }, 0.26, 1).isVerified).toBe(false);
  });

  test("are ordered, and the stable share falls while the critical mass rises with the cost", () => {
    fc.assert(fc.property(value, fc.double({ min: 1e-9, max: 0.249, noNaN: true }), fc.double({ min: 1e-9, max: 0.249, noNaN: true }), (sV, x, y) => {
      const low = solveCriticalMass(Math.min(x, y) * sV, sV), high = solveCriticalMass(Math.max(x, y) * sV, sV);
      expect(low.criticalMass!).toBeLessThanOrEqual(low.high);
      expect(high.high).toBeLessThanOrEqual(low.high);
      expect(high.criticalMass!).toBeGreaterThanOrEqual(low.criticalMass!);
      expect(low.eigenvalueHigh!).toBeLessThan(1);
      expect(low.eigenvalueLow!).toBeGreaterThan(1);
    }), { seed: 5, numRuns: 300 });
  });

  test("bracket by iteration: from full participation down to n+, from just below n- down to 0", () => {
    const market = solveCriticalMass(0.3, 2), iterate = (start: number): number => {
      let n = start;
      for (let i = 0; i < 2000; i++) n = joiningShare(n, 0.3, 2);
      return n;
    };
    expect(iterate(1)).toBeCloseTo(market.high, 12);
    expect(iterate(market.criticalMass! + 1e-6)).toBeCloseTo(market.high, 12);
    expect(iterate(market.criticalMass! - 1e-6)).toBe(0);
  });

  test("are everybody when joining costs nothing, and nobody when it brings nothing", () => {
    expect(solveCriticalMass(0, 1)).toMatchObject({ isCollapsed: false, high: 1, criticalMass: 0 });
    expect(solveCriticalMass(-0.1, 0)).toMatchObject({ isCollapsed: false, high: 1 });
    expect(solveCriticalMass(1e-9, 0)).toMatchObject({ isCollapsed: true, high: 0 });
  });

  test("do not come from NaN", () => {
    expect(() => solveCriticalMass(NaN, 1)).toThrow(BugError);
    expect(() => solveCriticalMass(0.1, NaN)).toThrow(BugError);
    expect(() => solveCriticalMass(0.1, -1)).toThrow(BugError);
  });
});

describe("the market of a cell", () => {
  test("has the value, the cost and the fold of its measured sums", () => {
    // 200 person-days; gain 400 / 200 = 2 right answers a day; sV = 2 x 0.05 x 2 = 0.2; cost 2 / 200 + 0.002 x 500 / 200 = 0.015.
    const market = findParticipation(cell, assumed);
    expect(market.sV).toBeCloseTo(0.2, 14);
    expect(market.netCost).toBeCloseTo(0.015, 14);
    expect(market.foldMarginUsd).toBeCloseTo(0.035, 14);
    expect(market.high).toBeCloseTo((1 + Math.sqrt(0.7)) / 2, 14);
    expect(market.certificate.isVerified).toBe(true);
  });

  test("collapses when the tiers bring nothing", () => {
    const market = findParticipation({ ...cell, rightByPersonalAlone: 1200 }, assumed);
    expect(market).toMatchObject({ isCollapsed: true, high: 0, sV: 0 });
    expect(market.foldMarginUsd).toBeCloseTo(-0.015, 14);
  });

  test("shrinks when more secrets leave, and grows with the value of an answer", () => {
    const share = (changes: object, more: object): number => findParticipation({ ...cell, ...changes }, { ...assumed, ...more }).high;
    expect(share({ secretsSent: 1000 }, {})).toBeLessThan(share({}, {}));
    expect(share({}, { valueOfRightAnswerUsd: 0.1 })).toBeGreaterThan(share({}, {}));
  });

  test("refuses sums that are no sums", () => {
    for (const bad of [NaN, -1, Infinity]) {
      for (const name of Object.keys(cell)) expect(() => findParticipation({ ...cell, [name]: bad }, assumed), `${name} ${bad}`).toThrow(BugError);
    }
    expect(() => findParticipation({ ...cell, people: 0 }, assumed)).toThrow(BugError);
  });
});
