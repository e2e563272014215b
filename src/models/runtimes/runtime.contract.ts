/**
 * What every runtime must do, whatever engine is behind it. A test file calls `testRuntime` with a runtime and a file of the small
 * random model in a format it reads; numbers are compared with the reference forward pass in TypeScript.
 */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DataError, LimitError } from "../../core/errors.js";
import { logSoftmax, referenceForward, type ReferencePass } from "./reference-forward.js";
import type { DecodedToken, DecodeEnd, DecodeOptions, LoadedModel, Runtime, Sequence } from "./runtime.js";
import type { LlamaModelParts } from "../quantize/write-llama-gguf.js";

/** A runtime to test. */
export interface RuntimeUnderTest {
  readonly runtime: () => Runtime;
  /** A file of `parts` with float32 or float16 weights. */
  readonly path: string;
  readonly parts: LlamaModelParts;
  /**
   * Largest accepted difference of ln p, in nats, and of a state as a share of its length. What a runtime with 16-bit keys and
   * values needs differs from what one in float32 throughout needs.
   */
  readonly tolerance: number;
}

const TEXT = "The other one: né à Zürich.";
const CONTEXT = 256;

/** Runs the suite. */
export function testRuntime({ runtime, path, parts, tolerance }: RuntimeUnderTest): void {
  let model: LoadedModel, tokens: number[], reference: ReferencePass;

  beforeAll(async () => {
    expect(existsSync(path)).toBe(true);
    model = await runtime().load(path, { contextTokens: CONTEXT, sequences: 3, threads: 1 });
    tokens = model.encode(TEXT);
    reference = referenceForward(parts.shape, parts.weights, tokens);
  }, 60_000);
  afterAll(async () => { await model.dispose(); });

  describe("a loaded model", () => {
    test("tells its sizes", () => {
      expect(model.vocabulary).toBe(parts.shape.vocabulary);
      expect(model.width).toBe(parts.shape.width);
      expect(model.shape).toMatchObject({ ...parts.shape, ropeBase: expect.closeTo(parts.shape.ropeBase, 3) as number, normEpsilon: expect.closeTo(parts.shape.normEpsilon, 9) as number });
      expect([model.sequences, model.threads]).toEqual([3, 1]);
      expect(model.contextTokens).toBeGreaterThanOrEqual(CONTEXT);
    });

    test("turns text to tokens and back", () => {
      expect(tokens.length).toBeGreaterThan(10);
      expect(model.decodeText(tokens)).toBe(TEXT);
      expect(model.encode("")).toEqual([]);
    });

    test("refuses text that is no Unicode", () => { expect(() => model.encode("half a pair: \ud83d")).toThrow(DataError); });

    test("takes about the memory that was predicted", () => {
      const predicted = runtime().predictMemory(path, { contextTokens: CONTEXT, sequences: 3 }), found = model.measureMemory();
      expect(found.weightBytes / predicted.weightBytes).toBeGreaterThan(0.9);
      expect(found.weightBytes / predicted.weightBytes).toBeLessThan(1.1);
      expect(found.weightBytes + found.cacheAndWorkBytes).toBeLessThanOrEqual(predicted.totalBytes);
      expect(found.processBytes).toBeGreaterThan(found.weightBytes);
    });

    test("is refused before loading when it does not fit, with the parts of the sum", async () => {
      const load = runtime().load(path, { contextTokens: CONTEXT, freeBytes: 1e6 });
      await expect(load).rejects.toThrow(LimitError);
      await expect(runtime().load(path, { contextTokens: CONTEXT, freeBytes: 1e6 })).rejects.toThrow(/must fit into the 1 MB.*weights \d+ MB, context \d+ MB/s);
    });

    test("lends as many sequences as it was loaded with", async () => {
      const open = [model.openSequence(), model.openSequence(), model.openSequence()];
      expect(() => model.openSequence()).toThrow(LimitError);
      await open[0]!.dispose();
      open[0] = model.openSequence();
      for (const sequence of open) await sequence.dispose();
    });
  });

  describe("a sequence", () => {
    let sequence: Sequence;
    const withSequence = async <Result>(action: (sequence: Sequence) => Promise<Result>): Promise<Result> => {
      sequence = model.openSequence();
      try { return await action(sequence); } finally { await sequence.dispose(); }
    };

    test("gives each token the probability that the reference gives it", () => withSequence(async () => {
      await sequence.prefill(tokens.slice(0, 1));
      const scores = await sequence.scoreTokens(tokens.slice(1));
      tokens.slice(1).forEach((token, i) => { expect(Math.abs(scores[i]! - logSoftmax(reference.logits[i]!)[token]!)).toBeLessThan(tolerance); });
      expect(sequence.length).toBe(tokens.length);
    }));

    test("gives the whole distribution, and stays as it is", () => withSequence(async () => {
      await sequence.prefill(tokens);
      const expected = logSoftmax(reference.logits.at(-1)!);
      for (let i = 0; i < 2; i++) {
        const found = await sequence.nextLogProbabilities();
        expect(found.length).toBe(parts.shape.vocabulary);
        found.forEach((value, token) => { expect(Math.abs(value - expected[token]!)).toBeLessThan(tolerance); });
        expect(sequence.length).toBe(tokens.length);
      }
    }));

    test("decodes the likeliest tokens, streamed with text, times and probabilities", () => withSequence(async () => {
      await sequence.prefill(tokens);
      const { decoded, end } = await collect(sequence, { maxTokens: 12, withLogProbability: true });
      const all = [...tokens, ...decoded.map(({ token }) => token)], after = referenceForward(parts.shape, parts.weights, all);
      decoded.forEach(({ token, durationS, logProbability }, i) => {
        const logs = logSoftmax(after.logits[tokens.length - 1 + i]!), best = Math.max(...logs);
        expect(logs[token]!).toBeGreaterThan(best - 2 * tolerance);
        expect(Math.abs(logProbability! - logs[token]!)).toBeLessThan(tolerance);
        expect(durationS > 0 && durationS < 60).toBe(true);
      });
      expect(decoded.map(({ text }) => text).join("") + end.text).toBe(model.decodeText(decoded.map(({ token }) => token)));
      expect(["length", "end"]).toContain(end.reason);
      expect(sequence.length).toBe(all.length + (end.reason === "end" ? 1 : 0));
    }));

    test("gives the same however the prompt is cut, and after a rewind", () => withSequence(async () => {
      await sequence.prefill(tokens);
      const whole = await collect(sequence, { maxTokens: 6 });
      await sequence.rewind(5);
      expect(sequence.length).toBe(5);
      for (const token of tokens.slice(5)) await sequence.prefill([token]);
      const cut = await collect(sequence, { maxTokens: 6 });
      expect(cut.decoded.map(({ token }) => token)).toEqual(whole.decoded.map(({ token }) => token));
      await sequence.rewind(0);
      expect(sequence.length).toBe(0);
    }));

    test("draws by seed above temperature 0", () => withSequence(async () => {
      const draw = async (seed: number): Promise<number[]> => {
        await sequence.rewind(0);
        await sequence.prefill(tokens);
        return (await collect(sequence, { maxTokens: 20, temperature: 1.5, seed })).decoded.map(({ token }) => token);
      };
      const first = await draw(1);
      expect(await draw(1)).toEqual(first);
      expect(await draw(2)).not.toEqual(first);
    }));

    test("stops where the context ends, and refuses a prompt beyond it", () => withSequence(async () => {
      const long = Array.from({ length: model.contextTokens - 3 }, (_, i) => tokens[i % tokens.length]!);
      await sequence.prefill(long);
      const { decoded, end } = await collect(sequence, { maxTokens: 100, temperature: 1, seed: 4 });
      expect(end.reason === "context" ? decoded.length : 3).toBe(3);
      await expect(sequence.prefill(tokens)).rejects.toThrow(LimitError);
      await expect(sequence.prefill(tokens)).rejects.toThrow(/fit into the context of \d+ tokens/);
    }));

    test("refuses tokens that its model does not know", () => withSequence(async () => {
      await expect(sequence.prefill([parts.shape.vocabulary])).rejects.toThrow(DataError);
      await expect(sequence.prefill([-1])).rejects.toThrow(DataError);
      await expect(sequence.prefill([NaN])).rejects.toThrow(DataError);
      expect(sequence.length).toBe(0);
    }));
  });

  describe("cancelling", () => {
    test("ends an answer after the token in flight, and the sequence goes on", async () => {
      const sequence = model.openSequence(), abort = new AbortController();
      await sequence.prefill(tokens);
      const decoded: DecodedToken[] = [], source = sequence.decode({ maxTokens: 50, temperature: 1, seed: 3, signal: abort.signal });
      for (let step = await source.next(); ; step = await source.next()) {
        if (step.done === true) {
          expect(step.value.reason).toBe("cancelled");
          break;
        }
        decoded.push(step.value);
        if (decoded.length === 2) abort.abort();
      }
      expect(decoded.length).toBe(2);
      expect(sequence.length).toBe(tokens.length + 2);
      expect((await collect(sequence, { maxTokens: 1, temperature: 1 })).end.reason).toMatch(/length|end/);
      await sequence.dispose();
    });

    test("of a prompt leaves the sequence as it was", async () => {
      const sequence = model.openSequence();
      await sequence.prefill(tokens.slice(0, 4));
      expect(await sequence.prefill(tokens, { signal: AbortSignal.abort() })).toMatchObject({ tokens: 0, isCancelled: true });
      expect(sequence.length).toBe(4);
      await expect(sequence.scoreTokens(tokens, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
      const scores = await sequence.scoreTokens(tokens.slice(4));
      tokens.slice(4).forEach((token, i) => { expect(Math.abs(scores[i]! - logSoftmax(reference.logits[3 + i]!)[token]!)).toBeLessThan(tolerance); });
      await sequence.dispose();
    });

    test("is also leaving the loop", async () => {
      const sequence = model.openSequence();
      await sequence.prefill(tokens);
      for await (const _ of sequence.decode({ maxTokens: 50, temperature: 1, seed: 9 })) break;
      expect(sequence.length).toBe(tokens.length + 1);
      await sequence.rewind(0);
      await sequence.dispose();
    });
  });

  test("sequences side by side get what each would get alone", async () => {
    const prompts = [tokens, tokens.slice(3), [...tokens].reverse()];
    const alone: number[][] = [];
    for (const prompt of prompts) alone.push(await decodeAfter(model, prompt));
    const together = await Promise.all(prompts.map((prompt) => decodeAfter(model, prompt)));
    // Sums in another order may tip a near tie; the first tokens come from clear peaks.
    together.forEach((found, i) => { expect(found.slice(0, 3)).toEqual(alone[i]!.slice(0, 3)); });
  });

  test("sequences join and leave while others go on, and each ends with the distribution of its own tokens", async () => {
    const sequences = [model.openSequence(), model.openSequence(), model.openSequence()], starts = [tokens, tokens.slice(5), tokens.slice(2, 9)];
    const held = await Promise.all(sequences.map(async (sequence, i) => {
      await sequence.prefill(starts[i]!);
      const { decoded } = await collect(sequence, { maxTokens: 2 + 3 * i });
      await sequence.rewind(sequence.length - 1);
      return [...starts[i]!, ...decoded.map(({ token }) => token)].slice(0, sequence.length);
    }));
    const found = await Promise.all(sequences.map((sequence) => sequence.nextLogProbabilities()));
    held.forEach((own, i) => {
      const expected = logSoftmax(referenceForward(parts.shape, parts.weights, own).logits.at(-1)!);
      expect(own.length).toBeGreaterThan(starts[i]!.length);
      found[i]!.forEach((value, token) => { expect(Math.abs(value - expected[token]!)).toBeLessThan(tolerance); });
    });
    for (const sequence of sequences) await sequence.dispose();
  });

  test("embeds a text as the state from which the next token comes", async () => {
    const found = await model.embed(tokens), expected = reference.states.at(-1)!;
    expect(found.length).toBe(parts.shape.width);
    const difference = Math.sqrt(found.reduce((sum, value, i) => sum + (value - expected[i]!) ** 2, 0));
    expect(difference / Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0))).toBeLessThan(tolerance);
    await expect(model.embed(new Array<number>(model.contextTokens + 1).fill(1))).rejects.toThrow(LimitError);
  });
}

async function collect(sequence: Sequence, options: DecodeOptions): Promise<{ decoded: DecodedToken[]; end: DecodeEnd }> {
  const decoded: DecodedToken[] = [], source = sequence.decode(options);
  for (;;) {
    const step = await source.next();
    if (step.done === true) return { decoded, end: step.value };
    decoded.push(step.value);
  }
}

async function decodeAfter(model: LoadedModel, prompt: readonly number[]): Promise<number[]> {
  const sequence = model.openSequence();
  try {
    await sequence.prefill(prompt);
    return (await collect(sequence, { maxTokens: 8 })).decoded.map(({ token }) => token);
  } finally {
    await sequence.dispose();
  }
}
