import { describe, expect, it } from "vitest";
import type { Figure } from "../figure.js";
import { LIGHT_THEME, type Theme } from "../theme.js";
import { makeQualityFrontier, paretoFront, type QualityPoint } from "./quality-frontier.js";
import { makeQuantizationLoss } from "./quantization-loss.js";
import { testStoredFigures } from "./stored-figures.test-data.js";

const point = (model: string, form: string, format: string, way: string, megabytes: number, accuracy: number): QualityPoint => (
  { model, form, format, way, accuracy, low: accuracy - 0.03, high: accuracy + 0.03, megabytes, tokensPerS: 1000 / megabytes, millijoulesPerToken: megabytes });
const points: readonly QualityPoint[] = [
  point("small", "F16", "GGUF", "original", 1, 0.6), point("small", "Q4_0", "GGUF", "quantized", 0.3, 0.58), point("small", "int8", "ONNX", "quantized", 0.55, 0.57), point("small", "1/2 of channels", "GGUF", "pruned", 0.8, 0.4),
  point("large", "F16", "GGUF", "original", 4, 0.9), point("large", "Q4_0", "GGUF", "quantized", 1.2, 0.86), point("large", "Q2_K", "GGUF", "quantized", 0.9, 0.5), point("large", "rank 1/4", "ONNX", "low rank", 5, 0.7),
];
const losses = ["Q8_0", "Q4_0", "Q2_K"].flatMap((form, i) => ["small", "large"].map((model, m) => (
  { model, form, change: -i * i / (1 + m), changeLow: -i * i / (1 + m) - 1, changeHigh: -i * i / (1 + m) + 1, extraBits: 0.02 * i * i / (1 + m), extraBitsLow: 0.02 * i * i / (1 + m) - 0.004, extraBitsHigh: 0.02 * i * i / (1 + m) + 0.004 })));

const makers: readonly ((theme: Theme) => Figure)[] = [
  (theme) => makeQualityFrontier(points, "megabytes", "Made up.", theme)!, (theme) => makeQualityFrontier(points, "tokensPerS", "Made up.", theme)!, (theme) => makeQuantizationLoss(losses, theme)!,
];

describe("the front", () => {
  it("holds those that none beats in both, whichever way is better", () => {
    const names = (front: readonly QualityPoint[]): string[] => front.map(({ model, form }) => `${model} ${form}`);
    expect(names(paretoFront(points, "megabytes"))).toEqual(["small Q4_0", "small F16", "large Q4_0", "large F16"]);
    expect(names(paretoFront(points, "tokensPerS"))).toEqual(["small Q4_0", "small F16", "large Q4_0", "large F16"]);
    expect(names(paretoFront([...points, point("large", "twin", "ONNX", "original", 4, 0.9)], "megabytes"))).toHaveLength(4);
  });

  it("of nothing is no figure", () => {
    expect(makeQualityFrontier([], "megabytes", "", LIGHT_THEME)).toBeUndefined();
    expect(makeQualityFrontier(points.map(({ tokensPerS: _, ...rest }) => rest), "tokensPerS", "", LIGHT_THEME)).toBeUndefined();
    expect(makeQuantizationLoss([], LIGHT_THEME)).toBeUndefined();
  });
});

describe("figures of compression", () => {
  testStoredFigures(makers);
});
