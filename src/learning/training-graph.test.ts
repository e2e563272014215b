import { beforeAll, describe, expect, test } from "vitest";
import { expectClose } from "../models/graph/gradient.contract.js";
import { sampleWeights } from "../models/llama/initial-weights.js";
import { type LlamaShape, weightSpecs } from "../models/llama/llama-shape.js";
import { floatsOf, openSession, tensorOver } from "../models/onnx/open-session.js";
import { adamwRates, USUAL_ADAMW } from "./adamw-graph.js";
import { startTfjs, TfjsLlama } from "./tfjs-llama.js";
import { randomBatch, TOY_SHAPE } from "./toy-batches.test-data.js";
import { batchTensors, placeTensors, Trainer } from "./trainer.js";
import { batchOfRows, placesToLearn, type RowPlaces } from "./training-batch.js";
import { evaluationModel, gradientModel, trainingModel } from "./training-graph.js";
import { ARRAY_PREFIXES, startTraining } from "./training-state.js";

/** Larger than initial weights, so that attention is far from even and every path matters. */
function strongWeights(shape: LlamaShape): Map<string, Float32Array> {
  return new Map([...sampleWeights(shape, 5)].map(([name, data]) => [name, data.map((x) => (name.includes("norm") ? x : 12 * x))]));
}

const SHAPES: readonly [string, LlamaShape][] = [
  ["grouped queries, one table", TOY_SHAPE],
  ["a key head per query, own output", { ...TOY_SHAPE, kvHeads: 4, isTied: false }],
  ["one key head, one layer, base 100", { ...TOY_SHAPE, kvHeads: 1, layers: 1, ropeBase: 100 }],
];

describe("a small Llama in ONNX beside the same in TensorFlow.js", () => {
  beforeAll(startTfjs);

  test.each(SHAPES)("agrees on loss and every gradient to 2e-5: %s", async (_, shape) => {
    const weights = strongWeights(shape), batch = randomBatch(1, 1, shape), oracle = new TfjsLlama(shape, weights);
    const session = await openSession(gradientModel(shape, batch), { threads: 1 });
    const outputs = await session.run({ ...weightTensors(shape, weights), ...batchTensors(batch) }), expected = oracle.differentiate(batch);
    expect(floatsOf(outputs, "loss")[0]).toBeCloseTo(expected.loss, 5);
    for (const [name, gradient] of expected.gradients) {
      expect(gradient.some((x) => Math.abs(x) > 1e-4), `${name} has a gradient`).toBe(true);
      expectClose(floatsOf(outputs, `gradient.${name}`), gradient, 2e-5, name, 0);
    }
    oracle.dispose();
    await session.release();
  });

  test.each(SHAPES)("agrees on the loss of a lesson and every gradient to 2e-5: %s", async (_, shape) => {
    const weights = strongWeights(shape), batch = randomBatch(1, 1, shape), oracle = new TfjsLlama(shape, weights), other = { ...shape, width: 16, layers: 1, feedForward: 20 };
    const teacher = { shape: other, weights: strongWeights(other) }, share = { temperature: 2, share: 0.7 }, tutor = new TfjsLlama(other, teacher.weights);
    const session = await openSession(gradientModel(shape, batch, "learned", { teacher, ...share }), { threads: 1 });
    const outputs = await session.run({ ...weightTensors(shape, weights), ...batchTensors(batch), ...placeTensors(batch) }), expected = oracle.differentiate(batch, { teacher: tutor, ...share });
    expect(floatsOf(outputs, "loss")[0]).toBeCloseTo(expected.loss, 5);
    expect(Math.abs(expected.loss - oracle.differentiate(batch).loss)).toBeGreaterThan(0.1);
    for (const [name, gradient] of expected.gradients) expectClose(floatsOf(outputs, `gradient.${name}`), gradient, 2e-5, name, 0);
    for (const model of [oracle, tutor]) model.dispose();
    await session.release();
  });

  test("takes the same ten steps of AdamW, in place, to 1e-3 of the way", async () => {
    const shape = TOY_SHAPE, first = strongWeights(shape), state = startTraining(shape, first), oracle = new TfjsLlama(shape, first);
    const trainer = await Trainer.open(state, { batch: 3, length: 6 }, USUAL_ADAMW, { threads: 1 });
    for (let step = 1; step <= 10; step++) {
      const batch = randomBatch(2, step, shape), found = await trainer.takeStep(batch, 0.01), expected = oracle.step(batch, 0.01, USUAL_ADAMW);
      expect(found.loss).toBeCloseTo(expected.loss, 4);
      expect(found.gradientNorm).toBeCloseTo(expected.gradientNorm, 3);
      expect(expected.gradientNorm, "the gradient is cut").toBeGreaterThan(USUAL_ADAMW.largestNorm);
    }
    for (const { name } of weightSpecs(shape)) {
      const moved = state.arrays.get(name)!.weight.map((x, i) => x - first.get(name)![i]!), expected = oracle.weight(name).map((x, i) => x - first.get(name)![i]!);
      expect(expected.some((x) => Math.abs(x) > 0.02), `${name} moved`).toBe(true);
      expectClose(moved, expected, 1e-3, name, 0);
    }
    oracle.dispose();
    await trainer.close();
  });
});

