/**
 * A reader of short texts: multinomial naive Bayes over words. Each feature is the number of a word, whatever its column;
 * `NO_WORD` fills up short rows. Optimal when words are drawn independently given the class, which is what planted words are.
 *
 * Source: McCallum and Nigam 1998, A comparison of event models for naive Bayes text classification, AAAI workshop WS-98-05.
 */
import { ln } from "../../core/elementary.js";
import { logPrior, type Attack, type FeatureTable, type LabelledTraces, type TrainedAttack } from "./attack.js";

/** Stands in columns behind the last word. */
export const NO_WORD = -1;

/** Times that each word counts in each class before any is seen (Lidstone). Ours. */
const UNSEEN_COUNT = 0.3;

/** Naive Bayes over words. */
export const wordBayes: Attack = { name: "word-bayes", train: trainWordBayes };

/** Log-chances of words by class: shape [words, classCount], the last row for words never seen. */
interface WordChances {
  readonly placeOf: ReadonlyMap<number, number>;
  readonly logChances: Float64Array;
  readonly logPriors: Float64Array;
}

function trainWordBayes(traces: LabelledTraces): TrainedAttack {
  const { classCount } = traces, chances = countWords(traces);
  return { description: `naive Bayes over ${chances.placeOf.size} words`, infer: (features) => inferLogScores(chances, classCount, features) };
}

function countWords({ features, labels, classCount }: LabelledTraces): WordChances {
  const { rowCount, columnCount, values } = features, placeOf = new Map<number, number>();
  for (const word of values) if (word !== NO_WORD && !placeOf.has(word)) placeOf.set(word, placeOf.size);
  const counts = new Float64Array((placeOf.size + 1) * classCount).fill(UNSEEN_COUNT), totals = new Float64Array(classCount).fill(UNSEEN_COUNT * (placeOf.size + 1));
  for (let row = 0; row < rowCount; row++) {
    for (let c = 0; c < columnCount; c++) {
      const word = values[row * columnCount + c]!;
      if (word === NO_WORD) continue;
      counts[placeOf.get(word)! * classCount + labels[row]!]!++;
      totals[labels[row]!]!++;
    }
  }
  const logTotals = totals.map(ln), logUnseen = ln(UNSEEN_COUNT);
  // Most words are of few classes: one logarithm serves all that have none.
  const logChances = counts.map((count, at) => (count === UNSEEN_COUNT ? logUnseen : ln(count)) - logTotals[at % classCount]!);
  return { placeOf, logChances, logPriors: logPrior(labels, classCount, ln) };
}

function inferLogScores({ placeOf, logChances, logPriors }: WordChances, classCount: number, { rowCount, columnCount, values }: FeatureTable): Float64Array {
  const scores = new Float64Array(rowCount * classCount);
  for (let row = 0; row < rowCount; row++) {
    scores.set(logPriors, row * classCount);
    for (let c = 0; c < columnCount; c++) {
      const word = values[row * columnCount + c]!, place = word === NO_WORD ? undefined : placeOf.get(word) ?? placeOf.size;
      if (place !== undefined) for (let k = 0; k < classCount; k++) scores[row * classCount + k]! += logChances[place * classCount + k]!;
    }
  }
  return scores;
}
