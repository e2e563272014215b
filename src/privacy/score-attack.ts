/** One attack on one question about people ("which domain?"), judged against the truth, with intervals over people. */
import { RandomStream, Purpose } from "../core/random-stream.js";
import type { Attack, LabelledTraces } from "./attacks/attack.js";
import { weightedAuc } from "./auc.js";
import { FOLD_COUNT, crossFit, type CrossFitClaims } from "./cross-fit.js";
import { leakageBits } from "./leakage-bits.js";
import { bootstrapPeople, type Estimate } from "./people-bootstrap.js";
import { columnOf, rankClaims, type Ranking } from "./ranking.js";
import { isLevelResolved, weightedTprAtFpr } from "./tpr-at-fpr.js";

/** Replicates of the bootstrap over people. */
export const BOOTSTRAP_REPLICATES = 400;

/**
 * Intervals are widened by this factor. In cross-fitting each fold helps to train the attack on every other, so that
 * accidents of the sample confirm one another: without a leak the variance is up to twice that of independent folds
 * (exactly twice for a linear score in many dimensions). Measured without a leak, over 300 samples each of 8 settings
 * (2 or 4 classes, 40 or 100 people, trees or Bayes): standard deviation 1.11 to 1.25 times that of the bootstrap.
 */
const CROSS_FIT_WIDENING = 1.2;

/** False positive rates at which true positive rates are given. */
const FPR_ONE_PERCENT = 0.01, FPR_ONE_PER_MILLE = 0.001;

/** Place of the bits among the statistics: the only one that is not a fraction. */
const BITS = 5;

/** What an attack achieved. Rates and areas are fractions; intervals are 95 % over people. */
export interface LeakageScore {
  readonly isScored: true;
  /** People and observations that were attacked. */
  readonly people: number;
  readonly observations: number;
  readonly classCount: number;
  /** Area under the ROC curve of one class against the rest, mean over classes (for two classes: of class 1). */
  readonly auc: Estimate;
  /** True positive rate at 1 % and 0.1 % false positives of the same scores. */
  readonly tprAt1Percent: Estimate;
  readonly tprAt1PerMille: Estimate;
  /** Whether there are enough false claims for the level; below that the rate is one of few false claims and means little. */
  readonly isResolvedAt1Percent: boolean;
  readonly isResolvedAt1PerMille: boolean;
  /** Share of right best guesses, and share of the most common class. */
  readonly accuracy: Estimate;
  readonly prior: number;
  /** Balanced advantage: mean recall of the best guess over classes, rescaled so that blind guessing has 0 and certainty 1. For two classes TPR - FPR. */
  readonly advantage: Estimate;
  /** Min-entropy leakage in bits, at least 0, and the same without the floor. */
  readonly bits: Estimate;
  readonly rawBits: number;
  /** What was trained for each fold of people. */
  readonly trained: readonly string[];
}

/** How claims are judged. */
export interface ScoringOptions {
  readonly seed: number;
  /** Keeps the bootstraps of several questions apart: used as the entity of the stream. At least 1. */
  readonly taskNumber: number;
}

/**
 * Trains an attack on four fifths of the people, judges it on the others, five times, and scores all claims.
 *
 * Areas compare claims within a fold; rates at low levels need all negatives and compare all claims, on a scale that is
 * free of the training people's class shares.
 *
 * @param traces Rows of at least two classes. People are numbered from 0 without gaps.
 * @param foldOfRow Shape [rows], from 0 to 4; all rows of a person in one fold.
 */
