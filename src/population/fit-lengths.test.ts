import { describe, expect, it } from "vitest";
import { loadDataset } from "../config/load-dataset.js";
import { tokenLengths } from "../config/sections/population-section.js";
import { normalQuantile } from "../core/normal-distribution.js";
import { fitLengths, fitLengthsByMoments, fittedQuantile } from "./fit-lengths.js";

/** Quantiles of a log-normal law as data: no noise, so the fit has to return the law. */
function quantiles(logMean: number, logSd: number, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => Math.round(Math.exp(logMean + logSd * normalQuantile((i + 0.5) / n))));
}

describe("fitLengths", () => {
  it("returns the law of the data", () => {
    const fit = fitLengths(quantiles(6.5, 0.9, 5000));
    expect(fit.logMean).toBeCloseTo(6.5, 3);
    expect(fit.logSd).toBeCloseTo(0.9, 3);
    expect(fit.ksDistance).toBeLessThan(0.01);
    expect(fittedQuantile(fit, 0.5)).toBeCloseTo(Math.exp(6.5), 0);
  });

  it("is not moved by 3% of absurd values, unlike the moments", () => {
    const clean = quantiles(5, 0.8, 2000), dirty = Float64Array.from(clean);
    for (let i = 0; i < 30; i++) { dirty[i] = 1; dirty[1999 - i] = 9e6; }
    expect(Math.abs(fitLengths(dirty).logSd - 0.8)).toBeLessThan(0.01);
    expect(fitLengthsByMoments(dirty).logSd).toBeGreaterThan(1);
  });
});

describe("token-lengths.json", () => {
  it("holds laws that the scenario accepts, and says that the prompts hold history", () => {
    const file = loadDataset("azure-llm-2023/token-lengths.json") as Record<string, Record<string, { origin: string; source: string }>>;
    for (const [part, column] of [
      ["conversation", "promptTokens"], ["conversation", "answerTokens"], ["code", "promptTokens"], ["code", "answerTokens"], ["userTurn", "promptTokens"],
    ] as const) {
      expect(() => tokenLengths.parse(file[part]![column])).not.toThrow();
    }
    expect(file["conversation"]!["promptTokens"]!.source).toMatch(/CC-BY-4\.0.*whole chat/);
    expect(file["userTurn"]!["promptTokens"]!.origin).toBe("assumed");
  });
});
