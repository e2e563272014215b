import { describe, expect, test } from "vitest";
import { expectGradients } from "../models/graph/gradient.contract.js";
import { emitOnnx } from "../models/graph/emit-onnx.js";
import { Graph, type Value } from "../models/graph/graph.js";
import { floatsOf, openSession } from "../models/onnx/open-session.js";
import { distillationLoss } from "./distillation.js";

const TAUGHT = Float32Array.of(1, -0.5, 0.25, 2, 0.1, -1, 0, 0.7), RIGHT = [2, 1];

function softmaxOf(logits: readonly number[], temperature: number): number[] {
  const powers = logits.map((logit) => Math.exp(logit / temperature)), total = powers.reduce((sum, x) => sum + x, 0);
  return powers.map((x) => x / total);
}

/** By the definition. */
function lossOf(logits: readonly number[], taught: readonly number[], right: number, temperature: number, share: number): number {
  const p = softmaxOf(taught, temperature), q = softmaxOf(logits, temperature);
  return -(1 - share) * Math.log(softmaxOf(logits, 1)[right]!) + share * temperature ** 2 * p.reduce((sum, x, i) => sum + x * Math.log(x / q[i]!), 0);
}

const build = (temperature: number, share: number) => ([logits]: readonly Value[]): Value => {
  const { graph } = logits!;
  return distillationLoss(logits!, graph.constant(TAUGHT, [2, 4]), graph.constant(BigInt64Array.from(RIGHT, BigInt), [2, 1]), { temperature, share });
};

describe("the loss of distillation", () => {
  test.each([[1, 1], [2, 0.5], [4, 0.9], [3, 0]])("at temperature %d and share %d is that of its definition, with the gradient of its differences", async (temperature, share) => {
    await expectGradients({
      inputs: [{ shape: [2, 4] }], build: build(temperature, share),
      formula: ([logits]) => [0, 1].map((row) => lossOf([...logits!.subarray(4 * row, 4 * row + 4)], [...TAUGHT.subarray(4 * row, 4 * row + 4)], RIGHT[row]!, temperature, share)),
    });
  });

  test("is nothing for a learner whose logits are its teacher's but for a constant", async () => {
    const graph = new Graph(), logits = graph.constant(TAUGHT.map((x) => x + 3), [2, 4]), columns = graph.constant(BigInt64Array.of(0n, 0n), [2, 1]);
    const session = await openSession(emitOnnx(graph, { loss: distillationLoss(logits, graph.constant(TAUGHT, [2, 4]), columns, { temperature: 2, share: 1 }) }), { threads: 1 });
    for (const loss of floatsOf(await session.run({}), "loss")) expect(loss).toBeCloseTo(0, 6);
    await session.release();
  });
});
