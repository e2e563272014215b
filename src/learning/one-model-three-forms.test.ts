import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { weightSpecs } from "../models/llama/llama-shape.js";
import { floatsOf, openSession, tensorOver } from "../models/onnx/open-session.js";
import { writeLlamaOnnx } from "../models/onnx/write-llama-onnx.js";
import { halfToNumber, numberToHalf } from "../models/quantize/half-floats.js";
import { writeLlamaGguf } from "../models/quantize/write-llama-gguf.js";
import { loadModelFormat, loadRuntimeFor } from "../models/runtimes/load-model-file.js";
import { randomModel, SMALL_SHAPE } from "../models/runtimes/random-model.fixture.js";
import { logSoftmax } from "../models/runtimes/reference-forward.js";
import { ggufTokenizer } from "../models/tokenizer/gguf-tokenizer.js";
import { learnTokenizer } from "../models/tokenizer/learn-tokenizer.js";
import { batchOfRows } from "./training-batch.js";
import { batchTensors } from "./trainer.js";
import { evaluationModel } from "./training-graph.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-forms-"));
afterAll(() => { rmSync(folder, { recursive: true }); });

/** Width 256, two queries per key. Weights are halves, so that a file in 16 bits holds the very same numbers. */
const shape = SMALL_SHAPE, weights = new Map([...randomModel(shape, 4).weights].map(([name, numbers]) => [name, numbers.map((number) => halfToNumber(numberToHalf(number)))]));
const tokens = [5, 90, 17, 201, 33, 60, 8, 250, 111, 2, 77, 140], { vocabulary } = shape;
const tokenizer = learnTokenizer(["the other one, the other one in there"], { size: vocabulary, specials: ["<end>"] });

/** ln p of every token after each of `tokens`. */
type Distributions = readonly Float64Array[];
let trained: Distributions;

async function fromTrainingGraph(): Promise<Distributions> {
  const batch = batchOfRows([[...tokens, 0]]), session = await openSession(evaluationModel(shape, batch), { threads: 1 });
  const held = Object.fromEntries(weightSpecs(shape).map(({ name, shape: sizes }) => [name, tensorOver(weights.get(name)!, sizes)]));
  const logits = floatsOf(await session.run({ ...held, ...batchTensors(batch) }), "logits").slice();
  await session.release();
  return tokens.map((_, row) => logSoftmax(Float64Array.from(logits.subarray(row * vocabulary, (row + 1) * vocabulary))));
}

async function fromFile(path: string): Promise<Distributions> {
  const model = await loadRuntimeFor(loadModelFormat(path)).load(path, { contextTokens: 256, threads: 1 }), sequence = model.openSequence(), found: Float64Array[] = [];
  for (const token of tokens) {
    await sequence.prefill([token]);
    found.push(await sequence.nextLogProbabilities());
  }
  await model.dispose();
  return found;
}

function largestDifference(a: Distributions, b: Distributions): number {
  return Math.max(...a.map((logs, row) => Math.max(...logs.map((log, token) => Math.abs(log - b[row]![token]!)))));
}

describe("one model as training graph, ONNX file and GGUF file in F16", () => {
  beforeAll(async () => {
    writeLlamaOnnx(join(folder, "m.onnx"), { shape, tokenizer, endName: "<end>" }, weights);
    writeLlamaGguf(join(folder, "m.gguf"), { name: "m", shape, weights, tokenizer: ggufTokenizer(tokenizer, "<end>") }, "F16");
    trained = await fromTrainingGraph();
  });

  /** Largest over 12 positions and 264 tokens, in nats. ONNX Runtime works in float32 in both; llama.cpp keeps keys, values and activations in 16 bits. */
  test.each([["m.onnx", 1e-4], ["m.gguf", 0.03]] as const)("%s gives the distributions of the training graph to %d nats", async (name, tolerance) => {
    const found = await fromFile(join(folder, name));
    expect(largestDifference(found, trained)).toBeLessThan(tolerance);
    // Distributions with peaks: agreement says something.
    expect(Math.max(...trained.map((logs) => Math.max(...logs) - Math.min(...logs)))).toBeGreaterThan(3);
  });
});
