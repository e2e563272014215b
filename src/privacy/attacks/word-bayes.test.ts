import { describe, expect, it } from "vitest";
import { normalCdf } from "../../core/distributions.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { samplePlantedWords } from "../planted-words.js";
import { foldOfRows, scoreAttack } from "../score-attack.js";
import { attackContract } from "./attack.contract.js";
import { wordBayes } from "./word-bayes.js";

attackContract(wordBayes, samplePlantedWords);

describe("a reader of planted words", () => {
  it.each([1, 2])("is right Phi(d' / 2) of the time at d' = %d, and gains 1 + log2 of it in bits", (shift) => {
    const traces = samplePlantedWords({ people: 300, rowsPerPerson: 10, classCount: 2, shift, idleColumns: 4 }, new RandomStream(1, 0, Purpose.test).seek(shift, 0));
    const score = scoreAttack(wordBayes, traces, foldOfRows(traces.people), { seed: 1, taskNumber: 1 });
    expect(score.accuracy.low).toBeLessThan(normalCdf(shift / 2));
    expect(score.accuracy.high).toBeGreaterThan(normalCdf(shift / 2) - 0.005);
    expect(score.bits.value).toBeCloseTo(1 + Math.log2(normalCdf(shift / 2)), 1);
  });

  it("finds nothing where words say nothing: the AUC interval covers 0.5 in nearly all of 40 samples", () => {
    const scores = Array.from({ length: 40 }, (_, seed) => {
      const traces = samplePlantedWords({ people: 50, rowsPerPerson: 6, classCount: 3, shift: 0, idleColumns: 4 }, new RandomStream(seed, 0, Purpose.test).seek(9, 0));
      return scoreAttack(wordBayes, traces, foldOfRows(traces.people), { seed, taskNumber: 1 });
    });
    // Binomial(40, 0.95): 34 or fewer has chance 1.4 %.
    expect(scores.filter(({ auc }) => auc.low <= 0.5 && 0.5 <= auc.high).length).toBeGreaterThanOrEqual(35);
  });
});
