/** Steps by measured kernels against sums by hand on a made-up profile, and plans against steps taken one by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodePlan } from "./decode-plan.js";
import { GridTable } from "./grid-table.js";
import { BatchShape, spreadOf } from "./iteration-cost.js";
import { KernelCost } from "./kernel-cost.js";
import { LaneShape } from "./lane-shape.js";
import { sampleProfile, sampleSetup } from "./sample-kernels.test-data.js";
import { padTokens } from "./step-kernels.js";

/** Dense model: no experts. */
const DENSE = { "moe.csv": undefined, "skew_fit.csv": undefined };

function batchOf(parts: Partial<Pick<BatchShape, "decodes" | "kvTokens" | "spread" | "sampled">>, chunks: readonly (readonly [tokens: number, before: number])[] = []): BatchShape {
  const batch = Object.assign(new BatchShape(64), parts);
  for (const [tokens, before] of chunks) { batch.chunkTokens[batch.chunks] = tokens; batch.chunkBefore[batch.chunks++] = before; }
  return batch;
}

describe("GridTable", () => {
  const table = new GridTable([{ at: [0, 10], us: 1 }, { at: [0, 20], us: 3 }, { at: [10, 10], us: 11 }, { at: [10, 30], us: 15 }]);
  it("blends between measured places of each axis, holes or not, and goes on beyond the last as a line", () => {
    expect(table.at(0, 15)).toBe(2);
    expect(table.at(5, 20)).toBe((3 + 13) / 2);
    expect(table.at(0, 40)).toBe(7);
    expect(table.at(20, 10)).toBe(21);
    expect(table.at(0, 5)).toBe(1);
    expect(table.lastAxis()).toEqual([10, 20, 30]);
  });
});

