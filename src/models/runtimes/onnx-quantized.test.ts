import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../core/errors.js";
import { storedWeightsOf } from "../onnx/llama-onnx.js";
import { loadLlamaOnnx } from "../onnx/load-llama-onnx.js";
import { writeLlamaOnnx } from "../onnx/write-llama-onnx.js";
import { PACKED_KINDS, type PackedKind, type StoredWeight, type StoredWeights, unpackWeight } from "../quantize/packed-matrix.js";
import { storeWeights } from "../quantize/store-weights.js";
import { learnTokenizer } from "../tokenizer/learn-tokenizer.js";
import { loadOnnxRuntime } from "./load-onnx-runtime.js";
import { randomModel, SMALL_SHAPE } from "./random-model.fixture.js";
import { logSoftmax, referenceForward } from "./reference-forward.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-onnx-packed-"));
afterAll(() => { rmSync(folder, { recursive: true }); });

const tokenizer = learnTokenizer(["the other one, the other one in there"], { size: SMALL_SHAPE.vocabulary, specials: ["<end>"] });
const { weights } = randomModel(), tokens = Array.from({ length: 24 }, (_, i) => (i * 37) % 256);
const write = (name: string, stored: StoredWeights): string => {
  const path = join(folder, `${name}.onnx`);
  writeLlamaOnnx(path, { shape: SMALL_SHAPE, tokenizer, endName: "<end>" }, stored);
  return path;
};
const original = write("float32", weights);

/** Sizes of the whole file against float32, table of angles and tokenizer included. Of the weights alone: (8 + 1/8) / 32, 9/32 and, with the tokens in 9 bits, 5.2/32. */
const RATIOS: Readonly<Record<PackedKind, number>> = { "int8": 0.27, "int8-block": 0.3, "int4-block": 0.18 };
/** ONNX Runtime rounds activations to 8 bits for these kinds, which the reference does not do. Nats; measured 0.06 to 0.14, half as much again. */
const ROUNDED_ACTIVATIONS = 0.2;

/** A batch adds up in another order. Nats. */
const SUMMED_OTHERWISE = 1e-4;

function bytesOf(weight: StoredWeight): Buffer {
  if (weight instanceof Float32Array) return Buffer.from(weight.buffer, weight.byteOffset, weight.byteLength);
  if (weight.kind === "factors") return Buffer.concat([bytesOf(weight.left), bytesOf(weight.right)]);
  return Buffer.concat([Buffer.from(weight.kind), Buffer.from(weight.codes.buffer), bytesOf(weight.scales)]);
}

describe.each(PACKED_KINDS)("an ONNX file in %s", (kind) => {
  const stored = storeWeights(SMALL_SHAPE, weights, kind), path = write(kind, stored);

  test("holds what was written", () => {
    const found = storedWeightsOf(loadLlamaOnnx(path), path);
    expect([...found.keys()]).toEqual([...stored.keys()]);
    for (const [name, weight] of found) expect(bytesOf(weight).equals(bytesOf(stored.get(name)!)), name).toBe(true);
  });

  test("is as small as it should be", () => { expect(statSync(path).size / statSync(original).size).toBeLessThan(RATIOS[kind]); });

  test("gives what the reference gives with its weights unpacked", async () => {
    const unpacked = new Map([...stored].map(([name, weight]) => [name, unpackWeight(weight)])), { logits } = referenceForward(SMALL_SHAPE, unpacked, tokens);
    const model = await loadOnnxRuntime().load(path, { contextTokens: 256, threads: 1 }), sequence = model.openSequence();
    await sequence.prefill(tokens.slice(0, 1));
    const scores = await sequence.scoreTokens(tokens.slice(1));
    await model.dispose();
    const worst = Math.max(...Array.from(scores, (score, i) => Math.abs(score - logSoftmax(logits[i]!)[tokens[i + 1]!]!)));
    expect(worst).toBeLessThan(ROUNDED_ACTIVATIONS);
  });

  test("answers a sequence as if it were alone, also beside another one", async () => {
    const model = await loadOnnxRuntime().load(path, { contextTokens: 256, sequences: 2, threads: 1 }), sequences = [model.openSequence(), model.openSequence()];
    await sequences[0]!.prefill(tokens);
    await sequences[1]!.prefill(tokens.slice(9));
    const alone = await sequences[0]!.nextLogProbabilities(), [together] = await Promise.all(sequences.map((sequence) => sequence.nextLogProbabilities()));
    await model.dispose();
    expect(Math.max(...alone.map((log, token) => Math.abs(log - together![token]!)))).toBeLessThan(SUMMED_OTHERWISE);
  });

  test("is not quantized again", () => { expect(() => storeWeights(SMALL_SHAPE, stored, kind)).toThrow(DataError); });
});
