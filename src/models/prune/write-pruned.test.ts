import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../core/errors.js";
import { parseLlamaShape } from "../gguf/llama-gguf.js";
import { loadGguf } from "../gguf/load-gguf.js";
import { loadLlamaOnnx } from "../onnx/load-llama-onnx.js";
import { storedWeightsOf } from "../onnx/llama-onnx.js";
import { writeLlamaOnnx } from "../onnx/write-llama-onnx.js";
import { writeQuantizedOnnx } from "../onnx/write-quantized-onnx.js";
import { dequantize } from "../quantize/dequantize.js";
import { unpackWeight } from "../quantize/packed-matrix.js";
import { writeLlamaGguf } from "../quantize/write-llama-gguf.js";
import { writeQuantizedGguf } from "../quantize/write-quantized-gguf.js";
import { loadModelFormat, loadRuntimeFor } from "../runtimes/load-model-file.js";
import { randomModel, SMALL_SHAPE } from "../runtimes/random-model.fixture.js";
import { logSoftmax, referenceForward, type ReferenceWeights } from "../runtimes/reference-forward.js";
import { ggufTokenizer } from "../tokenizer/gguf-tokenizer.js";
import { learnTokenizer } from "../tokenizer/learn-tokenizer.js";
import type { LlamaShape } from "../llama/llama-shape.js";
import { writePruned } from "./write-pruned.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-pruned-")), pathOf = (name: string): string => join(folder, name);
afterAll(() => { rmSync(folder, { recursive: true }); });

const SHAPE: LlamaShape = { ...SMALL_SHAPE, width: 64, heads: 4, kvHeads: 2, feedForward: 128 }, { weights } = randomModel(SHAPE);
const tokenizer = learnTokenizer(["the other one, the other one in there"], { size: SHAPE.vocabulary, specials: ["<end>"] });
writeLlamaGguf(pathOf("m.gguf"), { name: "m", shape: SHAPE, weights, tokenizer: ggufTokenizer(tokenizer, "<end>") }, "F16");
writeLlamaOnnx(pathOf("m.onnx"), { shape: SHAPE, tokenizer, endName: "<end>" }, weights);

const TOKENS = [5, 90, 17, 201, 33, 60];
/** llama.cpp keeps keys and values in 16 bits. Nats. */
const TOLERANCE = 0.03;

async function scoresOf(path: string): Promise<Float64Array> {
  const model = await loadRuntimeFor(loadModelFormat(path)).load(path, { contextTokens: 256, threads: 1 }), sequence = model.openSequence();
  await sequence.prefill(TOKENS.slice(0, 1));
  const scores = await sequence.scoreTokens(TOKENS.slice(1));
  await model.dispose();
  return scores;
}

function readBack(path: string): { readonly shape: LlamaShape; readonly weights: ReferenceWeights } {
  if (path.endsWith(".onnx")) {
    const file = loadLlamaOnnx(path);
    return { shape: file.shape, weights: new Map([...storedWeightsOf(file, path)].map(([name, weight]) => [name, unpackWeight(weight)])) };
  }
  const file = loadGguf(path), found = new Map(file.tensors.map((tensor) => [tensor.name, dequantize(tensor.kind, file.readBytes(tensor))]));
  file.close();
  return { shape: parseLlamaShape(file, path), weights: found };
}

const zeroShare = (matrix: Float32Array): number => matrix.filter((number) => number === 0).length / matrix.length;

