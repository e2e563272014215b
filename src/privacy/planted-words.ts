/** Texts whose leak is known in closed form: words drawn at random, one of which tells the class. */
import { normalCdf } from "../core/distributions.js";
import type { RandomStream } from "../core/random-stream.js";
import type { LabelledTraces } from "./attacks/attack.js";
import { samplePlantedTraces, type PlantedLeak } from "./planted-leak.js";

/** Words that say nothing. */
const IDLE_WORDS = 12;

/**
 * Samples traces of words: in a row, one word per idle column at random, and one that is the class's own with chance
 * q = Phi(d' / 2) for two classes and 2 Phi(d' / 2) - 1 of being given away for more; else a word of a class at random (for
 * two: the other's). Two classes: best accuracy Phi(d' / 2), as for Gaussians at distance d'.
 */
export function samplePlantedWords(leak: PlantedLeak, stream: RandomStream): LabelledTraces {
  const plain = samplePlantedTraces({ ...leak, shift: 0 }, stream), { classCount, idleColumns } = leak, columnCount = idleColumns + 1;
  const values = new Float64Array(plain.labels.length * columnCount), { truth, blind } = chances(leak);
  plain.labels.forEach((label, row) => {
    for (let c = 0; c < idleColumns; c++) values[row * columnCount + c] = classCount + stream.nextInt(IDLE_WORDS);
    const isTold = stream.nextUniform() < truth;
    values[row * columnCount + idleColumns] = isTold ? label : blind ? stream.nextInt(classCount) : 1 - label;
  });
  return { ...plain, features: { rowCount: plain.labels.length, columnCount, values } };
}

function chances({ classCount, shift }: PlantedLeak): { truth: number; blind: boolean } {
  return classCount === 2 ? { truth: normalCdf(shift / 2), blind: false } : { truth: 2 * normalCdf(shift / 2) - 1, blind: true };
}
