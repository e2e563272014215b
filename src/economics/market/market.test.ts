import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "../../core/errors.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { estimateMean } from "../../core/statistics.js";
import { maximize } from "../maximize.js";
import { auctionUniform, postProcurementPrice, postUniformPrice, sellBundles, sellUnits } from "./auctions.js";
import { freeRide, leadContributions, shareReward } from "./contribution-games.js";
import { designMenu, shareFineTuning } from "./contracts.js";
import { giniLogNormal, giniPareto, giniUniform, scoreBestReport, SCORING_RULES } from "./elicitation.js";
import { findLogitRegrets, solveDataMonopsony, solveLogitCompetition } from "./logit-competition.js";
import { solvePlatform } from "./platforms.js";
import { pigouPriceOfAnarchy, priceUnderFee, solveVerticalChain } from "./price-setting.js";
import { solveCournot, solveStackelberg } from "./quantity-competition.js";

const size = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

describe("quantities", () => {
  test("of Cournot are best replies to each other, of firms too dear to sell as well", () => {
    fc.assert(fc.property(size(50, 200), size(0.5, 3), fc.array(size(0, 120), { minLength: 1, maxLength: 5 }), (a, b, costs) => {
      fc.pre(Math.min(...costs) < a - 1);
      const { quantities, profits } = solveCournot(a, b, costs);
      costs.forEach((cost, i) => {
        const others = sum(quantities) - quantities[i]!, best = maximize((q) => q * (a - b * (q + others) - cost), 0, a / b);
        expect(best.value).toBeLessThanOrEqual(profits[i]! + 1e-6);
      });
    }), { seed: 21, numRuns: 60 });
  });

  test("of Stackelberg are what a leader finds by search, also where one sells nothing", () => {
    fc.assert(fc.property(size(0.5, 3), size(0, 90), size(0, 90), (b, leaderCost, followerCost) => {
      const a = 100, outcome = solveStackelberg(a, b, leaderCost, followerCost);
      const profitAt = (q: number): number => q * (a - b * (q + Math.max(0, (a - followerCost - b * q) / (2 * b))) - leaderCost);
      expect(profitAt(outcome.leader)).toBeGreaterThanOrEqual(maximize(profitAt, 0, a / b, 2000).value - 1e-6);
    }), { seed: 22, numRuns: 100 });
  });
});

describe("logit competition", () => {
  const firms = fc.array(fc.tuple(size(-3, 6), size(0, 3)), { minLength: 1, maxLength: 5 });

  test("leaves no firm a gain: regrets found by another formula, and by search over prices", () => {
    fc.assert(fc.property(firms, size(0.1, 2), size(-2, 2), (products, mu, outside) => {
      const delta = products.map(([quality]) => quality), costs = products.map(([, cost]) => cost), demand = { delta, costs, mu, outside };
      const { prices, shares, profits } = solveLogitCompetition(demand);
      expect(Math.max(...findLogitRegrets(demand, prices).map(Math.abs))).toBeLessThan(1e-9);
      expect(sum(shares)).toBeLessThan(1);
      const rest = Math.exp(outside / mu) + sum(delta.slice(1).map((quality, i) => Math.exp((quality - prices[i + 1]!) / mu)));
      const profitAt = (price: number): number => { const weight = Math.exp((delta[0]! - price) / mu); return (price - costs[0]!) * (weight / (weight + rest)); };
      expect(maximize(profitAt, costs[0]!, costs[0]! + 40 * mu).value).toBeLessThanOrEqual(profits[0]! * (1 + 1e-9) + 1e-12);
    }), { seed: 23, numRuns: 60 });
  });

  test("has a positive regret off equilibrium, and none of it without an outside option or a competitor", () => {
    expect(findLogitRegrets({ delta: [3, 3], costs: [1, 1], mu: 0.5, outside: 0 }, [1.5, 1.5])[0]!).toBeGreaterThan(0.03);
    expect(() => solveLogitCompetition({ delta: [1], costs: [0], mu: 1, outside: undefined })).toThrow(BugError);
    expect(() => solveLogitCompetition({ delta: [1], costs: [0], mu: NaN, outside: 0 })).toThrow(BugError);
  });

  test("for data: the reward is what a search finds", () => {
    fc.assert(fc.property(size(0.1, 4), size(0, 2), size(0.1, 1), (m, k, mu) => {
      const { reward, participation } = solveDataMonopsony(m, k, mu), profitAt = (r: number): number => (m - r) / (1 + Math.exp((k - r) / mu));
      expect((m - reward) * participation).toBeCloseTo(maximize(profitAt, m - 60 * mu, m).value, 6);
    }), { seed: 24, numRuns: 60 });
  });
});

