/** Iteration times against arithmetic by hand on made-up round hardware, and the shipped profiles. */
import { describe, expect, it } from "vitest";
import type { PoolConfig } from "../config/scenario-schema.js";
import { ConfigError } from "../core/errors.js";
import { findModelCard } from "../devices/load-model-cards.js";
import type { ModelCard } from "../devices/model-card.js";
import type { GpuProfile } from "./gpu-profile.js";
import { compileRooflineCost } from "./roofline-cost.js";
import { sampleScenario } from "./sample-tiers.test-data.js";

const GPU: GpuProfile = {
  name: "round", rent: { usdPerHour: 1, date: "2026-01", origin: "assumed", source: "test" },
  hardware: { memoryBytes: 10e9, bandwidthBytesPerS: 1e12, peakBf16FlopsPerS: 1e14, peakFp8FlopsPerS: 2e14, powerW: 100, origin: "assumed", source: "test" },
  efficiency: { weightBandwidth: 0.5, kvBandwidth: 0.25, compute: 0.5, origin: "assumed", source: "test" },
  link: { allReduceLatencyS: 1e-5, allReduceBytesPerS: 1e10, origin: "assumed", source: "test" },
};
const CARD: ModelCard = {
  ...findModelCard("llama-3.1-8b"), name: "round", parameters: 1_000_000_000, activeParameters: 1_000_000_000, layers: 10, hiddenSize: 1000, heads: 10, kvHeads: 5,
  headDim: 100, vocabulary: 100_000, isEmbeddingTied: true, experts: 1, activeExperts: 1,
};
const POOL: PoolConfig = { ...sampleScenario().tiers.expert, bytesPerWeight: 2, memoryFraction: 0.5, iterationOverheadS: 0.001, kvBlockTokens: 10 };

describe("iteration cost", () => {
  it("reads weights and KV at their share of bandwidth, and computes at its share of the peak", () => {
    const cost = compileRooflineCost(POOL, GPU, CARD, "tiers.expert"), { coefficients } = cost;
    expect(Array.from(coefficients.weightReadPs)).toEqual([4e9]); // 2e9 B / 0.5e12 B/s = 4 ms
    expect(coefficients.kvReadPs).toBe(80_000); // 2 x 10 layers x 5 heads x 100 x 2 B = 20 kB / 0.25e12 B/s = 80 ns
    expect(coefficients.tokenPs).toBe(36_000_000); // 1.8e9 FLOP of the layers / 5e13 FLOP/s = 36 us
    expect(coefficients.sampledPs).toBe(4_000_000); // 0.2e9 FLOP of the scores of 100,000 words x 1,000 = 4 us
    expect(coefficients.pairPs).toBe(800); // 4 x 10 x 10 x 100 = 40 kFLOP / 5e13 = 0.8 ns
    expect(cost.kvBlocks).toBe(15_000); // (5e9 - 2e9) B / (10 x 20 kB)
    // 10 decodes at context 1,000: root of 4^2 + 0.4^2 ms^2 = 4.019950 ms; then 10,000 x 80 ns, above 10,000 x 0.8 ns; overhead 1 ms.
    expect(cost.iterationPs(10, 10_000, 10_000, 10)).toBe(4_019_950_248 + 8e8 + 1e9);
    // 1,000 prompt tokens of which the last is scored: root of 4^2 + 36.004^2 = 36.225516 ms; then 500,500 pairs x 0.8 ns, above 1,000 x 80 ns.
    expect(cost.iterationPs(1000, 1000, 500_500, 1)).toBe(36_225_516_090 + 400_400_000 + 1e9);
  });

  it("halves memory and compute on two GPUs and adds two all-reduces per layer", () => {
    const { coefficients } = compileRooflineCost({ ...POOL, tensorParallel: 2 }, GPU, CARD, "tiers.expert");
    expect(coefficients.weightReadPs[0]).toBe(2e9);
    expect(coefficients.kvReadPs).toBe(40_000);
    expect(coefficients.tokenPs).toBe(18_000_000);
    expect(coefficients.overheadPs).toBe(1e9 + 20 * 1e7); // 20 all-reduces of 10 us
    expect(coefficients.allReduceTokenPs).toBe(4_000_000); // 20 x 1000 x 2 B x 2 (2 - 1) / 2 / 1e10 B/s
    expect(coefficients.kvBlocks).toBe(40_000); // (10e9 - 2e9) / 200 kB
  });

  it("uses FP8 units for 8-bit weights where there are any", () => {
    expect(compileRooflineCost({ ...POOL, bytesPerWeight: 1 }, GPU, CARD, "p").coefficients.tokenPs).toBe(18_000_000);
    const without = { ...GPU, hardware: { ...GPU.hardware, peakFp8FlopsPerS: null } };
    expect(compileRooflineCost({ ...POOL, bytesPerWeight: 1 }, without, CARD, "p").coefficients.tokenPs).toBe(36_000_000);
  });

  it("reads more experts the more tokens share a batch", () => {
    // 0.2e9 shared weights and 8 experts of 0.1e9, 2 active: 0.4e9 work on a token; n tokens miss (3/4)^n of the experts.
    const cost = compileRooflineCost(POOL, GPU, { ...CARD, activeParameters: 400_000_000, experts: 8, activeExperts: 2 }, "p");
    expect(cost.weightReadPs(1)).toBe(1.6e9);
    expect(cost.weightReadPs(2)).toBe(2.2e9); // 0.2e9 + 0.8e9 x (1 - 9/16) = 0.55e9 weights
    expect(cost.weightReadPs(5000)).toBe(4e9);
  });

  it("refuses a model that leaves no memory, and iterations of hours", () => {
    expect(() => compileRooflineCost({ ...POOL, memoryFraction: 0.2 }, GPU, CARD, "tiers.expert")).toThrow(ConfigError);
    expect(() => compileRooflineCost({ ...POOL, memoryFraction: NaN }, GPU, CARD, "tiers.expert")).toThrow(ConfigError);
    expect(() => compileRooflineCost({ ...POOL, iterationOverheadS: 5000 }, GPU, CARD, "tiers.expert")).toThrow(/every iteration below 4000 s/);
    expect(() => compileRooflineCost({ ...POOL, iterationOverheadS: NaN }, GPU, CARD, "tiers.expert")).toThrow(ConfigError);
  });
});
