/** Closed forms of a leap against sums taken one by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodePlan } from "./decode-plan.js";
import { DecodingSet } from "./decoding-set.js";
import { RequestSlots, SlotKind } from "./request-slots.js";

const piece = fc.record({ length: fc.integer({ min: 1, max: 40 }), firstPs: fc.integer({ min: 1, max: 1e9 }), stepPs: fc.integer({ min: -1000, max: 1e5 }) });

describe("DecodePlan", () => {
  it("sums pieces exactly and finds how many iterations fit into a span", () => {
    fc.assert(fc.property(fc.array(piece, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 300 }), (pieces, n) => {
      const plan = new DecodePlan(), durations: number[] = [];
      for (const { length, firstPs, stepPs } of pieces) {
        plan.add(durations.length, firstPs + 40_000, stepPs);
        for (let i = 0; i < length; i++) durations.push(firstPs + 40_000 + i * stepPs);
      }
      const count = Math.min(n, durations.length);
      const sumPs = durations.slice(0, count).reduce((sum, ps) => sum + ps, 0);
      expect(plan.sumPs(count)).toBe(sumPs);
      expect(plan.countWithin(sumPs, count)).toBe(count);
      expect(plan.countWithin(sumPs - 1, count)).toBe(count - 1);
      expect(plan.countWithin(sumPs, count - 1)).toBe(count - 1);
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
