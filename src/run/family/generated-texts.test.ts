import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TokenizedText } from "../../learning/text-rows.js";
import { sampleWeights } from "../../models/llama/initial-weights.js";
import { inferenceModel } from "../../models/llama/llama-inference.js";
import type { LlamaShape } from "../../models/llama/llama-shape.js";
import { openSession, type Session } from "../../models/onnx/open-session.js";
import { completeBatch } from "../../models/runtimes/complete-batch.js";
import { GeneratedTexts } from "./generated-texts.js";

const SHAPE: LlamaShape = { vocabulary: 12, width: 32, layers: 1, heads: 2, kvHeads: 1, feedForward: 32, context: 20, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true }, END = 3;
const weights = new Map([...sampleWeights(SHAPE, 4)].map(([name, data]) => [name, data.map((x) => (name.includes("norm") ? x : 9 * x))]));

/** Even numbers have a prompt, odd ones are running text of six tokens. */
function textAt(index: number): TokenizedText {
  const token = (place: number): number => (11 * index + 5 * place) % 12, tokens = Array.from({ length: 6 }, (_, place) => token(place));
  return index % 2 === 0 ? { prompt: tokens.slice(0, 2 + index % 3), completion: [1] } : { prompt: [], completion: tokens };
}

describe("texts as a teacher tells them", () => {
  let session: Session;
  beforeAll(async () => { session = await openSession(inferenceModel(SHAPE, weights), { threads: 1 }); });
  afterAll(async () => { await session.release(); });

  test("are its completions of prompts, and of the first third of texts without one; those that do not end are left out", async () => {
    const teacher = { session, shape: SHAPE, endToken: END }, expected: TokenizedText[] = [];
    for (let index = 1000; index < 1060; index++) {
      const { prompt, completion } = textAt(index), given = prompt.length > 0 ? prompt : completion.slice(0, 2), [said] = await completeBatch(teacher, [given], 64);
      if (said !== undefined) expected.push({ prompt: given, completion: said });
    }
    expect(expected.length).toBeGreaterThan(3);
    expect(expected.length).toBeLessThan(60);
    expect(await new GeneratedTexts(teacher, textAt).textsFrom(1000, 60)).toEqual(expected);
  });

  test("are the same in any order", async () => {
    const teacher = { session, shape: SHAPE, endToken: END }, forward = new GeneratedTexts(teacher, textAt), backward = new GeneratedTexts(teacher, textAt);
    const [early, late] = [await forward.textsFrom(0, 40), await forward.textsFrom(3000, 40)];
    expect([await backward.textsFrom(3000, 40), await backward.textsFrom(0, 40)]).toEqual([late, early]);
  });
});
