import { describe, expect, test } from "vitest";
import { ConfigError } from "../../core/errors.js";
import { sampleWeights } from "./initial-weights.js";
import { checkLlamaShape, type LlamaShape, parameterCount, trainingFlopsPerToken, weightSpecs } from "./llama-shape.js";

const SMALL: LlamaShape = { vocabulary: 50, width: 16, layers: 2, heads: 4, kvHeads: 2, feedForward: 24, context: 32, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true };

describe("the shape of a model", () => {
  // Parameter counts that Hugging Face shows for the files of meta-llama/Llama-3.2-1B and HuggingFaceTB/SmolLM2-135M.
  test("counts the weights of published models", () => {
    expect(parameterCount({ ...SMALL, vocabulary: 128_256, width: 2048, layers: 16, heads: 32, kvHeads: 8, feedForward: 8192 })).toBe(1_235_814_400);
    expect(parameterCount({ ...SMALL, vocabulary: 49_152, width: 576, layers: 30, heads: 9, kvHeads: 3, feedForward: 1536 })).toBe(134_515_008);
  });

  test("counts six operations per weight of a matrix and token, and attention", () => {
    const matrices = parameterCount(SMALL) - 5 * 16;
    expect(trainingFlopsPerToken(SMALL, 10)).toBe(6 * matrices + 12 * 2 * 10 * 16);
    expect(trainingFlopsPerToken({ ...SMALL, isTied: false }, 10)).toBe(trainingFlopsPerToken(SMALL, 10));
  });

  test("must fit together", () => {
    for (const change of [{ width: 18 }, { kvHeads: 3 }, { layers: 0 }, { width: NaN }, { ropeBase: -1 }, { heads: 16 }]) {
      expect(() => checkLlamaShape({ ...SMALL, ...change }), JSON.stringify(change)).toThrow(ConfigError);
    }
    expect(checkLlamaShape(SMALL)).toEqual(SMALL);
  });
});

describe("initial weights", () => {
  test("have gains of 1 and the spread of their kind, and repeat by seed", () => {
    const weights = sampleWeights({ ...SMALL, width: 64, heads: 4, feedForward: 128 }, 3), spreadOf = (name: string): number => {
      const data = weights.get(name)!;
      return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
    };
    expect([...weights.keys()]).toEqual(weightSpecs(SMALL).map(({ name }) => name));
    expect(weights.get("blk.1.ffn_norm.weight")!.every((x) => x === 1)).toBe(true);
    // 8192 draws: the standard error of the spread is 0.8%.
    expect(spreadOf("blk.0.ffn_up.weight") / 0.02).toBeCloseTo(1, 1);
    expect(spreadOf("blk.0.ffn_down.weight") / 0.01).toBeCloseTo(1, 1);
    expect(sampleWeights(SMALL, 3)).toEqual(sampleWeights(SMALL, 3));
    expect(sampleWeights(SMALL, 3)).not.toEqual(sampleWeights(SMALL, 4));
  });
});
