import { describe, expect, it } from "vitest";
import { ConfigError } from "../core/errors.js";
import { findModelCard, loadModelCards } from "./load-model-cards.js";
import { findQuant, kvBytesPerToken, opsPerToken, parseModelCards, streamedBytes, weightBytes } from "./model-card.js";
import type { ModelCard } from "./model-card.js";

/** Weights of a decoder with grouped-query attention and gated feed-forward layers, counted from its shapes. */
function countParameters(card: ModelCard, experts: number): number {
  const queryWidth = card.heads * card.headDim, kvWidth = card.kvHeads * card.headDim, hidden = card.hiddenSize;
  const router = card.experts > 1 ? hidden * card.experts : 0;
  const layer = 2 * hidden * queryWidth + 2 * hidden * kvWidth + experts * 3 * hidden * card.feedForwardSize + router + card.extraPerLayer;
  return card.layers * layer + hidden + card.vocabulary * hidden * (card.isEmbeddingTied ? 1 : 2);
}

describe("model cards", () => {
  it("have as many parameters as their shapes", () => {
    for (const card of loadModelCards().filter(({ isCounted }) => isCounted)) {
      expect([card.name, card.parameters]).toEqual([card.name, countParameters(card, card.experts)]);
      expect([card.name, card.activeParameters]).toEqual([card.name, countParameters(card, card.activeExperts)]);
    }
  });

  it("have the parameters that the model pages on huggingface.co print", () => {
    // "Model size" of the safetensors header on each model page.
    expect(findModelCard("llama-3.2-1b").parameters).toBe(1_235_814_400);
    expect(findModelCard("llama-3.1-8b").parameters).toBe(8_030_261_248);
    expect(findModelCard("llama-3.3-70b").parameters).toBe(70_553_706_496);
    expect(findModelCard("phi-3.5-mini").parameters).toBe(3_821_079_552);
    expect(findModelCard("mixtral-8x7b").parameters).toBe(46_702_792_704);
    expect(findModelCard("qwen2.5-7b").parameters).toBe(7_615_616_512);
    expect(findModelCard("falcon3-7b").parameters).toBe(7_455_550_464);
    expect(findModelCard("chatglm3-6b").parameters).toBe(6_243_584_000);
    expect(findModelCard("minicpm5-1b").parameters).toBe(1_080_632_832);
    expect(findModelCard("phi-2").parameters).toBe(2_779_683_840);
    expect(findModelCard("bloom-560m").parameters).toBe(559_214_592);
    expect(findModelCard("qwen3-30b-a3b").activeParameters / 1e9).toBeCloseTo(3.3, 0);
  });

  it("need KV memory for keys and values of all layers", () => {
    // Llama 3.1 8B in 16 bits: 32 layers, keys and values of 8 heads of 128: 128 KiB.
    expect(kvBytesPerToken(findModelCard("llama-3.1-8b"), 2)).toBe(131_072);
    // Nemotron 3 Nano 4B: 4 of its 42 layers attend, 8 heads of 128.
    expect(kvBytesPerToken(findModelCard("nemotron-3-nano-4b"), 2)).toBe(16_384);
    // Llama 3.2 1B: 16 layers, 8 heads of 64: 32 KiB.
    expect(kvBytesPerToken(findModelCard("llama-3.2-1b"), 2)).toBe(32_768);
  });

  it("weigh within 2% of the GGUF files that bartowski publishes on huggingface.co, sizes as printed there", () => {
    const files: readonly (readonly [string, string, number])[] = [
      ["llama-3.2-1b", "Q8_0", 1.32e9], ["llama-3.2-1b", "Q4_K_M", 0.81e9], ["llama-3.2-1b", "Q4_0", 0.77e9],
      ["llama-3.1-8b", "Q8_0", 8.54e9], ["llama-3.1-8b", "Q4_K_M", 4.92e9],
    ];
    for (const [name, quant, bytes] of files) {
      const error = weightBytes(findModelCard(name), quant) / bytes - 1;
      expect([name, quant, Math.abs(error) < 0.02 ? "within 2%" : error]).toEqual([name, quant, "within 2%"]);
    }
  });

  it("stream all weights when the embedding is the output, and leave an own embedding table out", () => {
    const tied = findModelCard("llama-3.2-1b"), own = findModelCard("llama-3.1-8b");
    expect(streamedBytes(tied, "F16")).toBe(weightBytes(tied, "F16"));
    expect(weightBytes(own, "F16") - streamedBytes(own, "F16")).toBe(own.vocabulary * own.hiddenSize * 2);
    expect(opsPerToken(tied)).toBe(2 * tied.parameters);
  });

  it("stream only the active experts of a mixture", () => {
    const mixture = findModelCard("qwen3-30b-a3b");
    expect(streamedBytes(mixture, "Q4_0") / weightBytes(mixture, "Q4_0")).toBeLessThan(0.13);
  });

  it("name the nearest model and format when a name is unknown", () => {
    expect(() => findModelCard("llama-3.2-1")).toThrow(/Did you mean llama-3\.2-1b/);
    expect(() => findModelCard("zzzzzzzzzzzzzzzz")).toThrow(ConfigError);
    expect(() => findQuant(findModelCard("llama-3.2-1b"), "Q4_K")).toThrow(/Did you mean Q4_K_/);
  });

  it("are refused with a field's name when a field is wrong", () => {
    const card = { ...findModelCard("llama-3.2-1b"), layers: NaN, quants: undefined };
    expect(() => parseModelCards({ about: "", formats: {}, models: [card] }, "cards.json")).toThrow(/models\.0/);
  });
});
