import { describe, expect, test } from "vitest";
import { BugError } from "../core/errors.js";
import { estimateMean } from "../core/statistics.js";
import { findAgentFold, followAgentFold, sampleValues, shareStandardError, simulateParticipation } from "./agent-market.js";
import { solveCriticalMass } from "./critical-mass.js";

const base = { agents: 10_000, netCost: 0.21, sV: 1, startShare: 1, seed: 1, rounds: 10_000 };
const seeds = Array.from({ length: 200 }, (_, seed) => seed);

describe("agents that join when it pays", () => {
  test("settle at the stable share, with the standard error that theory gives", () => {
    const market = solveCriticalMass(0.21, 1), agents = 2000;
    const shares = seeds.map((seed) => simulateParticipation({ ...base, agents, seed }).share), { mean, halfWidth95 } = estimateMean(shares);
    const spread = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (shares.length - 1));
    expect(Math.abs(mean - market.high)).toBeLessThan(2 * halfWidth95);
    // 200 samples: the spread is known to 1 / sqrt(400) = 5%.
    expect(spread / shareStandardError(market, agents)).toBeGreaterThan(0.85);
    expect(spread / shareStandardError(market, agents)).toBeLessThan(1.15);
  });

  test("reach the stable share from above the critical mass and collapse from below it", () => {
    for (const seed of seeds.slice(0, 30)) {
      expect(simulateParticipation({ ...base, seed, startShare: 0.35 }).share).toBeCloseTo(0.7, 1);
      expect(simulateParticipation({ ...base, seed, startShare: 0.25 })).toMatchObject({ share: 0, isSettled: true });
    }
  });

  test("always collapse above the fold", () => {
    for (const netCost of [0.27, 0.3, 0.5]) {
      for (const seed of seeds) expect(simulateParticipation({ ...base, agents: 2000, netCost, seed }).share).toBe(0);
    }
  });

  test("end at the same share when they revise in turns", () => {
    for (const seed of [1, 2, 3]) {
      const atOnce = simulateParticipation({ ...base, seed }), inTurns = simulateParticipation({ ...base, seed, inertia: 0.5, startShare: 0.9 });
      expect(inTurns.isSettled).toBe(true);
      expect(Math.abs(inTurns.share - atOnce.share)).toBeLessThan(0.01);
      expect(simulateParticipation({ ...base, seed, inertia: 0.5, startShare: 0.2 }).share).toBe(0);
    }
  });

  test("replay exactly, and record every round", () => {
    const first = simulateParticipation(base);
    expect(simulateParticipation(base)).toEqual(first);
    expect(first.path).toHaveLength(first.rounds + 1);
    expect(simulateParticipation({ ...base, replication: 1 }).share).not.toBe(first.share);
    expect(simulateParticipation({ ...base, rounds: 2 })).toMatchObject({ rounds: 2, isSettled: false });
  });

  test("all join when it costs nothing", () => {
    expect(simulateParticipation({ ...base, netCost: 0, startShare: 0 }).share).toBe(1);
    expect(simulateParticipation({ ...base, netCost: -1, startShare: 0.5 }).share).toBe(1);
  });

  test("refuse what is no number", () => {
    for (const bad of [{ agents: 0 }, { agents: 1.5 }, { netCost: NaN }, { sV: NaN }, { sV: -1 }, { startShare: NaN }, { startShare: 2 }, { rounds: NaN }, { inertia: 1 }, { inertia: NaN }]) {
      expect(() => simulateParticipation({ ...base, ...bad }), JSON.stringify(bad)).toThrow(BugError);
    }
  });
});

describe("the fold of agents", () => {
  test("lies at sV / 4 plus the correction for finite numbers, with the stated standard error", () => {
    const agents = 1000, folds = Array.from({ length: 1000 }, (_, seed) => findAgentFold(sampleValues(agents, seed, 0), 2));
    const costs = folds.map(({ foldCost }) => foldCost), { mean, halfWidth95 } = estimateMean(costs);
    const { expectedFoldCost, standardError } = folds[0]!;
    expect(Math.abs(mean - expectedFoldCost)).toBeLessThan(2 * halfWidth95);
    expect(mean - 0.5).toBeGreaterThan(3 * halfWidth95);
    expect((halfWidth95 * Math.sqrt(1000)) / 1.962 / standardError).toBeCloseTo(1, 1);
  });

  test("is found by playing with rising costs as it is found by counting", () => {
    for (const seed of [1, 2, 3]) {
      const counted = findAgentFold(sampleValues(10_000, seed, 0), 1).foldCost;
      expect(Math.abs(followAgentFold(10_000, 1, seed, 1e-5) - counted)).toBeLessThan(2e-4);
    }
  });

  test("is within 1e-3 of the closed form with a million agents", () => {
    const { foldCost, standardError } = findAgentFold(sampleValues(1_000_000, 1, 0), 1);
    expect(Math.abs(foldCost - 0.25)).toBeLessThan(1e-3);
    expect(Math.abs(foldCost - 0.25)).toBeLessThan(4 * standardError);
  });
});
