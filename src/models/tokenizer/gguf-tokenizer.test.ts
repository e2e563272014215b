import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleWorld } from "../../world/sample-world.test-data.js";
import { TEXT_ROLES } from "../../world/text/text-role.js";
import { trainingText } from "../../world/text/training-text.js";
import { writeLlamaGguf } from "../quantize/write-llama-gguf.js";
import { loadLlamaRuntime } from "../runtimes/load-llama-runtime.js";
import { randomModel, SMALL_SHAPE } from "../runtimes/random-model.fixture.js";
import type { LoadedModel } from "../runtimes/runtime.js";
import { ggufTokenizer } from "./gguf-tokenizer.js";
import { learnTokenizer } from "./learn-tokenizer.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-tokenizer-")), path = join(folder, "model.gguf");
const world = sampleWorld(), SIZE = 600;
const worldText = (index: number): string => {
  const { prompt, completion } = trainingText(world, TEXT_ROLES[index % TEXT_ROLES.length]!, index);
  return prompt + completion;
};
const tokenizer = learnTokenizer(Array.from({ length: 2000 }, (_, i) => worldText(i)), { size: SIZE, specials: ["<end>", "<pad>"] });
let model: LoadedModel;

beforeAll(async () => {
  writeLlamaGguf(path, { ...randomModel({ ...SMALL_SHAPE, vocabulary: SIZE }), tokenizer: ggufTokenizer(tokenizer, "<end>") }, "F16");
  model = await loadLlamaRuntime().load(path, { contextTokens: 256, threads: 1 });
});
afterAll(async () => {
  await model.dispose();
  rmSync(folder, { recursive: true });
});

describe("a tokenizer in a GGUF file", () => {
  test("cuts texts of the world as llama.cpp does", () => {
    for (let i = 10_000; i < 12_000; i++) expect(model.encode(worldText(i)), worldText(i)).toEqual(tokenizer.encode(worldText(i)));
  });

  test("cuts any text as llama.cpp does, and llama.cpp gives it back", () => {
    const mixed = fc.array(fc.constantFrom("low", " what's", "  ", "\n", "\t", "'S", "12%", " 3.5", "é", "日本", "🦙", "ǅ", "²", "…", "\u00a0")).map((parts) => parts.join(""));
    fc.assert(fc.property(fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), mixed), (text) => {
      const tokens = tokenizer.encode(text);
      expect(model.encode(text)).toEqual(tokens);
      expect(model.decodeText(tokens)).toBe(text);
    }), { seed: 5, numRuns: 2000 });
  });

  test("has its end, which no text of a user spells", () => {
    expect(model.isEnd(tokenizer.special("<end>"))).toBe(true);
    expect(model.isEnd(tokenizer.special("<pad>"))).toBe(false);
    expect(model.decodeText([tokenizer.special("<pad>")])).not.toContain("pad");
    expect(() => ggufTokenizer(tokenizer, "<stop>")).toThrow(/special token "<stop>"/);
  });
});
