import { expect, it } from "vitest";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { samplePlantedTraces } from "../planted-leak.js";
import { attackContract } from "./attack.contract.js";
import type { LabelledTraces } from "./attack.js";
import { boostedTrees, chooseRounds, growForest } from "./boosted-trees.js";
import { gaussianBayes } from "./gaussian-bayes.js";
import { meanLogLoss } from "./log-loss.js";

attackContract(boostedTrees);

/** Class 1 where exactly one of two features is above 0: no feature says anything alone. */
function exclusiveOr(seed: number): LabelledTraces {
  const traces = samplePlantedTraces({ people: 100, rowsPerPerson: 8, classCount: 2, shift: 0, idleColumns: 2 }, new RandomStream(seed, 0, Purpose.test).seek(0, 0));
  const { values, columnCount } = traces.features;
  return { ...traces, labels: traces.labels.map((_, row) => ((values[row * columnCount]! > 0.2) !== (values[row * columnCount + 1]! > 0) ? 1 : 0)) };
}

it("learns an interaction that naive Bayes cannot see", () => {
  const traces = exclusiveOr(1), fresh = exclusiveOr(2);
  const accuracy = (scores: Float64Array): number => fresh.labels.filter((label, row) => label === (scores[2 * row + 1]! > scores[2 * row]! ? 1 : 0)).length / fresh.labels.length;
  expect(accuracy(boostedTrees.train(traces).infer(fresh.features))).toBeGreaterThan(0.95);
  expect(accuracy(gaussianBayes.train(traces).infer(fresh.features))).toBeLessThan(0.7);
});

it("is less surprised by its own traces with every round", () => {
  const traces = samplePlantedTraces({ people: 50, rowsPerPerson: 6, classCount: 3, shift: 1, idleColumns: 0 }, new RandomStream(3, 0, Purpose.test).seek(0, 0));
  const losses = [1, 2, 4, 8, 16].map((rounds) => meanLogLoss(growForest(traces, rounds).infer(traces.features), traces.labels, 3));
  for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThan(losses[i - 1]!);
});

it("stops early where there is nothing to learn and later where there is", () => {
  const halves = (shift: number): LabelledTraces[] => [1, 2].map((entity) =>
    samplePlantedTraces({ people: 100, rowsPerPerson: 5, classCount: 2, shift, idleColumns: 2 }, new RandomStream(9, 0, Purpose.test).seek(entity, 0)));
  const [training, check] = halves(0), [leakyTraining, leakyCheck] = halves(3);
  expect(chooseRounds(training!, check!).rounds).toBeLessThanOrEqual(6);
  expect(chooseRounds(leakyTraining!, leakyCheck!).rounds).toBeGreaterThan(8);
});
