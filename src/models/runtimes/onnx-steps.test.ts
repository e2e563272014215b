import { describe, expect, test } from "vitest";
import { inferenceModel } from "../llama/llama-inference.js";
import { openSession } from "../onnx/open-session.js";
import { emptyCache, joinCaches } from "./onnx-cache.js";
import { runTokens, StepQueue } from "./onnx-steps.js";
import { randomModel, SMALL_SHAPE } from "./random-model.fixture.js";

const session = await openSession(inferenceModel(SMALL_SHAPE, randomModel().weights), { threads: 1 });
let runs = 0;
const runner = { shape: SMALL_SHAPE, session: { run: (feeds: Parameters<typeof session.run>[0]) => { runs++; return session.run(feeds); } } };
const PROMPTS = [[5, 9, 200, 3], [17], [80, 81, 82, 83, 84, 85, 86]];
/** Sums of a batch go in another order. Logits are up to about 10. */
const TOLERANCE = 1e-4;

const afterPrompts = (): Promise<Awaited<ReturnType<typeof runTokens>>["cache"][]> => Promise.all(PROMPTS.map(async (tokens) => (await runTokens(runner, emptyCache(SMALL_SHAPE), tokens)).cache));

describe("steps of several sequences", () => {
  test("are one run, and give what each would give alone, round after round", async () => {
    const queue = new StepQueue(runner, 3), [together, alone] = [await afterPrompts(), await afterPrompts()];
    for (const round of [0, 1, 2]) {
      runs = 0;
      const found = await Promise.all(together.map((cache, i) => queue.step(cache, 40 + 10 * i + round)));
      expect(runs).toBe(1);
      for (const [i, run] of found.entries()) {
        const expected = await runTokens(runner, alone[i]!, [40 + 10 * i + round]);
        run.logits(0).forEach((logit, token) => { expect(Math.abs(logit - expected.logits(0)[token]!)).toBeLessThan(TOLERANCE); });
        [together[i], alone[i]] = [run.cache, expected.cache];
        expect(run.cache.length).toBe(expected.cache.length);
      }
    }
    expect(joinCaches(together, SMALL_SHAPE)).toBe(together[0]!.block);
  });

  test("number at most as many as the queue takes, and an empty sequence may be among them", async () => {
    const queue = new StepQueue(runner, 2), caches = [...await afterPrompts(), emptyCache(SMALL_SHAPE)];
    runs = 0;
    const found = await Promise.all(caches.map((cache) => queue.step(cache, 7)));
    expect(runs).toBe(2);
    const expected = await runTokens(runner, emptyCache(SMALL_SHAPE), [7]);
    found[3]!.logits(0).forEach((logit, token) => { expect(Math.abs(logit - expected.logits(0)[token]!)).toBeLessThan(TOLERANCE); });
  });

  test("fail together, and the queue goes on", async () => {
    let isBroken = true;
    const queue = new StepQueue({ shape: SMALL_SHAPE, session: { run: (feeds: Parameters<typeof session.run>[0]) => (isBroken ? Promise.reject(new Error("no")) : session.run(feeds)) } }, 2);
    const [a, b] = await afterPrompts();
    expect((await Promise.allSettled([queue.step(a!, 1), queue.step(b!, 1)])).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isBroken = false;
    expect((await queue.step(a!, 1)).cache.length).toBe(a!.length + 1);
  });
});
