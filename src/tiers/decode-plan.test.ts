/** Closed forms of a leap against sums taken one by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodePlan } from "./decode-plan.js";
import { DecodingSet } from "./decoding-set.js";
import { iterationPs } from "./iteration-cost.js";
import type { IterationCost } from "./iteration-cost.js";
import { RequestSlots, SlotKind } from "./request-slots.js";

const cost: fc.Arbitrary<IterationCost> = fc.record({
  weightReadPs: fc.integer({ min: 0, max: 1e6 }).map((ps) => Float64Array.of(ps)), kvReadPs: fc.integer({ min: 0, max: 1000 }),
  tokenPs: fc.integer({ min: 0, max: 50_000 }), pairPs: fc.integer({ min: 0, max: 1000 }), overheadPs: fc.integer({ min: 1, max: 1e6 }),
  allReduceTokenPs: fc.integer({ min: 0, max: 100 }), kvBlocks: fc.constant(100),
});

describe("DecodePlan", () => {
  it("sums the larger of two lines exactly, on either side of their crossing", () => {
    fc.assert(fc.property(cost, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 300 }), (coefficients, sequences, kvTokens, n) => {
      const plan = new DecodePlan();
      plan.set(coefficients, sequences, kvTokens);
      let sumPs = 0;
      for (let i = 1; i <= n; i++) sumPs += iterationPs(coefficients, sequences, kvTokens + i * sequences, kvTokens + i * sequences);
      expect(plan.sumPs(n)).toBe(sumPs);
      expect(plan.countWithin(sumPs, n + 5)).toBe(n);
      expect(plan.countWithin(sumPs - 1, n + 5)).toBe(n - 1);
      expect(plan.countWithin(sumPs, n - 1)).toBe(n - 1);
    }), { seed: 11, numRuns: 400 });
  });
});

describe("DecodingSet", () => {
  it("counts the blocks of any number of iterations as counting sequence by sequence does", () => {
    const sequence = fc.record({ input: fc.integer({ min: 1, max: 100 }), made: fc.integer({ min: 1, max: 50 }) });
    fc.assert(fc.property(fc.array(sequence, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 17 }), fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 80 }),
      (sequences, blockTokens, iteration, n) => {
        const slots = new RequestSlots(), set = new DecodingSet(slots, blockTokens);
        for (const { input, made } of sequences) {
          const slot = slots.take(SlotKind.client);
          slots.inputTokens[slot] = input;
          slots.answerTokens[slot] = 1000;
          set.add(slot, made, iteration);
        }
        const blocksAfter = (more: number): number => sequences.reduce((sum, { input, made }) => sum + Math.ceil((input + made - 1 + more) / blockTokens), 0);
        const growth = blocksAfter(n) - blocksAfter(0);
        expect(set.growthOf(iteration, n)).toBe(growth);
        expect(set.iterationsWithin(iteration, growth, 1000)).toBeGreaterThanOrEqual(n);
        const within = set.iterationsWithin(iteration, growth, 1000);
        expect(blocksAfter(within) - blocksAfter(0)).toBeLessThanOrEqual(growth);
        if (within < 1000) expect(blocksAfter(within + 1) - blocksAfter(0)).toBeGreaterThan(growth);
      }), { seed: 12, numRuns: 300 });
  });
});
