import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../core/errors.js";
import { sampleWeights } from "../llama/initial-weights.js";
import { type LlamaShape, weightSpecs } from "../llama/llama-shape.js";
import { referenceForward } from "../runtimes/reference-forward.js";
import { pruneMagnitude, prunePattern } from "./prune-magnitude.js";
import { pruneChannels, silenceHeads } from "./prune-structure.js";

describe("pruning by magnitude", () => {
  test("takes the smallest", () => {
    expect([...pruneMagnitude(Float32Array.of(3, -1, 2, -4, 0.5), 0.4)]).toEqual([3, 0, 2, -4, 0]);
    expect([...prunePattern(Float32Array.of(1, 2, 3, 4, -8, 7, 6, -5), 2, 4)]).toEqual([0, 0, 3, 4, -8, 7, 0, 0]);
  });

  test("takes the wished share, none larger than what stays", () => {
    fc.assert(fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (numbers, share) => {
      const weights = Float32Array.from(numbers), pruned = pruneMagnitude(weights, share);
      const taken = weights.filter((_, i) => pruned[i] === 0 && weights[i] !== 0), kept = weights.filter((_, i) => pruned[i] !== 0);
      expect(weights.filter((_, i) => pruned[i] === 0).length).toBeGreaterThanOrEqual(Math.floor(share * weights.length));
      expect(taken.length).toBeLessThanOrEqual(Math.floor(share * weights.length));
      if (taken.length > 0 && kept.length > 0) expect(Math.max(...taken.map(Math.abs))).toBeLessThanOrEqual(Math.min(...kept.map(Math.abs)));
    }), { seed: 8, numRuns: 300 });
  });
});

const shape: LlamaShape = { vocabulary: 40, width: 32, layers: 2, heads: 4, kvHeads: 2, feedForward: 48, context: 32, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true };
const weights = new Map([...sampleWeights(shape, 3)].map(([name, numbers]) => [name, name.endsWith("norm.weight") ? numbers : numbers.map((number) => 10 * number)]));
const tokens = [1, 5, 9, 2];
const logitsOf = (someShape: LlamaShape, someWeights: ReadonlyMap<string, Float32Array>): number[] => [...referenceForward(someShape, someWeights, tokens).logits.at(-1)!];
const close = (a: readonly number[], b: readonly number[]): void => { a.forEach((value, i) => { expect(value).toBeCloseTo(b[i]!, 9); }); };

describe("taking out feed-forward channels", () => {
  test("gives a smaller model whose weights fit its shape", () => {
    const pruned = pruneChannels(shape, weights, 16);
    expect(pruned.shape.feedForward).toBe(16);
    for (const { name, shape: sizes } of weightSpecs(pruned.shape)) expect(pruned.weights.get(name)!.length).toBe(sizes.reduce((a, b) => a * b, 1));
  });

  test("changes nothing when only dead channels go", () => {
    const dead = new Map(weights);
    for (let layer = 0; layer < shape.layers; layer++) {
      const name = `blk.${layer}.ffn_up.weight`;
      dead.set(name, dead.get(name)!.map((number, i) => (Math.floor(i / shape.width) % 3 === layer ? 0 : number)));
    }
    const pruned = pruneChannels(shape, dead, 32);
    close(logitsOf(pruned.shape, pruned.weights), logitsOf(shape, dead));
    expect(logitsOf(shape, dead)).not.toEqual(logitsOf(shape, weights));
  });

  test("keeps the better half: dropping the strong ones instead changes more", () => {
    const change = (some: readonly number[]): number => Math.hypot(...some.map((value, i) => value - logitsOf(shape, weights)[i]!));
    const weak = pruneChannels(shape, weights, 24), negligible = pruneChannels(shape, weights, 47);
    expect(change(logitsOf(negligible.shape, negligible.weights))).toBeLessThan(change(logitsOf(weak.shape, weak.weights)));
    close(logitsOf(pruneChannels(shape, weights, 48).shape, pruneChannels(shape, weights, 48).weights), logitsOf(shape, weights));
  });

  test.each([0, 49, 1.5, NaN])("refuses to keep %d", (keep) => { expect(() => pruneChannels(shape, weights, keep)).toThrow(ConfigError); });
});

describe("silencing heads", () => {
  test("silences the group that writes nothing first, and then changes nothing", () => {
    const dead = new Map(weights);
    for (const layer of [0, 1]) dead.set(`blk.${layer}.attn_v.weight`, weights.get(`blk.${layer}.attn_v.weight`)!.map((number, i) => (Math.floor(i / shape.width / 8) === layer ? 0 : number)));
    const silent = silenceHeads(shape, dead, 1);
    close(logitsOf(shape, silent), logitsOf(shape, dead));
    expect(silent.get("blk.0.attn_q.weight")!.subarray(0, 16 * 32).every((number) => number === 0)).toBe(true);
    expect(silent.get("blk.0.attn_q.weight")!.subarray(16 * 32).some((number) => number !== 0)).toBe(true);
    expect(silent.get("blk.1.attn_k.weight")!.subarray(8 * 32).every((number) => number === 0)).toBe(true);
  });

  test("of all leaves the feed-forward part alone", () => {
    const silent = silenceHeads(shape, weights, 0);
    for (const part of ["attn_q", "attn_k", "attn_v", "attn_output"]) expect(silent.get(`blk.0.${part}.weight`)!.every((number) => number === 0)).toBe(true);
    expect(silent.get("blk.0.ffn_up.weight")).toBe(weights.get("blk.0.ffn_up.weight"));
    expect(() => silenceHeads(shape, weights, 3)).toThrow(ConfigError);
  });
});