export function scoreAttack(attack: Attack, traces: LabelledTraces, foldOfRow: Int32Array, options: ScoringOptions): LeakageScore {
  const claims = crossFit(attack, traces, foldOfRow);
  const { labels, people, classCount } = traces;
  const personCount = people.reduce((most, person) => Math.max(most, person), -1) + 1;
  const questions = rankQuestions(claims, traces, foldOfRow);
  const isRight = Uint8Array.from(labels, (label, row) => (claims.topClass[row] === label ? 1 : 0));
  const statistics = (weights: Float64Array): number[] => {
    const { accuracy, prior, advantage } = guessRates(isRight, traces, weights);
    return [
      meanOver(questions, (question) => weightedAuc(question.withinFolds, weights)),
      meanOver(questions, (question) => weightedTprAtFpr(question.overall, weights, FPR_ONE_PERCENT)),
      meanOver(questions, (question) => weightedTprAtFpr(question.overall, weights, FPR_ONE_PER_MILLE)),
      accuracy,
      advantage,
      leakageBits(accuracy, prior).bits,
    ];
  };
  const stream = new RandomStream(options.seed, 0, Purpose.attack);
  const [auc, tprAt1Percent, tprAt1PerMille, accuracy, advantage, bits] =
    bootstrapPeople(personCount, statistics, stream, options.taskNumber, BOOTSTRAP_REPLICATES, CROSS_FIT_WIDENING)
      .map((estimate, s) => limitEstimate(estimate, s === BITS ? Infinity : 1));
  const { prior } = guessRates(isRight, traces, new Float64Array(personCount).fill(1));
  const fewestFalse = Math.min(...questions.map((question) => question.falseCount));
  return {
    isScored: true, people: personCount, observations: labels.length, classCount,
    auc: auc!, tprAt1Percent: tprAt1Percent!, tprAt1PerMille: tprAt1PerMille!, accuracy: accuracy!, advantage: advantage!, bits: bits!, prior,
    isResolvedAt1Percent: isLevelResolved(fewestFalse, FPR_ONE_PERCENT), isResolvedAt1PerMille: isLevelResolved(fewestFalse, FPR_ONE_PER_MILLE),
    rawBits: leakageBits(accuracy!.value, prior).rawBits, trained: claims.descriptions,
  };
}

/**
 * Deals people to folds.
 *
 * @param people Person of each row: places in an order that has nothing to do with what they did.
 */
export function foldOfRows(people: Int32Array): Int32Array {
  return people.map((person) => person % FOLD_COUNT);
}

/** "Is it this class?" as claims in order of score. */
interface RankedQuestion {
  readonly withinFolds: Ranking;
  readonly overall: Ranking;
  readonly falseCount: number;
}

/** One question per class; for two classes only "is it class 1?", whose answer is also that of the other. */
function rankQuestions(claims: CrossFitClaims, { labels, people, classCount }: LabelledTraces, foldOfRow: Int32Array): RankedQuestion[] {
  const questions: RankedQuestion[] = [];
  for (let k = classCount === 2 ? 1 : 0; k < classCount; k++) {
    const scores = columnOf(claims.evidence, classCount, k), isTrue = Uint8Array.from(labels, (label) => (label === k ? 1 : 0));
    questions.push({
      withinFolds: rankClaims(scores, isTrue, people, foldOfRow),
      overall: rankClaims(scores, isTrue, people),
      falseCount: isTrue.reduce((count, value) => count + 1 - value, 0),
    });
  }
  return questions;
}

/** Rates of the best guesses when person p counts `weights[p]` times: share of right ones, of the most common class, balanced advantage. */
function guessRates(isRight: Uint8Array, { labels, people, classCount }: LabelledTraces, weights: Float64Array): { accuracy: number; prior: number; advantage: number } {
  const ofClass = new Float64Array(classCount), rightOfClass = new Float64Array(classCount);
  for (let row = 0; row < labels.length; row++) {
    const weight = weights[people[row]!]!, label = labels[row]!;
    ofClass[label]! += weight;
    rightOfClass[label]! += weight * isRight[row]!;
  }
  const total = sumOf(ofClass), present = ofClass.filter((weight) => weight > 0).length;
  const recall = sumOf(rightOfClass.map((right, k) => (ofClass[k]! > 0 ? right / ofClass[k]! : 0))) / present;
  const advantage = present > 1 ? Math.max(0, (recall - 1 / present) / (1 - 1 / present)) : NaN;
  return { accuracy: sumOf(rightOfClass) / total, prior: ofClass.reduce((most, weight) => Math.max(most, weight), 0) / total, advantage };
}

function sumOf(values: Float64Array): number { return values.reduce((sum, value) => sum + value, 0); }

/** Keeps a widened interval between 0 and the highest possible value. */
function limitEstimate({ value, low, high }: Estimate, highest: number): Estimate {
  return { value, low: Math.max(0, low), high: Math.min(highest, high) };
}

/** Mean over the questions that have a value; NaN when none has. */
function meanOver(questions: readonly RankedQuestion[], value: (question: RankedQuestion) => number): number {
  let sum = 0, count = 0;
  for (const question of questions) {
    const found = value(question);
    if (!Number.isNaN(found)) { sum += found; count++; }
  }
  return sum / count;
}