describe("platforms and chains", () => {
  test("a two-sided platform earns what a search over participation finds", () => {
    fc.assert(fc.property(size(-1, 2), size(-1, 2), size(-0.4, 0.8), size(-0.4, 0.8), (A1, A2, x, y) => {
      const outcome = solvePlatform([A1, A2], [x, y], [0.1, 0.1]);
      const profitAt = (n1: number, n2: number): number => (A1 + x * n2 - n1 - 0.1) * n1 + (A2 + y * n1 - n2 - 0.1) * n2;
      const best = maximize((n1) => maximize((n2) => profitAt(n1, n2), 0, 6, 60).value, 0, 6, 60);
      expect(outcome.profit).toBeCloseTo(best.value, 5);
    }), { seed: 25, numRuns: 15 });
  });

  test("a chain loses a quarter of the profit of one firm", () => {
    const { profitT, profitE, integratedProfit } = solveVerticalChain(3, 0.7);
    expect((profitT + profitE) / integratedProfit).toBeCloseTo(0.75, 12);
    expect(priceUnderFee(1, 0.2, 0.9)).toBe(1);
    expect(pigouPriceOfAnarchy(1)).toBeCloseTo(4 / 3, 14);
  });
});

describe("contributions and contracts", () => {
  test("efforts for a shared reward are best replies", () => {
    fc.assert(fc.property(size(1, 20), fc.array(size(0.2, 5), { minLength: 2, maxLength: 6 }), (reward, costs) => {
      const { effort, utility } = shareReward(reward, costs);
      costs.forEach((cost, i) => {
        const others = sum(effort) - effort[i]!, best = maximize((x) => (x === 0 ? 0 : (reward * x) / (x + others) - cost * x), 0, reward / cost);
        expect(best.value).toBeLessThanOrEqual(utility[i]! + 1e-6);
      });
    }), { seed: 26, numRuns: 60 });
  });

  test("a leader's reward, a menu and a revenue share are the best by search", () => {
    fc.assert(fc.property(size(0.5, 10), fc.array(size(0.2, 3), { minLength: 1, maxLength: 4 }), (lambda, kappa) => {
      const supply = sum(kappa.map((each) => 1 / (2 * each))), best = maximize((r) => lambda * Math.log(1 + r * supply) - r * r * supply, 0, lambda + 1);
      expect(leadContributions(lambda, kappa).leaderUtility).toBeCloseTo(best.value, 9);
    }), { seed: 27, numRuns: 40 });
    fc.assert(fc.property(size(0, 2), size(0, 2), size(0, 0.95), (low, more, share) => {
      const profitAt = (q: number): number => (1 - share) * (low * q - q * q / 2) + share * ((low + more) ** 2 / 2 - more * q);
      expect(designMenu(low, low + more, share).profit).toBeCloseTo(maximize(profitAt, 0, 3).value, 9);
    }), { seed: 28, numRuns: 40 });
    const { utilitarianShare } = shareFineTuning(1.3, 0.6, 0.5);
    expect(maximize((delta) => { const { generalUtility, specialUtility } = shareFineTuning(1.3, 0.6, delta); return generalUtility + specialUtility; }, 0, 1).at).toBeCloseTo(utilitarianShare, 6);
  });

  test("of a public good come from the cheapest, and are fewer than efficient", () => {
    const { contributions, total, efficientTotal } = freeRide(3, [2, 1, 1]);
    expect(contributions).toEqual([0, total, 0]);
    expect(maximize((m) => -2 * Math.sqrt(3 / m) - m, 0.01, 20).at).toBeCloseTo(total, 5);
    expect(maximize((m) => -3 * 2 * Math.sqrt(3 / m) - m, 0.01, 40).at).toBeCloseTo(efficientTotal, 5);
  });
});

