import { describe, expect, it } from "vitest";
import { loadFitInputs } from "./fit/load-rate-models.js";
import { whyNotFitted } from "./fit/rate-model.js";
import { findModelCard } from "./load-model-cards.js";
import { streamedBytes, weightBytes } from "./model-card.js";
import { nameModelCard } from "./name-model-card.js";

/** From here on a model is not small: none of the catalogue's phones holds it in 4 bits. Stated parameters, 1e9. */
const NOT_SMALL = 9.5;
/** Small models without a card, and why. */
const WITHOUT_CARD: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^apple-fm|QAD \(ship\)|^muse-glimmer$|^qwen3\.5$|^gemma-3\.Q8_0|^lfm2:latest|glm-4\.7-flash|^devstral-small|coder-next/i, "the name says neither size nor shape, and no source tells it"],
  [/^(StableLM-2\.7B|Qwen-1\.5B)/, "no public model of this name has this size"],
  [/sparse|RWKV|^TurboSparse/, "skipped neurons or no KV cache: a card's shapes cannot say what a token reads"],
  [/A[34]B|:(26|30|33|35)b|^gpt-oss/, "a mixture of 20e9 weights and more"],
  [/MiniCPM-V|DeepSeekOCR|^rnj|Nanbeige|Jamba/, "shapes were not found in public text that this project could check"],
  [/LFM2\.5-(230M|Audio|ColBERT|8B)|lfm2\.5:8b|LFM2\.5-2\.6B|LFM2-24B/, "other shapes than the LFM2 models with a card, not found in public text"],
  [/^[^/]+_.*Q4_K_M\.gguf$|^(Fara1\.5|Laguna|laguna|North|north|Muse|ornith|Step|Mellum2|Tini|Kimi)/, "a fine-tuned or new model of one author whose base is not stated"],
];

const { measurements, energy } = loadFitInputs();
const used = [...measurements.filter((row) => ["decode", "prefill", "memory"].some((target) => whyNotFitted(row, target as "decode") === undefined)), ...energy.filter((row) => whyNotFitted(row, "energy") === undefined)];

describe("cards by printed name", () => {
  it("are there for every small model that a usable row names, or the reason why not is", () => {
    const names = [...new Set(used.map((row) => row.model))], small = names.filter((name) => used.some((row) => row.model === name && (row.modelBytes ?? 0) < NOT_SMALL * 6e8 && (row.parameters ?? 0) < NOT_SMALL * 1e9));
    const unknown = small.filter((name) => nameModelCard(name) === undefined && WITHOUT_CARD.every(([pattern]) => !pattern.test(name)));
    expect(unknown).toEqual([]);
    for (const [pattern, reason] of WITHOUT_CARD) expect([reason, names.some((name) => pattern.test(name) && nameModelCard(name) === undefined)]).toEqual([reason, true]);
    expect(used.filter((row) => nameModelCard(row.model) !== undefined).length / used.length).toBeGreaterThan(0.7);
  });

  it("have about the parameters that rows state", () => {
    for (const row of used) {
      const name = nameModelCard(row.model);
      if (name === undefined || row.parameters === undefined) continue;
      const card = findModelCard(name), share = row.parameters / card.activeParameters;
      // Names round: OLMo 2 "1B" has 1.48e9 weights, Gemma 2 "2B" 2.6e9.
      expect([row.model, name, share > 0.65 && share < 1.25 ? "about" : share]).toEqual([row.model, name, "about"]);
    }
  });

  it("count the embedding of Gemma 3n, which is also the output, as weights that work: Google's effective 1.91e9 and 4.0e9 leave it out", () => {
    for (const [name, effective, all] of [["gemma-3n-e2b", 1.91, 5.44], ["gemma-3n-e4b", 4, 7.85]] as const) {
      const card = findModelCard(name), embedding = card.vocabulary * card.hiddenSize;
      expect((card.activeParameters - embedding) / 1e9).toBeCloseTo(effective, 1);
      // With 0.98e9 of vision and audio the sizes that huggingface.co prints.
      expect(card.parameters / 1e9 + 0.98).toBeCloseTo(all, 1);
    }
  });

  it("tell streamed bytes from the file's where embeddings of layers are not streamed, as the rows do", () => {
    const card = findModelCard("gemma-4-e2b"), row = used.find(({ id }) => id === "m0120")!;
    expect(streamedBytes(card, "LITERT_MIXED")).toBe(row.streamedBytes);
    expect(weightBytes(card, "LITERT_MIXED") / row.modelBytes!).toBeCloseTo(1, 3);
    // Of 4.63e9 weights of text 2.35e9 are in the tables: 2.3e9 effective, as Google names the model.
    expect(card.parameters - card.activeParameters).toBe(card.tableParameters);
    expect(card.activeParameters / 1e9).toBeCloseTo(2.3, 1);
    expect(streamedBytes(card, "Q4_0") / weightBytes(card, "Q4_0")).toBeLessThan(0.52);
  });

  it("are found whatever owner, case and ending a source gives", () => {
    expect(["mlx-community/Qwen3-4B-4bit", "QWEN3_4B_QUANTIZED", "Qwen3-4B", "core-ai/qwen3-4b-gpu"].map(nameModelCard)).toEqual(Array.from({ length: 4 }, () => "qwen3-4b"));
    expect(["Qwen3.5-122B-A10B-Q4_K_M.gguf", "Qwen-1.5B", "unknown"].map(nameModelCard)).toEqual([undefined, undefined, undefined]);
    expect(["Qwen 1.5 1.8B", "Qwen 7B", "Chinese LLaMA / Alpaca 7B", "deepseek-r1:7b", "nvidia_Nemotron-3-Nano-4B-Q4_K_M.gguf"].map(nameModelCard))
      .toEqual(["qwen-1.8b", "qwen-7b", "chinese-alpaca-7b", "qwen2.5-7b", "nemotron-3-nano-4b"]);
  });
});
