import { describe, expect, test } from "vitest";
import { DataError } from "../core/errors.js";
import { expectClose } from "../models/graph/gradient.contract.js";
import { sampleWeights } from "../models/llama/initial-weights.js";
import { inferenceModel, shapeOfModel } from "../models/llama/llama-inference.js";
import { headSizeOf, type LlamaShape, weightSpecs } from "../models/llama/llama-shape.js";
import { decodeOnnx, encodeOnnx } from "../models/onnx/onnx-model.js";
import { floatsOf, openSession, type Session, tensorOver } from "../models/onnx/open-session.js";
import { randomBatch, TOY_SHAPE } from "./toy-batches.test-data.js";
import { batchTensors } from "./trainer.js";
import { evaluationModel } from "./training-graph.js";

const WIDE: LlamaShape = { ...TOY_SHAPE, width: 64 };
const SHAPES: readonly LlamaShape[] = [WIDE, { ...WIDE, kvHeads: 4, isTied: false }, { ...WIDE, kvHeads: 1, ropeBase: 500 }];
const BATCH = 3, LENGTH = 6;

/** Logits of the training graph and of the model for use agree to this, relative to the largest. */
const TOLERANCE = 2e-5;

function strongWeights(shape: LlamaShape): Map<string, Float32Array> {
  return new Map([...sampleWeights(shape, 5)].map(([name, data]) => [name, data.map((x) => (name.includes("norm") ? x : 12 * x))]));
}

/** Runs the model for use on some columns of the tokens, after the columns that the cache holds. */
async function runColumns(session: Session, shape: LlamaShape, tokens: BigInt64Array, from: number, to: number, cache: Record<string, Float32Array>): Promise<Float32Array> {
  const columns = BigInt64Array.from({ length: BATCH * (to - from) }, (_, i) => tokens[Math.floor(i / (to - from)) * LENGTH + from + i % (to - from)]!);
  const past = [BATCH, shape.kvHeads, from, headSizeOf(shape)], layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  const caches = layers.flatMap((layer) => ["Keys", "Values"].map((kind) => [`past${kind}.${layer}`, tensorOver(cache[`${kind.toLowerCase()}.${layer}`] ?? new Float32Array(), past)] as const));
  const outputs = await session.run({
    tokens: tensorOver(columns, [BATCH, to - from]), lastPlaces: tensorOver(new Int32Array(BATCH).fill(to - 1), [BATCH]), totalLength: tensorOver(Int32Array.of(to), []), ...Object.fromEntries(caches),
  });
  for (const layer of layers) for (const kind of ["keys", "values"]) cache[`${kind}.${layer}`] = floatsOf(outputs, `${kind}.${layer}`);
  return floatsOf(outputs, "logits");
}

describe("the exported model", () => {
  test.each(SHAPES)("gives the logits of the training graph, from a prompt at once and token by token ($kvHeads key heads)", async (shape) => {
    const weights = strongWeights(shape), batch = randomBatch(1, 1, shape, BATCH, LENGTH), evaluation = await openSession(evaluationModel(shape, batch), { threads: 1 });
    const held = Object.fromEntries(weightSpecs(shape).map(({ name, shape: sizes }) => [name, tensorOver(weights.get(name)!, sizes)]));
    const expected = floatsOf(await evaluation.run({ ...held, ...batchTensors(batch) }), "logits");
    const columnsOf = (from: number, to: number): number[] => Array.from({ length: BATCH }, (_, row) => [...expected.subarray((row * LENGTH + from) * shape.vocabulary, (row * LENGTH + to) * shape.vocabulary)]).flat();
    const session = await openSession(decodeOnnx(encodeOnnx(inferenceModel(shape, weights)), "exported"), { threads: 1 });
    expectClose(await runColumns(session, shape, batch.tokens, 0, LENGTH, {}), expected, TOLERANCE, "whole prompt");
    const cache = {};
    for (const [from, to] of [[0, 3], [3, 4], [4, 5], [5, 6]] as const) {
      expectClose(await runColumns(session, shape, batch.tokens, from, to, cache), columnsOf(from, to), TOLERANCE, `tokens ${from} to ${to}`);
    }
    await evaluation.release();
    await session.release();
  });

  test("says its shape, and a model without one is refused", () => {
    const model = inferenceModel(WIDE, strongWeights(WIDE));
    expect(shapeOfModel(decodeOnnx(encodeOnnx(model), "m"), "m")).toEqual(WIDE);
    expect(() => shapeOfModel({ ...model, properties: [] }, "m.onnx")).toThrow(DataError);
  });

  test("is refused for heads that the operator cannot work with", () => {
    expect(() => inferenceModel(TOY_SHAPE, strongWeights(TOY_SHAPE))).toThrow(/have heads of a multiple of 16 numbers; got 2/);
  });
});
