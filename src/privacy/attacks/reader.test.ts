import { expect, it } from "vitest";
import { normalCdf } from "../../core/distributions.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { samplePlantedWords } from "../planted-words.js";
import { foldOfRows, scoreAttack } from "../score-attack.js";
import { attackContract } from "./attack.contract.js";
import { reader } from "./reader.js";

attackContract(reader, samplePlantedWords);

function scorePlanted(shift: number, repeats: number, seed: number): ReturnType<typeof scoreAttack> {
  const traces = samplePlantedWords({ people: 200, rowsPerPerson: 6, classCount: 2, shift, idleColumns: 3 }, new RandomStream(seed, 0, Purpose.test).seek(repeats, 0));
  // The same words again and again: proofs that are no fresh proofs.
  const { rowCount, columnCount, values } = traces.features, wide = new Float64Array(rowCount * columnCount * repeats);
  for (let row = 0; row < rowCount; row++) for (let i = 0; i < repeats; i++) wide.set(values.subarray(row * columnCount, (row + 1) * columnCount), (row * repeats + i) * columnCount);
  return scoreAttack(reader, { ...traces, features: { rowCount, columnCount: columnCount * repeats, values: wide } }, foldOfRows(traces.people), { seed, taskNumber: 1 });
}

it("reads planted words at the closed-form rate", () => {
  const { accuracy } = scorePlanted(1, 1, 3);
  expect(accuracy.low).toBeLessThan(normalCdf(0.5));
  expect(accuracy.high).toBeGreaterThan(normalCdf(0.5) - 0.01);
});

it("is not carried away by words that repeat one another", () => {
  const { trained, accuracy } = scorePlanted(1, 6, 3);
  expect(accuracy.high).toBeGreaterThan(normalCdf(0.5) - 0.01);
  for (const description of trained) expect(Number(/power (.*)$/.exec(description)![1])).toBeLessThan(0.5);
});

it("claims no more than chance where words say nothing", () => {
  const scores = Array.from({ length: 30 }, (_, seed) => scorePlanted(0, 1, seed));
  expect(scores.filter(({ auc }) => auc.low <= 0.5 && 0.5 <= auc.high).length).toBeGreaterThanOrEqual(26);
  expect(scores.reduce((sum, { bits }) => sum + bits.value, 0) / scores.length).toBeLessThan(0.04);
});
