import { describe, expect, it } from "vitest";
import { exp } from "../core/elementary.js";
import type { HeatCurve } from "./fit-heat.js";
import { fitDelayed, medianShape, scoreHeat, summarizeHeatErrors } from "./score-heat.js";

/** A run that stays at `cold` for `delayS`, then falls to `fraction` of it with `tauS`. */
function madeUp(name: string, cold: number, fraction: number, tauS: number, delayS: number, startState = "nominal"): HeatCurve {
  const seconds = Array.from({ length: 121 }, (_, step) => step * 5);
  return { name, startState, seconds, tokensPerS: seconds.map((second) => cold * (fraction + (1 - fraction) * exp(-Math.max(0, second - delayS) / tauS))) };
}

describe("forms of heat on runs left out", () => {
  it("find a delay that is there, and none where there is none", () => {
    expect(fitDelayed(madeUp("a", 40, 0.5, 20, 35)).delayS).toBe(35);
    expect(fitDelayed(madeUp("a", 40, 0.5, 8 * exp(3.5 * 40 / 80), 0)).delayS).toBe(0);
    expect(medianShape([madeUp("a", 40, 0.5, 20, 35)], "delayed").sustainedFraction).toBeCloseTo(0.5, 2);
  });

  it("predict a delayed run better with a delay, from the others alone", () => {
    const scores = scoreHeat(["a", "b", "c"].map((name, at) => madeUp(name, 30 + at, 0.5, 20, 35)), () => undefined);
    for (const { curveError, measuredRatio, simulatedRatio } of scores) {
      expect(curveError.delayed).toBeLessThan(curveError["first-order"] / 2);
      expect(simulatedRatio.delayed).toBeCloseTo(measuredRatio, 2);
    }
  });

  it("are summed up over the runs that start cool, with the share inside the interval of the others", () => {
    const runs = [0.4, 0.5, 0.5, 0.6].map((fraction, at) => madeUp(`run ${at}`, 40, fraction, 20, 0)), scores = scoreHeat([...runs, madeUp("hot", 20, 1, 20, 0, "serious")], () => undefined);
    const errors = summarizeHeatErrors(scores, "first-order")!;
    // The two in the middle lie between the others, the outermost do not.
    expect(errors).toMatchObject({ runs: 4, within2x: 1, coverage: 0.5 });
    expect(errors.p90).toBeGreaterThan(errors.median);
    expect(summarizeHeatErrors(scores.slice(2), "delayed")).toBeUndefined();
  });

  it("keep a run flat that starts hot, and one that moves fewer bytes than the plateau", () => {
    const cool = ["a", "b", "c"].map((name) => madeUp(name, 40, 0.5, 20, 35));
    const scores = scoreHeat([...cool, madeUp("hot", 20, 1, 20, 0, "serious"), madeUp("slow", 15, 1, 20, 0)], () => 1e9);
    expect(scores[3]!.simulatedRatio["first-order"]).toBe(1);
    expect(scores[4]!.simulatedRatio["by-bytes"]).toBe(1);
    expect(scores[4]!.simulatedRatio.delayed).toBeLessThan(0.6);
    expect(scores[0]!.below75AtS).toBeGreaterThan(35);
    expect(scores[4]!.below75AtS).toBeNull();
  });
});
