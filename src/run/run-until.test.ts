import { describe, expect, it } from "vitest";
import { ConfigError } from "../core/errors.js";
import { parsePrecisionRule } from "../metrics/precision-rule.js";
import type { Summary } from "../report/aggregate.js";
import { describeWidest, isPrecise, judgeRound, planUntil } from "./run-until.js";

const RULE = parsePrecisionRule("rel_ci95(ttft.p95)<1%");

/** Points with a mean of 100 and the given half widths of their interval. */
function summaryOf(widths: Readonly<Record<string, number | undefined>>): Summary {
  const labels = Object.entries(widths).map(([label, halfWidth95]) => ({
    label, axes: {}, replications: 10, histograms: {}, metrics: halfWidth95 === undefined ? {} : { "ttft.p95": { mean: 100, halfWidth95, n: 10 } },
  }));
  return { labels, warnings: [] };
}

describe("rounds of replications", () => {
  it("start with ten or what the config says, never above the most", () => {
    expect([planUntil(RULE, 1, 100), planUntil(RULE, 30, 100), planUntil(RULE, 1, 5)].map(({ least }) => least)).toEqual([10, 30, 5]);
  });

  it("end when the rule holds at every point that has the metric", () => {
    const round = judgeRound(planUntil(RULE, 10, 100), 10, summaryOf({ a: 0.5, b: 0.99, c: undefined }));
    expect(round).toMatchObject({ next: undefined, widest: { label: "b" } });
    expect(isPrecise(round)).toBe(true);
    expect(isPrecise(judgeRound(planUntil(RULE, 10, 100), 10, summaryOf({ a: 1 })))).toBe(false);
  });

  it("are sized by the square of the excess, at least one more and at most twice as many", () => {
    const next = (width: number, done: number = 10, most: number = 100): number | undefined => judgeRound(planUntil(RULE, 10, most), done, summaryOf({ a: 0.1, b: width })).next;
    expect([next(1.2), next(1.0001), next(9), next(Infinity)]).toEqual([15, 11, 20, 20]);
    expect([next(9, 60), next(9, 100), next(1.2, 10, 12)]).toEqual([100, undefined, 12]);
  });

  it("look at every condition", () => {
    const plan = planUntil(parsePrecisionRule("rel_ci95(ttft.p95)<1% and ci95(ttft.p95)<0.1"), 10, 100);
    const { widest } = judgeRound(plan, 10, summaryOf({ a: 0.5 }));
    expect(describeWidest(widest)).toBe("ci95(ttft.p95) is 0.500 at a");
  });

  it("refuse a metric that no point has", () => {
    expect(() => judgeRound(planUntil(RULE, 10, 100), 10, summaryOf({ a: undefined }))).toThrow(ConfigError);
  });
});