describe("a step in place", () => {
  test("gives the bits of a step into new arrays, on one and two threads", async () => {
    const shape: LlamaShape = { ...TOY_SHAPE, vocabulary: 300, width: 64, feedForward: 160 }, size = { batch: 4, length: 16 }, batch = randomBatch(5, 1, shape, size.batch, size.length);
    for (const threads of [1, 2]) {
      const state = startTraining(shape, strongWeights(shape)), before = startTraining(shape, strongWeights(shape)), trainer = await Trainer.open(state, size, USUAL_ADAMW, { threads });
      await trainer.takeStep(batch, 0.01);
      const session = await openSession(trainingModel(shape, size, USUAL_ADAMW), { threads }), rates = Object.entries(adamwRates(1, 0.01, USUAL_ADAMW));
      const inputs = [...before.arrays].flatMap(([name, arrays]) => KINDS.map((kind) => [ARRAY_PREFIXES[kind] + name, tensorOver(arrays[kind], sizesOf(shape, name))] as const));
      const outputs = await session.run({ ...Object.fromEntries(inputs), ...batchTensors(batch), ...placeTensors(batch), ...Object.fromEntries(rates.map(([name, rate]) => [name, tensorOver(Float32Array.of(rate), [])])) });
      for (const [name, arrays] of state.arrays) for (const kind of KINDS) expect(arrays[kind], `${kind} of ${name}`).toEqual(floatsOf(outputs, `next.${ARRAY_PREFIXES[kind]}${name}`));
      expect(state.arrays.get("blk.0.ffn_up.weight")!.weight).not.toEqual(before.arrays.get("blk.0.ffn_up.weight")!.weight);
      await trainer.close();
      await session.release();
    }
  });
});

const KINDS = ["weight", "firstMoment", "secondMoment"] as const;

function sizesOf(shape: LlamaShape, name: string): readonly number[] { return weightSpecs(shape).find((spec) => spec.name === name)!.shape; }

describe("the loss", () => {
  test("of each example is the weighted mean over its tokens, and the whole that of all tokens", async () => {
    const shape = TOY_SHAPE, weights = strongWeights(shape), batch = randomBatch(3, 1, shape);
    batch.tokenWeights.set([0, 0, 0, 0, 0, 0, 0.5], 0);
    const session = await openSession(evaluationModel(shape, batch), { threads: 1 });
    const outputs = await session.run({ ...weightTensors(shape, weights), ...batchTensors(batch) });
    const logits = floatsOf(outputs, "logits"), losses = Array.from(batch.targets, (target, i) => -Math.log(softmaxShare(logits.subarray(11 * i, 11 * i + 11), Number(target))));
    const means = [0, 1, 2].map((row) => weightedMean(losses.slice(6 * row, 6 * row + 6), [...batch.tokenWeights.subarray(6 * row, 6 * row + 6)]));
    expect(means[0]).toBe(0);
    expectClose(floatsOf(outputs, "exampleLosses"), means, 1e-5, "losses of examples");
    expectClose(floatsOf(outputs, "loss"), [weightedMean(losses, [...batch.tokenWeights])], 1e-5, "loss");
    await session.release();
  });

  test("of a position does not depend on later tokens", async () => {
    const shape = TOY_SHAPE, weights = weightTensors(shape, strongWeights(shape)), batch = randomBatch(4, 1, shape, 1);
    const session = await openSession(evaluationModel(shape, batch), { threads: 1 });
    const logitsOf = async (): Promise<Float32Array> => floatsOf(await session.run({ ...weights, ...batchTensors(batch) }), "logits").slice(0, 5 * shape.vocabulary);
    const before = await logitsOf();
    batch.tokens[5] = (batch.tokens[5]! + 1n) % 11n;
    expect(await logitsOf()).toEqual(before);
    batch.tokens[4] = (batch.tokens[4]! + 1n) % 11n;
    expect(await logitsOf()).not.toEqual(before);
    await session.release();
  });
});

