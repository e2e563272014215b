import { describe, expect, it } from "vitest";
import { ConfigError } from "../core/errors.js";
import { isBeyond, parseChangeRule } from "./change-rule.js";
import { parsePrecisionRule, precisionOf } from "./precision-rule.js";

function faultOf(action: () => unknown): ConfigError {
  try { action(); } catch (error) { if (error instanceof ConfigError) return error; throw error; }
  throw new Error("no error was raised");
}

describe("a rule of precision", () => {
  it("is parsed with share or unit, alone or several", () => {
    expect(parsePrecisionRule("rel_ci95(ttft.p95)<1%")).toEqual({ text: "rel_ci95(ttft.p95)<1%", terms: [{ measure: "rel_ci95", metric: "ttft.p95", bound: 0.01 }] });
    expect(parsePrecisionRule(" rel_ci95( ttft.p95 ) < .5 % and ci95(correct.fraction)<5e-3").terms).toEqual([
      { measure: "rel_ci95", metric: "ttft.p95", bound: 0.005 }, { measure: "ci95", metric: "correct.fraction", bound: 0.005 },
    ]);
  });

  it.each([["", "be MEASURE"], ["ttft.p95<1%", "be MEASURE"], ["rel_ci95(ttft.p95)>1%", "be MEASURE"], ["ci99(ttft.p95)<1%", "measure rel_ci95"],
    ["rel_ci95(ttft.p95)<0%", "have a bound above 0"], ["rel_ci95(ttft.p95)<-1", "have a bound above 0"], ["rel_ci95(ttft.p95)<NaN", "be MEASURE"],
    ["rel_ci95(ttft.p95)<1% and", "be MEASURE"]])("refuses %j with a sentence", (text, rule) => {
    const fault = faultOf(() => parsePrecisionRule(text));
    expect(fault).toMatchObject({ subject: "--until", rule: expect.stringContaining(rule) as string, hint: expect.stringContaining("For example") as string });
  });

  it("names the nearest metric for an unknown one", () => {
    expect(faultOf(() => parsePrecisionRule("rel_ci95(tfft.p95)<1%"))).toMatchObject({ got: "tfft.p95", hint: expect.stringMatching(/^Did you mean ttft\.p95\?/) as string });
  });

  it("measures half widths, and is never reached by one value or a mean of 0", () => {
    const [relative] = parsePrecisionRule("rel_ci95(ttft.p95)<1%").terms, [own] = parsePrecisionRule("ci95(ttft.p95)<1").terms;
    expect(precisionOf(relative!, { mean: -4, halfWidth95: 1, n: 3 })).toBe(0.25);
    expect(precisionOf(own!, { mean: -4, halfWidth95: 1, n: 3 })).toBe(1);
    expect(precisionOf(relative!, { mean: 0, halfWidth95: 1, n: 3 })).toBe(Infinity);
    expect(precisionOf(relative!, { mean: 0, halfWidth95: 0, n: 3 })).toBe(0);
    expect(precisionOf(own!, { mean: 4, halfWidth95: NaN, n: 1 })).toBe(Infinity);
  });
});

describe("a rule of change", () => {
  it("takes rises, falls, and the worse direction of the metric", () => {
    expect(parseChangeRule("ttft.p95>2%")).toMatchObject({ metric: "ttft.p95", sign: 1, bound: 0.02, isRelative: true });
    expect(parseChangeRule("correct.fraction < -0.01")).toMatchObject({ sign: -1, bound: 0.01, isRelative: false });
    expect(parseChangeRule("worse(correct.fraction)>1%")).toMatchObject({ sign: -1, bound: 0.01 });
    expect(parseChangeRule("worse( ttft.p95 )>1%")).toMatchObject({ sign: 1 });
  });

  it("is beyond strictly above its bound", () => {
    const rise = parseChangeRule("ttft.p95>50%"), fall = parseChangeRule("ttft.p95<-0.5");
    expect([isBeyond(rise, 2, 1), isBeyond(rise, 2, 1.01), isBeyond(rise, 2, -3), isBeyond(rise, 2, NaN)]).toEqual([false, true, false, false]);
    expect([isBeyond(fall, 2, -0.5), isBeyond(fall, 2, -0.51), isBeyond(fall, 2, 3)]).toEqual([false, true, false]);
  });

  it.each(["", "ttft.p95", "ttft.p95=2%", "ttft.p95>-2%", "correct.fraction<1%", "worse(ttft.p95)<-1%", "worse(questions)>1%", "better(ttft.p95)>1%"])("refuses %j", (text) => {
    expect(faultOf(() => parseChangeRule(text))).toMatchObject({ subject: "--fail-on", hint: expect.stringContaining("For example") as string });
  });

  it("names the nearest metric for an unknown one", () => {
    expect(faultOf(() => parseChangeRule("worse(corect.fraction)>1%")).hint).toContain("correct.fraction");
  });
});
