/**
 * Gaussian naive Bayes: each feature is normal within a class and independent of the others, with its own mean and
 * variance. Optimal for shifted Gaussians, so it meets the closed-form answers of planted leaks; weak where features
 * interact. Time O(rows x columns).
 */
import { ln } from "../../core/elementary.js";
import { logPrior, type Attack, type FeatureTable, type LabelledTraces, type TrainedAttack } from "./attack.js";

/** Rows of the pooled variance that are mixed into each class's variance: classes of few rows lean on all. */
const POOLED_ROWS = 2;
/** Least variance within a class, as a share of the feature's total variance: a feature may be constant in a class. */
const LEAST_VARIANCE_SHARE = 1e-4;

/** Naive Bayes with normal features. */
export const gaussianBayes: Attack = { name: "gaussian-bayes", train: trainGaussianBayes };

/** Parameters per class and column, shape [classCount, columnCount]. */
interface Normals {
  readonly logPriors: Float64Array;
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly logVariances: Float64Array;
}

function trainGaussianBayes(traces: LabelledTraces): TrainedAttack {
  const normals = estimateNormals(traces);
  const { classCount } = traces;
  return { description: "Gaussian naive Bayes", infer: (features) => inferLogScores(normals, classCount, features) };
}

function estimateNormals({ features, labels, classCount }: LabelledTraces): Normals {
  const { rowCount, columnCount, values } = features;
  const counts = new Float64Array(classCount), means = new Float64Array(classCount * columnCount), variances = new Float64Array(classCount * columnCount);
  for (let row = 0; row < rowCount; row++) {
    const base = labels[row]! * columnCount;
    counts[labels[row]!]!++;
    for (let c = 0; c < columnCount; c++) means[base + c]! += values[row * columnCount + c]!;
  }
  for (let k = 0; k < classCount; k++) for (let c = 0; c < columnCount; c++) means[k * columnCount + c]! /= Math.max(1, counts[k]!);
  for (let row = 0; row < rowCount; row++) {
    const base = labels[row]! * columnCount;
    for (let c = 0; c < columnCount; c++) variances[base + c]! += (values[row * columnCount + c]! - means[base + c]!) ** 2;
  }
  for (let c = 0; c < columnCount; c++) shrinkColumn(c, features, classCount, counts, means, variances);
  return { logPriors: logPrior(labels, classCount, ln), means, variances, logVariances: variances.map(ln) };
}

/** Turns sums of squares into variances that lean on the pooled one and never vanish; empty classes get the total mean and variance. */
function shrinkColumn(c: number, features: FeatureTable, classCount: number, counts: Float64Array, means: Float64Array, variances: Float64Array): void {
  const { rowCount, columnCount, values } = features;
  let sum = 0, squares = 0, within = 0;
  for (let row = 0; row < rowCount; row++) sum += values[row * columnCount + c]!;
  const mean = sum / Math.max(1, rowCount);
  for (let row = 0; row < rowCount; row++) squares += (values[row * columnCount + c]! - mean) ** 2;
  for (let k = 0; k < classCount; k++) within += variances[k * columnCount + c]!;
  const total = squares / Math.max(1, rowCount), pooled = within / Math.max(1, rowCount);
  // A constant feature has total 0: variance 1 makes it say nothing.
  const floor = total > 0 ? total * LEAST_VARIANCE_SHARE : 1;
  for (let k = 0; k < classCount; k++) {
    const at = k * columnCount + c;
    if (counts[k] === 0) means[at] = mean;
    const shrunk = counts[k] === 0 ? total : (variances[at]! + POOLED_ROWS * pooled) / (counts[k]! + POOLED_ROWS);
    variances[at] = Math.max(shrunk, floor);
  }
}

function inferLogScores(normals: Normals, classCount: number, { rowCount, columnCount, values }: FeatureTable): Float64Array {
  const { logPriors, means, variances, logVariances } = normals;
  const scores = new Float64Array(rowCount * classCount);
  for (let row = 0; row < rowCount; row++) {
    for (let k = 0; k < classCount; k++) {
      let score = logPriors[k]!;
      for (let c = 0; c < columnCount; c++) {
        const at = k * columnCount + c, distance = values[row * columnCount + c]! - means[at]!;
        score -= 0.5 * (distance * distance / variances[at]! + logVariances[at]!);
      }
      scores[row * classCount + k] = score;
    }
  }
  return scores;
}
