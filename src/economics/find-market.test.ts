import { describe, expect, test } from "vitest";
import { marketSection } from "../config/sections/market-section.js";
import { BugError } from "../core/errors.js";
import { findMarket, type MarketCell } from "./find-market.js";

const market = marketSection.parse({});
const cell: MarketCell = { people: 1000, days: 1, rightAnswers: 8000, rightByPersonalAlone: 6000, moneyUsd: 12, secretsSent: 6000, market, seed: 1, replication: 0 };

describe("the market of a cell", () => {
  test("gives the metrics of the catalogue, agents within four standard errors", () => {
    const { metrics, agentStandardError, warnings } = findMarket(cell);
    expect(Object.keys(metrics)).toEqual(["market.participation", "market.criticalMass", "market.foldMargin", "market.agentParticipation"]);
    // sV = 2 x 0.05 x 2 = 0.2, c = 0.012 + 0.002 x 6 = 0.024, so n+- = (1 +- sqrt(0.52)) / 2.
    expect(metrics["market.participation"]).toBeCloseTo((1 + Math.sqrt(0.52)) / 2, 12);
    expect(metrics["market.criticalMass"]).toBeCloseTo((1 - Math.sqrt(0.52)) / 2, 12);
    expect(metrics["market.foldMargin"]).toBeCloseTo(0.026, 12);
    expect(Math.abs(metrics["market.agentParticipation"]! - metrics["market.participation"]!)).toBeLessThan(4 * agentStandardError!);
    expect(warnings).toEqual([]);
  });

  test("has no critical mass when it has collapsed, in closed form and with agents", () => {
    const { metrics } = findMarket({ ...cell, secretsSent: 30_000 });
    expect(metrics).toMatchObject({ "market.participation": 0, "market.agentParticipation": 0 });
    expect(metrics["market.foldMargin"]).toBeLessThan(0);
    expect("market.criticalMass" in metrics).toBe(false);
  });

  test("says so when the tiers bring nothing", () => {
    const { metrics, warnings } = findMarket({ ...cell, rightByPersonalAlone: 8000 });
    expect(metrics["market.participation"]).toBe(0);
    expect(warnings.join()).toMatch(/no more right answers than P alone/);
  });

  test("says so when finite agents fall over a fold that the closed form does not reach", () => {
    // c = 0.049 of a fold at 0.05.
    const near = { ...cell, moneyUsd: 49, secretsSent: 0, market: { ...market, agents: { ...market.agents, value: 500 } } };
    const fallen = Array.from({ length: 60 }, (_, seed) => findMarket({ ...near, seed })).filter((outcome) => outcome.agents.share === 0);
    expect(fallen.length).toBeGreaterThan(0);
    for (const { metrics, warnings } of fallen) {
      expect(metrics["market.participation"]).toBeGreaterThan(0.5);
      expect(warnings.join()).toMatch(/near its fold/);
    }
  });

  test("replays exactly from its seed and replication", () => {
    expect(findMarket(cell)).toEqual(findMarket(cell));
    expect(findMarket({ ...cell, replication: 1 }).agents.share).not.toBe(findMarket(cell).agents.share);
  });

  test("refuses NaN", () => {
    for (const name of ["people", "days", "rightAnswers", "rightByPersonalAlone", "moneyUsd", "secretsSent"]) {
      expect(() => findMarket({ ...cell, [name]: NaN }), name).toThrow(BugError);
    }
  });

  test("lists where each assumption comes from", () => {
    for (const entry of Object.values(market)) {
      expect(entry.origin).toBe("assumed");
      expect(entry.source.length).toBeGreaterThan(10);
    }
    expect(() => marketSection.parse({ agents: { value: 0 } })).toThrow();
    expect(marketSection.parse({ privacyCostPerSecretUsd: { value: "1 cent", origin: "published", source: "a study of 2030" } }).privacyCostPerSecretUsd.value).toBe(0.01);
  });
});
