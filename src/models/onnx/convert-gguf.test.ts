import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../core/errors.js";
import { writeLlamaGguf } from "../quantize/write-llama-gguf.js";
import { writeQuantizedGguf } from "../quantize/write-quantized-gguf.js";
import { loadLlamaRuntime } from "../runtimes/load-llama-runtime.js";
import { loadOnnxRuntime } from "../runtimes/load-onnx-runtime.js";
import { randomModel, SMALL_SHAPE } from "../runtimes/random-model.fixture.js";
import type { Runtime } from "../runtimes/runtime.js";
import { ggufTokenizer } from "../tokenizer/gguf-tokenizer.js";
import { learnTokenizer } from "../tokenizer/learn-tokenizer.js";
import { writeOnnxOfGguf } from "./convert-gguf.js";
import { writeLlamaOnnx } from "./write-llama-onnx.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-convert-")), pathOf = (name: string): string => join(folder, name);
afterAll(() => { rmSync(folder, { recursive: true }); });

const tokenizer = learnTokenizer(["the other one, the other one in there"], { size: SMALL_SHAPE.vocabulary, specials: ["<end>", "<pad>"] });
const parts = { ...randomModel(), tokenizer: ggufTokenizer(tokenizer, "<end>") };
writeLlamaGguf(pathOf("m.gguf"), parts, "F32");

async function nextLogs(runtime: Runtime, file: string): Promise<Float64Array> {
  const model = await runtime.load(file, { contextTokens: 64, threads: 1 }), sequence = model.openSequence();
  await sequence.prefill(model.encode("the other one in there: the one"));
  const logs = await sequence.nextLogProbabilities();
  await model.dispose();
  return logs;
}

describe("an ONNX file of a GGUF file", () => {
  test("is the one that its weights and tokenizer give", () => {
    writeOnnxOfGguf(pathOf("m.gguf"), pathOf("m.onnx"));
    writeLlamaOnnx(pathOf("direct.onnx"), { shape: SMALL_SHAPE, tokenizer, endName: "<end>" }, parts.weights);
    expect(readFileSync(pathOf("m.onnx")).equals(readFileSync(pathOf("direct.onnx")))).toBe(true);
  });

  test("of quantized weights answers as llama.cpp does from the quantized file", async () => {
    writeQuantizedGguf(pathOf("m.gguf"), pathOf("q8.gguf"), "Q8_0");
    writeOnnxOfGguf(pathOf("q8.gguf"), pathOf("q8.onnx"));
    const [ours, theirs] = [await nextLogs(loadOnnxRuntime(), pathOf("q8.onnx")), await nextLogs(loadLlamaRuntime(), pathOf("q8.gguf"))];
    // llama.cpp also rounds activations to 8 bits.
    ours.forEach((log, token) => { expect(Math.abs(log - theirs[token]!)).toBeLessThan(0.3); });
  });

  test("is not written for tokenizers of another kind", () => {
    writeLlamaGguf(pathOf("foreign.gguf"), randomModel(), "F16");
    expect(() => writeOnnxOfGguf(pathOf("foreign.gguf"), pathOf("foreign.onnx"))).toThrow(DataError);
    expect(() => writeOnnxOfGguf(pathOf("foreign.gguf"), pathOf("foreign.onnx"))).toThrow(/number special tokens first/);
    expect(existsSync(pathOf("foreign.onnx"))).toBe(false);
  });
});
