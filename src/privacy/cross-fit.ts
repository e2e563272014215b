/** Scoring of an attack on people it has not seen: each fold of people is attacked by what was trained on the other folds. */
import { exp, ln } from "../core/elementary.js";
import { logPrior, selectRows, selectTraces, type Attack, type LabelledTraces } from "./attacks/attack.js";

/** Folds of people. */
export const FOLD_COUNT = 5;

/** Claims about every row, each made without its person. */
export interface CrossFitClaims {
  /**
   * How much the observation speaks for each class: log posterior odds minus log prior odds of the training people, so
   * that scores of different folds have one scale. Shape [rowCount, classCount].
   */
  readonly evidence: Float64Array;
  /** Most likely class of each row, prior included. */
  readonly topClass: Int32Array;
  /** What was trained for each fold. */
  readonly descriptions: readonly string[];
}

/**
 * Attacks every fold with the others.
 *
 * @param traces All rows with their true classes; the attack gets those of other people only.
 * @param foldOfRow Fold of each row, from 0 to FOLD_COUNT - 1; all rows of a person in one fold.
 */
export function crossFit(attack: Attack, traces: LabelledTraces, foldOfRow: Int32Array): CrossFitClaims {
  const { classCount } = traces, rowCount = traces.features.rowCount;
  const evidence = new Float64Array(rowCount * classCount), topClass = new Int32Array(rowCount), descriptions: string[] = [];
  for (let fold = 0; fold < FOLD_COUNT; fold++) {
    const training = selectTraces(traces, rowsWhere(foldOfRow, (rowFold) => rowFold !== fold));
    const targets = rowsWhere(foldOfRow, (rowFold) => rowFold === fold);
    if (targets.length === 0 || training.features.rowCount === 0) continue;
    const trained = attack.train(training);
    descriptions.push(trained.description);
    const logScores = trained.infer(selectRows(traces.features, targets));
    const priorOdds = toLogOdds(logPrior(training.labels, classCount, ln), classCount);
    const odds = toLogOdds(logScores, classCount);
    targets.forEach((row, i) => {
      for (let k = 0; k < classCount; k++) evidence[row * classCount + k] = odds[i * classCount + k]! - priorOdds[k]!;
      topClass[row] = indexOfHighest(logScores, i * classCount, classCount);
    });
  }
  return { evidence, topClass, descriptions };
}

/**
 * Most likely class of each row, made without its person: the guesses of `crossFit` alone, in time linear in the classes.
 *
 * @param foldOfRow As for `crossFit`.
 */
export function crossGuess(attack: Attack, traces: LabelledTraces, foldOfRow: Int32Array): Int32Array {
  const topClass = new Int32Array(traces.features.rowCount), { classCount } = traces;
  for (let fold = 0; fold < FOLD_COUNT; fold++) {
    const training = rowsWhere(foldOfRow, (rowFold) => rowFold !== fold), targets = rowsWhere(foldOfRow, (rowFold) => rowFold === fold);
    if (targets.length === 0 || training.length === 0) continue;
    const logScores = attack.train(selectTraces(traces, training)).infer(selectRows(traces.features, targets));
    targets.forEach((row, i) => { topClass[row] = indexOfHighest(logScores, i * classCount, classCount); });
  }
  return topClass;
}

/**
 * Log-scores to log-odds of each class against all others: s_k - ln sum_{j != k} exp s_j. Does not saturate.
 *
 * @param logScores Shape [rows, classCount], known up to a constant per row. classCount at least 2.
 */
export function toLogOdds(logScores: Float64Array, classCount: number): Float64Array {
  const odds = new Float64Array(logScores.length);
  for (let from = 0; from < logScores.length; from += classCount) {
    for (let k = 0; k < classCount; k++) odds[from + k] = logScores[from + k]! - logSumOfOthers(logScores, from, classCount, k);
  }
  return odds;
}

function logSumOfOthers(logScores: Float64Array, from: number, classCount: number, k: number): number {
  if (classCount === 2) return logScores[from + 1 - k]!;
  let highest = -Infinity, sum = 0;
  for (let j = 0; j < classCount; j++) if (j !== k) highest = Math.max(highest, logScores[from + j]!);
  for (let j = 0; j < classCount; j++) if (j !== k) sum += exp(logScores[from + j]! - highest);
  return highest + ln(sum);
}

function rowsWhere(folds: Int32Array, isWanted: (fold: number) => boolean): Int32Array {
  const rows: number[] = [];
  folds.forEach((fold, row) => { if (isWanted(fold)) rows.push(row); });
  return Int32Array.from(rows);
}

function indexOfHighest(values: Float64Array, from: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[from + k]! > values[from + best]!) best = k;
  return best;
}
