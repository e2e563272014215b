import { describe, expect, test } from "vitest";
import { ConfigError } from "../core/errors.js";
import { sampleWeights, type Weights } from "../models/llama/initial-weights.js";
import { type LlamaShape, weightSpecs } from "../models/llama/llama-shape.js";
import { floatsOf, openSession, tensorOver } from "../models/onnx/open-session.js";
import { deriveWeights, type LayerSource } from "./derive-weights.js";
import { USUAL_ADAMW } from "./adamw-graph.js";
import { randomBatch, TOY_SHAPE } from "./toy-batches.test-data.js";
import { batchTensors, Trainer } from "./trainer.js";
import { evaluationModel } from "./training-graph.js";
import { startTraining, weightsOf } from "./training-state.js";

const DEEP: LlamaShape = { ...TOY_SHAPE, layers: 4 }, parent = { shape: DEEP, weights: strongWeights(DEEP) };

function strongWeights(shape: LlamaShape): Weights {
  return new Map([...sampleWeights(shape, 5)].map(([name, data]) => [name, data.map((x) => (name.includes("norm") ? x : 12 * x))]));
}

async function logitsOf(shape: LlamaShape, weights: Weights): Promise<Float32Array> {
  const batch = randomBatch(1, 1, shape), session = await openSession(evaluationModel(shape, batch), { threads: 1 });
  const held = Object.fromEntries(weightSpecs(shape).map(({ name, shape: sizes }) => [name, tensorOver(weights.get(name)!, sizes)]));
  const logits = floatsOf(await session.run({ ...held, ...batchTensors(batch) }), "logits");
  await session.release();
  return logits;
}

/** The parent with the outputs of some of its layers silenced. */
function silenced(layers: readonly number[]): Weights {
  return new Map([...parent.weights].map(([name, data]) => [name, layers.some((layer) => name === `blk.${layer}.attn_output.weight` || name === `blk.${layer}.ffn_down.weight`) ? new Float32Array(data.length) : data]));
}

describe("a model that starts from another", () => {
  test.each([[[0, "new", 1, 2, 3]], [["new", 0, 1, "new", 2, 3, "new"]]] as LayerSource[][][])("with new layers among the old gives the same logits to the bit: %s", async (layers) => {
    const shape = { ...DEEP, layers: layers.length };
    expect(await logitsOf(shape, deriveWeights(parent, shape, layers, 3))).toEqual(await logitsOf(DEEP, parent.weights));
  });

  test("without some layers gives the logits of the parent with these silenced", async () => {
    const shape = { ...DEEP, layers: 2 }, found = await logitsOf(shape, deriveWeights(parent, shape, [0, 3], 3));
    expect(found).toEqual(await logitsOf(DEEP, silenced([1, 2])));
    expect(found).not.toEqual(await logitsOf(DEEP, parent.weights));
  });

  test("with fewer channels keeps the function when those left out were silent", async () => {
    const shape = { ...DEEP, feedForward: 7 }, { feedForward } = DEEP;
    const weights = new Map([...parent.weights].map(([name, data]) => [name, name.includes("ffn_down") ? data.map((x, i) => (i % feedForward < 5 ? 0 : x)) : data]));
    const found = await logitsOf(shape, deriveWeights({ shape: DEEP, weights }, shape, [0, 1, 2, 3], 3)), expected = await logitsOf(DEEP, weights);
    found.forEach((logit, i) => { expect(logit).toBeCloseTo(expected[i]!, 4); });
  });

  test("learns in its new layers from the first step on, with moments of its own, and leaves the parent as it was", async () => {
    const shape = { ...DEEP, layers: 5 }, before = parent.weights.get("token_embd.weight")!.slice(), state = startTraining(shape, deriveWeights(parent, shape, [0, 1, 2, 3, "new"], 3));
    for (const { firstMoment, secondMoment } of state.arrays.values()) expect([...firstMoment, ...secondMoment].every((x) => x === 0)).toBe(true);
    const trainer = await Trainer.open(state, { batch: 3, length: 6 }, USUAL_ADAMW, { threads: 1 });
    await trainer.takeStep(randomBatch(2, 1, shape), 0.01);
    for (const part of ["attn_output", "ffn_down"]) expect(weightsOf(state).get(`blk.4.${part}.weight`)!.some((x) => Math.abs(x) > 1e-3)).toBe(true);
    expect(parent.weights.get("token_embd.weight")).toEqual(before);
    await trainer.close();
  });

  test.each([
    [{ width: 16 }, [0, 1, 2, 3], /have the width of its parent, 8; got 16/], [{ kvHeads: 4 }, [0, 1, 2, 3], /have the kvHeads/], [{ feedForward: 24 }, [0, 1, 2, 3], /at most its parent's 12; got 24/],
    [{}, [0, 1, 2], /a source for each of its 4 layers/], [{}, [0, 1, 2, 4], /take layers 0 to 3 of its parent; got 4/],
  ] as const)("of other sizes, %o from %j, is refused", (sizes, layers, message) => {
    expect(() => deriveWeights(parent, { ...DEEP, ...sizes }, layers, 1)).toThrow(ConfigError);
    expect(() => deriveWeights(parent, { ...DEEP, ...sizes }, layers, 1)).toThrow(message);
  });
});