describe("texts in one row", () => {
  const ONE = [3, 1, 4, 1], OTHER = [9, 2, 6];
  const gradientsOn = async (shape: LlamaShape, rows: readonly (readonly number[])[], places: RowPlaces): Promise<Map<string, Float32Array>> => {
    const batch = batchOfRows(rows, places), session = await openSession(gradientModel(shape, batch), { threads: 1 });
    const outputs = await session.run({ ...weightTensors(shape, strongWeights(shape)), ...batchTensors(batch) });
    await session.release();
    return new Map(Object.keys(outputs).filter((name) => name !== "exampleLosses").map((name) => [name, floatsOf(outputs, name)]));
  };

  test.each(SHAPES)("are learned as if each had a row of its own: %s", async (_, shape) => {
    const together = await gradientsOn(shape, [[...ONE, ...OTHER, 0]], { isLearned: (_, place) => place % 4 !== 0 && place < 7, textNumber: (_, place) => (place < 4 ? 0 : 1) });
    const apart = await gradientsOn(shape, [[...ONE, 0, 0, 0, 0], [...OTHER, 0, 0, 0, 0, 0]], { isLearned: (row, place) => place > 0 && place < (row === 0 ? 4 : 3) });
    const seen = await gradientsOn(shape, [[...ONE, ...OTHER, 0]], { isLearned: (_, place) => place % 4 !== 0 && place < 7 });
    for (const [name, numbers] of apart) expectClose(together.get(name)!, numbers, 5e-6, name);
    expect(Math.abs(seen.get("loss")![0]! - apart.get("loss")![0]!)).toBeGreaterThan(0.01);
  });
});

describe("logits at learned positions alone", () => {
  test.each(SHAPES)("give the loss and every gradient of the whole, to rounding: %s", async (_, shape) => {
    const weights = weightTensors(shape, strongWeights(shape)), batch = randomBatch(6, 1, shape);
    batch.tokenWeights.set([0, 0.5, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0], 0);
    const places = BigInt64Array.of(1n, 4n, ...Array.from({ length: 6 }, (_, i) => BigInt(12 + i)), 5n), inputs = { ...weights, ...batchTensors(batch) };
    const whole = await openSession(gradientModel(shape, batch), { threads: 1 }), part = await openSession(gradientModel(shape, batch, "learned"), { threads: 1 });
    const expected = await whole.run(inputs), found = await part.run({ ...inputs, places: tensorOver(places, [places.length]) });
    for (const name of Object.keys(expected)) expectClose(floatsOf(found, name), floatsOf(expected, name), 2e-6, name);
    expect(floatsOf(expected, "gradient.blk.0.attn_q.weight").some((x) => Math.abs(x) > 0.01)).toBe(true);
    await whole.release();
    await part.release();
  });

  test("are filled up to a multiple of 128 with others, each once and in order", () => {
    const batchWith = (isLearned: (row: number, place: number) => boolean): bigint[] => [...placesToLearn(batchOfRows(Array.from({ length: 4 }, () => new Array<number>(101).fill(0)), { isLearned }))];
    const some = batchWith((row, place) => row === 3 && place > 98);
    expect(some).toEqual([...Array.from({ length: 126 }, (_, i) => BigInt(i)), 398n, 399n]);
    expect(batchWith(() => false)).toHaveLength(128);
    expect(batchWith((row) => row > 0)).toHaveLength(384);
    expect(batchWith(() => true)).toEqual(Array.from({ length: 400 }, (_, i) => BigInt(i)));
  });
});

function weightTensors(shape: LlamaShape, weights: ReadonlyMap<string, Float32Array>): Record<string, ReturnType<typeof tensorOver>> {
  return Object.fromEntries(weightSpecs(shape).map(({ name, shape: sizes }) => [name, tensorOver(weights.get(name)!, sizes)]));
}

function softmaxShare(logits: Float32Array, i: number): number { return Math.exp(logits[i]!) / logits.reduce((sum, x) => sum + Math.exp(x), 0); }

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, x) => sum + x, 0);
  return total === 0 ? 0 : values.reduce((sum, x, i) => sum + x * weights[i]!, 0) / total;
}