describe.each(["gguf", "onnx"] as const)("a pruned %s file", (format) => {
  const source = pathOf(`m.${format}`), prune = (name: string, steps: Parameters<typeof writePruned>[3]): string => {
    writePruned(format, source, pathOf(`${name}.${format}`), steps);
    return pathOf(`${name}.${format}`);
  };

  test("runs, and gives what the reference gives with the weights it holds", async () => {
    const path = prune("all", { channels: 96, heads: 1, smallest: 0.25 }), found = readBack(path), { logits } = referenceForward(found.shape, found.weights, TOKENS), scores = await scoresOf(path);
    expect(found.shape).toMatchObject({ feedForward: 96, layers: SHAPE.layers, width: SHAPE.width });
    scores.forEach((score, i) => { expect(Math.abs(score - logSoftmax(logits[i]!)[TOKENS[i + 1]!]!)).toBeLessThan(TOLERANCE); });
  });

  test("is smaller by the channels taken out, and holds the share of zeros wished for", () => {
    const { bytesBefore, bytesAfter } = writePruned(format, source, pathOf(`half.${format}`), { channels: 64 }), taken = 3 * 64 * 64 * SHAPE.layers * (format === "gguf" ? 2 : 4);
    expect(Math.abs(bytesBefore - bytesAfter - taken)).toBeLessThan(64);
    const { weights: sparse } = readBack(prune("sparse", { smallest: 0.5 }));
    expect(zeroShare(sparse.get("blk.0.attn_q.weight")!)).toBeGreaterThanOrEqual(0.5);
    expect(zeroShare(sparse.get("blk.0.attn_q.weight")!)).toBeLessThan(0.51);
    expect(zeroShare(sparse.get("token_embd.weight")!)).toBe(0);
  });

  test("with nothing taken away holds the weights of the original", () => {
    const { weights: same } = readBack(prune("same", { channels: 128, heads: 2, smallest: 0 })), { weights: original } = readBack(source);
    for (const [name, numbers] of same) expect(numbers).toEqual(original.get(name));
  });

  test.each([{ channels: 0 }, { channels: 129 }, { heads: 3 }, { smallest: 1.5 }, { smallest: NaN }])("is not written for %j", (steps) => {
    expect(() => writePruned(format, source, pathOf(`none.${format}`), steps)).toThrow(ConfigError);
    expect(readdirSync(folder).filter((name) => name.includes("none"))).toEqual([]);
  });

  test("is not made of a quantized one", () => {
    const small = pathOf(`q.${format}`);
    if (format === "gguf") writeQuantizedGguf(source, small, "Q8_0"); else writeQuantizedOnnx(source, small, "int8");
    expect(() => writePruned(format, small, pathOf(`none.${format}`), { smallest: 0.1 })).toThrow(DataError);
  });
});

describe("low rank", () => {
  test("makes an ONNX file smaller, and quantizing comes on top", async () => {
    const path = pathOf("rank.onnx"), quantized = pathOf("rank-q.onnx"), { bytesBefore, bytesAfter } = writePruned("onnx", pathOf("m.onnx"), path, { rank: 32 });
    // Of the matrices of a layer only those of the feed-forward part are larger than two factors of rank 32 and side 64.
    expect(Math.abs(bytesBefore - bytesAfter - 4 * SHAPE.layers * 3 * (64 * 128 - 32 * (64 + 128)))).toBeLessThan(8000);
    const found = readBack(path), { logits } = referenceForward(found.shape, found.weights, TOKENS), scores = await scoresOf(path);
    scores.forEach((score, i) => { expect(Math.abs(score - logSoftmax(logits[i]!)[TOKENS[i + 1]!]!)).toBeLessThan(1e-4); });
    expect(writeQuantizedOnnx(path, quantized, "int8-block").bytesAfter).toBeLessThan(0.5 * bytesAfter);
    expect(loadLlamaOnnx(quantized).weightBytes).toBeLessThan(0.35 * loadLlamaOnnx(path).weightBytes);
    expect((await scoresOf(quantized)).every(Number.isFinite)).toBe(true);
  });

  test("is refused for GGUF and for ranks that there are not", () => {
    expect(() => writePruned("gguf", pathOf("m.gguf"), pathOf("none.gguf"), { rank: 8 })).toThrow(/--rank must be given for ONNX files only/);
    for (const rank of [0, 65, 1.5]) expect(() => writePruned("onnx", pathOf("m.onnx"), pathOf("none.onnx"), { rank })).toThrow(ConfigError);
  });
});