describe("auctions and scores", () => {
  test("truth is a best bid in the uniform-price auction of one unit each", () => {
    fc.assert(fc.property(fc.array(fc.nat(20), { minLength: 2, maxLength: 6 }), fc.integer({ min: 1, max: 4 }), fc.nat(20), (values, units, lie) => {
      const gain = (bids: readonly number[]): number => {
        const { winners, payments } = sellUnits(bids, units, false), place = winners.indexOf(0);
        return place < 0 ? 0 : values[0]! - payments[place]!;
      };
      expect(gain([lie, ...values.slice(1)])).toBeLessThanOrEqual(gain(values));
    }), { seed: 29, numRuns: 300 });
    expect(() => sellUnits([1, 2], 2, true)).toThrow(BugError);
  });

  test("bundle winners are disjoint, pay no more than they bid, and truth is a best bid", () => {
    const bid = fc.record({ items: fc.subarray(["A", "B", "C"], { minLength: 1 }), value: fc.nat(9) });
    fc.assert(fc.property(fc.array(bid, { minLength: 1, maxLength: 6 }), fc.nat(12), (bids, lie) => {
      const outcome = sellBundles(bids), taken = outcome.winners.flatMap((i) => bids[i]!.items);
      expect(new Set(taken).size).toBe(taken.length);
      outcome.winners.forEach((winner, place) => { expect(outcome.payments[place]!).toBeLessThanOrEqual(bids[winner]!.value); expect(outcome.payments[place]!).toBeGreaterThanOrEqual(0); });
      const gain = (first: number): number => { const { winners, payments } = sellBundles([{ ...bids[0]!, value: first }, ...bids.slice(1)]), place = winners.indexOf(0); return place < 0 ? 0 : bids[0]!.value - payments[place]!; };
      expect(gain(lie)).toBeLessThanOrEqual(gain(bids[0]!.value));
    }), { seed: 30, numRuns: 200 });
  });

  test("a reserve of one half earns the stated revenue", () => {
    const stream = new RandomStream(12, 0, Purpose.test).seek(0, 0);
    const revenues = Array.from({ length: 40_000 }, () => {
      const [second, first] = [stream.nextUniform(), stream.nextUniform(), stream.nextUniform()].sort((x, y) => x - y).slice(1);
      return first! < 0.5 ? 0 : Math.max(0.5, second!);
    });
    const { mean, halfWidth95 } = estimateMean(revenues);
    expect(Math.abs(mean - auctionUniform(3).revenue)).toBeLessThan(1.5 * halfWidth95);
    expect(maximize((p) => p * Math.min(1, (5 - p) / 3), 2, 5).at).toBeCloseTo(postUniformPrice(2, 5), 5);
    expect(maximize((p) => (0.8 - p) * Math.min(1, p / 0.3), 0, 0.8).at).toBeCloseTo(postProcurementPrice(0.8, 0.3), 5);
  });

  test("proper scores are largest at the truth", () => {
    for (const rule of SCORING_RULES) {
      const length = (r: number): number => Math.hypot(r, 1 - r), p = 0.3;
      const scores = { log: (r: number): number => Math.log(r), brier: (r: number): number => -((1 - r) ** 2), quadratic: (r: number): number => 2 * r - length(r) ** 2, spherical: (r: number): number => r / length(r) };
      const best = maximize((r) => p * scores[rule](r) + (1 - p) * scores[rule](1 - r), 0.001, 0.999);
      expect(best.at, rule).toBeCloseTo(p, 5);
      expect(best.value, rule).toBeCloseTo(scoreBestReport(rule, p), 9);
    }
  });

  test("Gini coefficients agree with mean differences of quantiles", () => {
    const gini = (quantile: (u: number) => number, n = 20_000): number => {
      let weighted = 0, total = 0;
      for (let i = 0; i < n; i++) { const x = quantile((i + 0.5) / n); weighted += x * (2 * (i + 0.5) / n - 1); total += x; }
      return weighted / total;
    };
    expect(gini((u) => 2 + 3 * u)).toBeCloseTo(giniUniform(2, 5), 4);
    expect(gini((u) => (1 - u) ** (-1 / 3))).toBeCloseTo(giniPareto(3), 2);
    expect(giniLogNormal(0)).toBeCloseTo(0, 14);
  });
});
