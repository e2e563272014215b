import { describe, expect, test } from "vitest";
import { sampleWeights } from "../llama/initial-weights.js";
import { inferenceModel } from "../llama/llama-inference.js";
import type { LlamaShape } from "../llama/llama-shape.js";
import { openSession } from "../onnx/open-session.js";
import { completeBatch, type ServedModel } from "./complete-batch.js";
import { referenceForward } from "./reference-forward.js";

const SHAPE: LlamaShape = { vocabulary: 40, width: 64, layers: 2, heads: 4, kvHeads: 2, feedForward: 96, context: 24, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true };
const weights = new Map([...sampleWeights(SHAPE, 8)].map(([name, data]) => [name, data.map((x) => (name.includes("norm") ? x : 8 * x))]));
const PROMPTS = [[1, 2, 3, 4], [7, 7, 8, 9], [30, 2, 11, 5]];

/** The likeliest next tokens, each from the whole sequence anew. */
function completeSlowly(prompt: readonly number[], count: number): number[] {
  const tokens = [...prompt];
  for (let i = 0; i < count; i++) {
    const logits = referenceForward(SHAPE, weights, tokens).logits.at(-1)!;
    tokens.push(logits.indexOf(Math.max(...logits)));
  }
  return tokens.slice(prompt.length);
}

async function completed(endToken: number, maxTokens: number): Promise<(number[] | undefined)[]> {
  const session = await openSession(inferenceModel(SHAPE, weights), { threads: 1 }), model: ServedModel = { session, shape: SHAPE, endToken };
  const found = await completeBatch(model, PROMPTS, maxTokens);
  await session.release();
  return found;
}

describe("completions of prompts side by side", () => {
  const expected = PROMPTS.map((prompt) => completeSlowly(prompt, 8));

  test("are those of each prompt alone, up to the end token, and none where that does not come", async () => {
    const end = expected[0]![3]!, upToEnd = (tokens: readonly number[]): number[] | undefined => (tokens.includes(end) ? tokens.slice(0, tokens.indexOf(end)) : undefined);
    expect(await completed(end, 8)).toEqual(expected.map(upToEnd));
    expect(upToEnd(expected[0]!)).toBeDefined();
  });

  test("end at the context and at the wish", async () => {
    const never = Array.from({ length: SHAPE.vocabulary }, (_, token) => token).find((token) => !expected.flat().includes(token))!;
    expect(await completed(never, 4)).toEqual([undefined, undefined, undefined]);
    expect(await completed(never, 1000)).toEqual([undefined, undefined, undefined]);
  });
});
