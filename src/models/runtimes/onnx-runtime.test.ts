import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DataError, LimitError } from "../../core/errors.js";
import { writeLlamaOnnx } from "../onnx/write-llama-onnx.js";
import { writeLlamaGguf } from "../quantize/write-llama-gguf.js";
import { ggufTokenizer } from "../tokenizer/gguf-tokenizer.js";
import { learnTokenizer } from "../tokenizer/learn-tokenizer.js";
import { loadLlamaRuntime } from "./load-llama-runtime.js";
import { loadOnnxRuntime } from "./load-onnx-runtime.js";
import { randomModel, SMALL_SHAPE } from "./random-model.fixture.js";
import type { LoadedModel, Runtime } from "./runtime.js";
import { testRuntime } from "./runtime.contract.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-onnx-")), path = join(folder, "model.onnx");
afterAll(() => { rmSync(folder, { recursive: true }); });

const tokenizer = learnTokenizer(["the other one, the other one in there"], { size: SMALL_SHAPE.vocabulary, specials: ["<end>"] });
const parts = { ...randomModel(), tokenizer: ggufTokenizer(tokenizer, "<end>") }, tokenized = { shape: SMALL_SHAPE, tokenizer, endName: "<end>" };
writeLlamaOnnx(path, tokenized, parts.weights);

/** Float32 throughout; the reference sums in float64. Nats. */
const TOLERANCE = 1e-4;

describe("ONNX Runtime", () => { testRuntime({ runtime: loadOnnxRuntime, path, parts, tolerance: TOLERANCE }); });

describe("files that it cannot use", () => {
  const load = (file: string): Promise<LoadedModel> => loadOnnxRuntime().load(file, { contextTokens: 256 });

  test("are refused: absent, cut, foreign", async () => {
    const cut = join(folder, "cut.onnx"), foreign = join(folder, "foreign.onnx");
    writeFileSync(cut, readFileSync(path).subarray(0, 1_000_000));
    writeFileSync(foreign, "hello");
    await expect(load(cut)).rejects.toThrow(DataError);
    await expect(load(foreign)).rejects.toThrow(DataError);
    await expect(load(join(folder, "absent.onnx"))).rejects.toThrow(/readable file/);
  });

  test("are refused when weights are no numbers, naming the tensor", async () => {
    const weights = new Map(parts.weights), broken = weights.get("blk.0.ffn_down.weight")!.slice(), file = join(folder, "nan.onnx");
    broken[77] = NaN;
    writeLlamaOnnx(file, tokenized, weights.set("blk.0.ffn_down.weight", broken));
    await expect(load(file)).rejects.toThrow(/blk\.0\.ffn_down\.weight must hold finite weights.*weight 77/s);
  });

  test("are not written with a tokenizer of another size, and no context is longer than that of the model", async () => {
    expect(() => writeLlamaOnnx(join(folder, "size.onnx"), { ...tokenized, shape: { ...SMALL_SHAPE, vocabulary: 300 } }, parts.weights)).toThrow(DataError);
    await expect(loadOnnxRuntime().load(path, { contextTokens: 513 })).rejects.toThrow(LimitError);
  });
});

describe("both runtimes", () => {
  const text = "the other one in there: the one", logsOf = async (runtime: Runtime, file: string): Promise<Float64Array> => {
    const model = await runtime.load(file, { contextTokens: 256, threads: 1 }), sequence = model.openSequence();
    await sequence.prefill(model.encode(text));
    const logs = await sequence.nextLogProbabilities();
    await model.dispose();
    return logs;
  };
  /** llama.cpp keeps keys and values in 16 bits. Nats; largest over the vocabulary. */
  const HALF_TOLERANCE = 0.03;

  test.each(["F32", "F16"] as const)("give one distribution for one text, from ONNX and GGUF %s", async (kind) => {
    const gguf = join(folder, `${kind}.gguf`);
    writeLlamaGguf(gguf, parts, kind);
    const found = await logsOf(loadLlamaRuntime(), gguf), expected = await logsOf(loadOnnxRuntime(), path);
    expect(Math.max(...found.map((log, token) => Math.abs(log - expected[token]!)))).toBeLessThan(HALF_TOLERANCE);
  });
});
