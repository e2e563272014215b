import { describe } from "vitest";
import { makeCapturedModelled, type ViewPoint } from "./captured-modelled.js";
import { testStoredFigures } from "./stored-figures.test-data.js";

const SETTINGS = ["encryption alone", "one size", "all of them"], PANELS = ["network path: was an expert asked", "relay: which domain", "ledger: which purchase a token is from"];
const points = PANELS.flatMap((panel, p) => SETTINGS.flatMap((setting, s) => (["captured", "modelled"] as const).map((view, v): ViewPoint => {
  const auc = 0.95 - 0.2 * s - 0.03 * p - 0.04 * v;
  return { view, panel, setting, auc, low: auc - 0.05, high: Math.min(1, auc + 0.05) };
})));

describe("the figure of captured and modelled attacks", () => {
  testStoredFigures([(theme) => makeCapturedModelled(points, SETTINGS, theme)]);
});
