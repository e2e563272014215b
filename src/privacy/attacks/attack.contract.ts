/** Laws of every attack. Each implementation's test calls this with itself. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { samplePlantedTraces, type PlantedLeak } from "../planted-leak.js";
import { selectTraces, type Attack, type LabelledTraces } from "./attack.js";

/** Draws traces with a leak: classes that lie `shift` apart, in the form of features that the attack reads. */
export type TraceSampler = (leak: PlantedLeak, stream: RandomStream) => LabelledTraces;

/**
 * Runs the laws that hold for any attack.
 *
 * @param sample Shifted Gaussians when left out; attacks on words are given words.
 */
export function attackContract(attack: Attack, sample: TraceSampler = samplePlantedTraces): void {
  const planted = (classCount: number, shift: number, seed: number = 7): LabelledTraces =>
    sample({ people: 40, rowsPerPerson: 6, classCount, shift, idleColumns: 1 }, new RandomStream(seed, 0, Purpose.test).seek(classCount, 0));

  describe(`${attack.name} as an attack`, () => {
    it("gives one finite log-score per row and class", () => {
      fc.assert(fc.property(anyTraces, (traces) => {
        const scores = attack.train(traces).infer(traces.features);
        expect(scores.length).toBe(traces.features.rowCount * traces.classCount);
        expect(scores.every(Number.isFinite)).toBe(true);
      }), { seed: 5, numRuns: 40 });
    });

    it("makes the same claims from the same traces", () => {
      const traces = planted(3, 1.5);
      expect(attack.train(traces).infer(traces.features)).toEqual(attack.train(traces).infer(traces.features));
    });

    it("does not change the traces it is given", () => {
      const traces = planted(3, 1), copy = structuredClone(traces);
      attack.train(traces).infer(traces.features);
      expect(traces).toEqual(copy);
    });

    it("judges each row by itself, whatever else it is asked about", () => {
      const traces = planted(4, 2), trained = attack.train(traces);
      const all = trained.infer(traces.features), few = selectTraces(traces, Int32Array.of(17, 3));
      const some = trained.infer(few.features);
      expect([...some]).toEqual([...all.subarray(17 * 4, 18 * 4), ...all.subarray(3 * 4, 4 * 4)]);
    });

    it("scores the true class highest where classes lie far apart", () => {
      for (const classCount of [2, 5]) {
        const traces = planted(classCount, 12), fresh = planted(classCount, 12, 8);
        const scores = attack.train(traces).infer(fresh.features);
        const right = fresh.labels.filter((label, row) => label === highest(scores.subarray(row * classCount, (row + 1) * classCount)));
        expect(right.length / fresh.labels.length).toBeGreaterThan(0.97);
      }
    });

    it("accepts features that never vary, and classes without rows", () => {
      const traces = planted(3, 1);
      const flat = { ...traces, features: { ...traces.features, values: traces.features.values.map(() => 7) }, classCount: 4 };
      const scores = attack.train(flat).infer(flat.features);
      expect(scores.every(Number.isFinite)).toBe(true);
      expect(highest(scores.subarray(0, 4))).toBe(mostCommon(traces.labels));
    });
  });
}

const anyTraces = fc.record({
  classCount: fc.integer({ min: 2, max: 4 }), columnCount: fc.integer({ min: 1, max: 3 }), rowCount: fc.integer({ min: 1, max: 30 }),
}).chain(({ classCount, columnCount, rowCount }) => fc.record({
  values: fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: rowCount * columnCount, maxLength: rowCount * columnCount }),
  labels: fc.array(fc.nat({ max: classCount - 1 }), { minLength: rowCount, maxLength: rowCount }),
  people: fc.array(fc.nat({ max: 8 }), { minLength: rowCount, maxLength: rowCount }),
}).map(({ values, labels, people }): LabelledTraces => ({
  features: { rowCount, columnCount, values: Float64Array.from(values) }, labels: Int32Array.from(labels), people: Int32Array.from(people), classCount,
})));

function highest(scores: Float64Array): number {
  return scores.reduce((best, score, k) => (score > scores[best]! ? k : best), 0);
}

function mostCommon(labels: Int32Array): number {
  const counts = [0, 0, 0, 0];
  for (const label of labels) counts[label]!++;
  return counts.indexOf(Math.max(...counts));
}
