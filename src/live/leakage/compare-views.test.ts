import { expect, test } from "vitest";
import { LEAKAGE_METRICS } from "../../metrics/leakage-metrics.js";
import { CLAIMS, compareViews } from "./compare-views.js";
import type { SettingLeakage } from "./measure-leakage.js";

const price = { upBytes: 1, downBytes: 2, ttftP50S: 0.1, ttftP95S: 0.2, latencyP95S: 0.3, correct: 0.5, tokens: 0.4 };

function settingOf(captured: Record<string, number>, modelled: Record<string, number>): SettingLeakage {
  return { setting: "bare", asked: 2, answered: 2, price, captured: { metrics: captured, intervals: { "leak.domain.tpr1": { low: 0.1, high: 0.5 } }, warnings: [] }, modelled: { metrics: modelled, warnings: [] } };
}

test("a row has both views and their difference, whose interval adds those of the two in squares", () => {
  const [row] = compareViews([settingOf({ "leak.domain.auc": 0.9, "leak.domain.auc.low": 0.87, "leak.domain.auc.high": 0.93, "leak.domain.tpr1": 0.3 }, { "leak.domain.auc": 0.7, "leak.domain.auc.low": 0.66, "leak.domain.auc.high": 0.74 })]);
  expect(row).toMatchObject({ observer: "path", claim: "which domain", captured: { auc: { value: 0.9, low: 0.87, high: 0.93 }, tpr1: { value: 0.3, low: 0.1, high: 0.5 } }, modelled: { auc: { value: 0.7 } } });
  expect(row!.difference.auc!.value).toBeCloseTo(0.2, 12);
  expect(row!.difference.auc!.high! - row!.difference.auc!.value).toBeCloseTo(0.05, 12);
  expect(row!.difference).not.toHaveProperty("tpr1");
});

test("bits of a claim without bits follow from right and blind guesses, without an interval", () => {
  const [row] = compareViews([settingOf({ "leak.collusion.joined.top1": 0.8, "leak.collusion.joined.prior": 0.1 }, {})]);
  expect(row!.captured.bits).toEqual({ value: 3 });
  expect(row!.modelled).toEqual({});
  expect(row!.difference).toEqual({});
});

test("a claim that was not judged on a capture has no row, and every claim is one of the metric catalogue", () => {
  expect(compareViews([settingOf({}, { "leak.domain.auc": 0.7 })])).toEqual([]);
  const known = LEAKAGE_METRICS.map(({ name }) => name);
  for (const { name } of CLAIMS) expect(known.some((metric) => metric === `${name}.bits` || metric === `${name}.top1`)).toBe(true);
});
