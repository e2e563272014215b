import { expect, it } from "vitest";
import { Purpose, RandomStream } from "../core/random-stream.js";
import type { Attack } from "./attacks/attack.js";
import { gaussianBayes } from "./attacks/gaussian-bayes.js";
import { crossFit, toLogOdds } from "./cross-fit.js";
import { samplePlantedTraces } from "./planted-leak.js";
import { foldOfRows } from "./score-attack.js";

const traces = samplePlantedTraces({ people: 23, rowsPerPerson: 4, classCount: 3, shift: 1, idleColumns: 0 }, new RandomStream(2, 0, Purpose.test).seek(0, 0));

it("never lets an attack learn from a person it judges, and has every row judged once", () => {
  const rowByValue = new Map(Array.from(traces.labels, (_, row) => [traces.features.values[row * 3]!, row]));
  const judged: number[] = [];
  const spy: Attack = {
    name: "spy",
    train: (training) => ({
      description: "spy",
      infer: (features) => {
        for (let i = 0; i < features.rowCount; i++) {
          const row = rowByValue.get(features.values[i * 3]!)!;
          expect(training.people.includes(traces.people[row]!)).toBe(false);
          judged.push(row);
        }
        return gaussianBayes.train(training).infer(features);
      },
    }),
  };
  crossFit(spy, traces, foldOfRows(traces.people));
  expect(judged.sort((a, b) => a - b)).toEqual(Array.from(traces.labels, (_, row) => row));
});

it("gives an attack that only knows class shares no evidence at all, fold by fold", () => {
  const blind: Attack = {
    name: "blind",
    train: ({ labels, classCount }) => ({
      description: "blind",
      infer: ({ rowCount }) => Float64Array.from({ length: rowCount * classCount }, (_, at) => {
        const count = labels.filter((label) => label === at % classCount).length;
        return Math.log((count + 0.5) / (labels.length + 0.5 * classCount));
      }),
    }),
  };
  for (const evidence of crossFit(blind, traces, foldOfRows(traces.people)).evidence) expect(evidence).toBeCloseTo(0, 12);
});

it("turns log-scores into log-odds against all others without saturating", () => {
  expect([...toLogOdds(Float64Array.of(0, 5000), 2)]).toEqual([-5000, 5000]);
  const odds = toLogOdds(Float64Array.of(Math.log(0.5), Math.log(0.3), Math.log(0.2)), 3);
  [0.5 / 0.5, 0.3 / 0.7, 0.2 / 0.8].forEach((ratio, k) => { expect(odds[k]).toBeCloseTo(Math.log(ratio), 12); });
});
