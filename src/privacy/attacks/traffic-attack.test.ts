import { expect, it } from "vitest";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { samplePlantedTraces } from "../planted-leak.js";
import type { LabelledTraces } from "./attack.js";
import { attackContract } from "./attack.contract.js";
import { holdOutPeople } from "./hold-out.js";
import { trafficAttack } from "./traffic-attack.js";

attackContract(trafficAttack);

function gaussians(people: number): LabelledTraces {
  return samplePlantedTraces({ people, rowsPerPerson: 5, classCount: 2, shift: 1, idleColumns: 0 }, new RandomStream(1, 0, Purpose.test).seek(0, 0));
}

it("chooses naive Bayes on shifted Gaussians, for which it is optimal", () => {
  expect(trafficAttack.train(gaussians(200)).description).toBe("Gaussian naive Bayes");
});

it("chooses trees where classes alternate along a feature", () => {
  const traces = gaussians(200), { values } = traces.features;
  const interacting = { ...traces, labels: traces.labels.map((_, row) => (Math.floor(values[row]! * 2) % 2 === 0 ? 1 : 0)) };
  expect(trafficAttack.train(interacting).description).toMatch(/trees/);
});

it("holds back whole people, one in four, and nobody when there are fewer than four", () => {
  const { training, check } = holdOutPeople(gaussians(40))!;
  expect(new Set(check.people).size).toBe(10);
  expect([...new Set(training.people)].filter((person) => check.people.includes(person))).toEqual([]);
  expect(training.features.rowCount + check.features.rowCount).toBe(200);
  expect(holdOutPeople(gaussians(3))).toBeUndefined();
});