describe("KernelCost", () => {
  it("sums layers, head and attention of a step that decodes: once, per layer, and norms twice a layer", () => {
    const cost = new KernelCost(sampleProfile(DENSE), sampleSetup());
    // 1 token: 3 + 2 x (2 x 2 + 10) + 105, and 2 x attention at context 64: 14. In ticks of 1,024 ps.
    expect(cost.durationPs(batchOf({ decodes: 1, kvTokens: 64, sampled: 1 }))).toBe(136e6 + Math.round(28e6 / 1024) * 1024);
  });

  it("charges the largest chunk with the decodes and others above a start, and the head for sequences that get a token", () => {
    const cost = new KernelCost(sampleProfile(DENSE), sampleSetup());
    // 64 + 32 + 1 = 97 tokens: 3 + 96 x 10 / 99; norm 2 + 96 x 2 / 99; projection 10 + 96 x 100 / 99.
    const layersUs = 3 + 960 / 99 + 2 * (2 * (2 + 192 / 99) + 10 + 9600 / 99);
    // Chunk of 64 with 1 decode at 16: 28; a second one of 32 on a line from (0, 0 decodes, nothing measured: 10 at 1 decode) to 20, above a start of 10.
    expect(cost.durationPs(batchOf({ decodes: 1, kvTokens: 16, sampled: 2 }, [[64, 0], [32, 0]]))).toBe(Math.round((layersUs + 102 + 5 + 2 * (28 + (15 - 10))) * 1e6));
  });

  it("moves an uneven batch from the time at its mean towards that at mean + deviation, except in captured graphs", () => {
    const at = (changes: Parameters<typeof sampleSetup>[0], spread: number): number =>
      new KernelCost(sampleProfile({ "moe.csv": undefined }), sampleSetup(changes)).durationPs(batchOf({ decodes: 64, kvTokens: 64 * 64, spread, sampled: 64 }));
    // Two layers: 60 us at 64, 60 + 64 x 210 / 192 = 130 us at 128; share 0.25.
    expect(at({}, 64) - at({}, 0)).toBeCloseTo(0.25 * 2 * 70e6, -4);
    expect(at({ capturedTokens: 64 }, 64)).toBe(at({ capturedTokens: 64 }, 0));
  });

  it("adds two all-reduces a layer and one for the embedding: hops and data of a ring", () => {
    const step = (tensorParallel: number): number => new KernelCost(sampleProfile(DENSE), sampleSetup({ tensorParallel })).durationPs(batchOf({ decodes: 4, kvTokens: 256, sampled: 4 }));
    // 5 x (2 hops of 10 us + 4 tokens x 2,000 B / 1 GB/s).
    expect(step(2) - step(1)).toBe(5 * (20 + 8) * 1e6);
  });

  it("reads the experts that a batch draws, and shares them between lanes that gather and scatter their tokens", () => {
    const step = (changes: Parameters<typeof sampleSetup>[0], decodes: number): number =>
      new KernelCost(sampleProfile({ "skew_fit.csv": undefined }), sampleSetup(changes)).durationPs(batchOf({ decodes, kvTokens: decodes * 64, sampled: decodes })) / 1e6;
    const dense = (decodes: number): number => new KernelCost(sampleProfile(DENSE), sampleSetup()).durationPs(batchOf({ decodes, kvTokens: decodes * 64, sampled: decodes })) / 1e6;
    // One token draws 2 of 8: 20 us a layer.
    expect(step({}, 1) - dense(1)).toBeCloseTo(40, 6);
    // Two lanes of 32: 64 tokens in all read 8 (1 - 0.75^64) experts, 4 on each GPU, for 32 token shares: between 40 and 60 us.
    const lanes = step({ lanes: 2, expertGpus: 2 }, 64) - dense(32), exchangeUs = 2 * 2 * (10 + 64 / 2 * 2);
    expect(lanes - exchangeUs).toBeCloseTo(2 * (40 + 20 * 31 / 63), 3);
  });

  it("plans any number of decoding iterations as walking through them does, to the picosecond", () => {
    const shape = fc.record({ decodes: fc.integer({ min: 1, max: 64 }), extra: fc.integer({ min: 0, max: 20_000 }), spread: fc.integer({ min: 0, max: 1500 }), lanes: fc.constantFrom(1, 2), captured: fc.constantFrom(0, 16) });
    fc.assert(fc.property(shape, fc.integer({ min: 1, max: 700 }), ({ decodes, extra, spread, lanes, captured }, n) => {
      const cost = new KernelCost(sampleProfile(), sampleSetup({ lanes, capturedTokens: captured })), plan = new DecodePlan();
      const batch = batchOf({ decodes, kvTokens: decodes + extra, spread, sampled: decodes });
      cost.planDecode(batch, n, plan);
      let sumPs = 0;
      for (let i = 1; i <= n; i++) { sumPs += cost.durationPs(batch); batch.kvTokens += decodes; }
      expect(plan.sumPs(n)).toBe(sumPs);
    }), { seed: 13, numRuns: 300, endOnFailure: true });
  });
});

describe("LaneShape", () => {
  it("spreads decodes evenly and gives each prompt to the lane with fewest tokens", () => {
    const busiest = new LaneShape(2, 64).busiest(batchOf({ decodes: 5, kvTokens: 503, sampled: 6 }, [[40, 0], [30, 7], [20, 0]]));
    expect([busiest.decodes, busiest.kvTokens, busiest.chunks, busiest.sampled]).toEqual([3, 300, 2, 5]);
    expect([...busiest.chunkTokens.subarray(0, 2)]).toEqual([30, 20]);
    expect(busiest.chunkBefore[0]).toBe(7);
  });
});

describe("spread of contexts", () => {
  it("is the standard deviation rounded down, and the same when all contexts grow alike", () => {
    const of = (contexts: readonly number[]): number => spreadOf(contexts.length, contexts.reduce((a, b) => a + b, 0), contexts.reduce((a, b) => a + b * b, 0));
    expect(of([2, 4, 4, 4, 5, 5, 7, 9])).toBe(2);
    expect(of([])).toBe(0);
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 9999 }), (contexts, more) => {
      expect(of(contexts.map((context) => context + more))).toBe(of(contexts));
    }), { seed: 14 });
  });
});

describe("captured graphs", () => {
  it("pad a step to the sizes that vLLM captures", () => {
    expect([1, 2, 3, 5, 33, 256, 257, 513].map((tokens) => padTokens(tokens, 512))).toEqual([1, 2, 4, 8, 40, 256, 272, 513]);
    expect(padTokens(33, 0)).toBe(33);
  });
});
