import { describe, expect, it } from "vitest";
import { worldSection } from "../config/sections/world-section.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { findMember, MEMBER_FILES, requireMemberFile, shippedFamilyFolder } from "../models/load-family.js";
import { loadLlamaRuntime } from "../models/runtimes/load-llama-runtime.js";
import { sampleQuery } from "../world/queries/sample-query.js";
import { makeWorld } from "../world/world.js";
import { scoreInversion, type EmbeddedTexts } from "./score-inversion.js";

const WORDS = Array.from({ length: 30 }, (_, i) => `w${i}`), WIDTH = 48;

/** Texts of four words; embeddings are sums of a random vector per word, plus noise. */
function plantTexts(noise: number, isTold: boolean): EmbeddedTexts {
  const stream = new RandomStream(2, 0, Purpose.test).seek(0, 0), vectors = WORDS.map(() => Array.from({ length: WIDTH }, () => stream.nextNormal()));
  const chosen = Array.from({ length: 500 }, () => { const words = new Set<number>(); while (words.size < 4) words.add(stream.nextInt(WORDS.length)); return [...words]; });
  const values = Float64Array.from(chosen.flatMap((words) => Array.from({ length: WIDTH }, (_, c) => (isTold ? words.reduce((sum, word) => sum + vectors[word]![c]!, 0) : 0) + noise * stream.nextNormal())));
  return { texts: chosen.map((words) => words.map((word) => WORDS[word]!).join(" ")), people: Int32Array.from(chosen, (_, i) => i % 100), embeddings: { rowCount: 500, width: WIDTH, values } };
}

describe("inversion of planted embeddings", () => {
  it("gives every word back where an embedding is the sum of its words' vectors", () => {
    expect(scoreInversion(plantTexts(0, true), 1).words.value).toBeGreaterThan(0.99);
  });

  it("gives less back under noise, still more than the most common words", () => {
    const { words, wordsPrior } = scoreInversion(plantTexts(3, true), 1);
    expect(words.value).toBeLessThan(0.9);
    expect(words.low).toBeGreaterThan(wordsPrior.high);
  });

  it("gives nothing back where embeddings have nothing to do with the text", () => {
    const { words, wordsPrior, rouge, rougePrior } = scoreInversion(plantTexts(1, false), 1);
    expect(Math.abs(words.value - wordsPrior.value)).toBeLessThan(0.05);
    expect(Math.abs(rouge.value - rougePrior.value)).toBeLessThan(0.05);
  });
});

describe("inversion of a trained model's embeddings", () => {
  it("gives back more words of questions than guessing, from the last state of the shipped P-model on llama.cpp", async () => {
    const world = makeWorld(worldSection.parse({})), path = requireMemberFile(findMember("p-small", shippedFamilyFolder()), MEMBER_FILES.gguf), model = await loadLlamaRuntime().load(path, { contextTokens: 256, threads: 1 });
    try {
      const queries = Array.from({ length: 250 }, (_, i) => sampleQuery(world, "train", "domain", i)), texts = queries.map(({ core }) => core), values: number[] = [];
      for (const text of texts) values.push(...await model.embed(model.encode(text)));
      const embeddings = { rowCount: texts.length, width: model.width, values: Float64Array.from(values) };
      const { words, wordsPrior } = scoreInversion({ texts, people: Int32Array.from(texts, (_, i) => i), embeddings }, 1);
      expect(words.low).toBeGreaterThan(wordsPrior.high);
    } finally {
      await model.dispose();
    }
  }, 120_000);
});
