/**
 * Regression with a given covariance: conditioning on measured rows, prediction of new ones, and exact leave-a-group-out.
 *
 * Values are differences to a physical mean, in logarithms. A row of weight w has noise variance noise / w; weights come from a Student-t
 * view of the noise with 4 degrees of freedom, so a wild row pulls little: w = 5 / (4 + residual^2 / noise), repeated. Noise is by source.
 * @source Rasmussen and Williams 2006, algorithm 2.1 and section 5.4.2 (leave-one-out), in blocks; weights: Lange, Little and Taylor 1989.
 */
import { covarianceOf, encodeRows, makeLabelCodes, noiseOf, pickRows } from "./covariance.js";
import type { Covariance, EncodedRows, LabelCodes } from "./covariance.js";
import { factorInPlace, invertFromFactor, solveLower, solveUpper } from "./cholesky.js";
import type { Features } from "./features.js";

/** Mean and variance of a predicted logarithm. The variance holds the noise of one more measurement. */
export interface LogEstimate {
  readonly mean: number;
  readonly variance: number;
}

/** Rows with their values, ready to predict. */
export interface ConditionedProcess {
  readonly covariance: Covariance;
  readonly rows: EncodedRows;
  readonly dictionaries: LabelCodes;
  /** Noise variance of each row before its weight. Shape [n]. */
  readonly noise: Float64Array;
  readonly weights: Float64Array;
  /** Lower Cholesky factor. Shape [n, n]. */
  readonly factor: Float64Array;
  /** Inverse covariance times values. Shape [n]. */
  readonly pull: Float64Array;
}

const DEGREES_OF_FREEDOM = 4;
/** Added to the diagonal so that equal rows stay distinct in rounding. */
const JITTER = 1e-6;

/** Covariance matrix of rows, noise left out; both halves filled. Shape [n, n]. */
export function covarianceMatrix(covariance: Covariance, rows: EncodedRows): Float64Array {
  const n = rows.count, matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = covarianceOf(covariance, rows, i, rows, j);
      matrix[i * n + j] = value;
      matrix[j * n + i] = value;
    }
  }
  return matrix;
}

/** Adds noise over weights, and jitter, to the diagonal. */
export function addNoise(matrix: Float64Array, noise: Float64Array, weights: Float64Array): void {
  const n = weights.length;
  for (let i = 0; i < n; i++) matrix[i * n + i] = matrix[i * n + i]! + noise[i]! / weights[i]! + JITTER;
}

/**
 * Conditions on rows.
 *
 * @param values Logarithm less the physical mean. Shape [n].
 * @param weights Shape [n]; undefined: found here by `rounds` of reweighting from 1.
 */
export function condition(
  covariance: Covariance, features: readonly Features[], values: Float64Array, weights?: Float64Array, rounds = 4,
): ConditionedProcess {
  const dictionaries = makeLabelCodes(), rows = encodeRows(features, dictionaries), n = rows.count;
  const plain = covarianceMatrix(covariance, rows), noise = noiseOf(covariance, features);
  let current = weights ?? new Float64Array(n).fill(1), solved = solveFor(plain, noise, current, values);
  for (let round = 0; weights === undefined && round < rounds; round++) {
    current = reweigh(solved.pull, current, noise);
    solved = solveFor(plain, noise, current, values);
  }
  return { covariance, rows, dictionaries, noise, weights: current, ...solved };
}

/**
 * The process conditioned on some of its rows, their weights kept.
 *
 * @param plain `covarianceMatrix` of all rows of the process.
 * @param values As in `condition`. Shape [n].
 * @param keep Rows to keep, ascending.
 */
export function restrictTo(process: ConditionedProcess, plain: Float64Array, values: Float64Array, keep: readonly number[]): ConditionedProcess {
  const weights = Float64Array.from(keep, (row) => process.weights[row]!), noise = Float64Array.from(keep, (row) => process.noise[row]!);
  const block = pickBlock(plain, process.rows.count, keep);
  const solved = solveFor(block, noise, weights, Float64Array.from(keep, (row) => values[row]!));
  return { ...process, rows: pickRows(process.rows, keep), noise, weights, ...solved };
}

/** Predicts new rows. The chip, stack or protocol of a new row may be unknown to the process. */
export function predictLog(process: ConditionedProcess, features: readonly Features[]): readonly LogEstimate[] {
  const asked = encodeRows(features, process.dictionaries), n = process.rows.count;
  const cross = new Float64Array(n), noise = noiseOf(process.covariance, features);
  return features.map((_, row) => {
    let mean = 0, explained = 0;
    for (let i = 0; i < n; i++) {
      cross[i] = covarianceOf(process.covariance, process.rows, i, asked, row);
      mean += cross[i]! * process.pull[i]!;
    }
    solveLower(process.factor, n, cross);
    for (let i = 0; i < n; i++) explained += cross[i]! * cross[i]!;
    const own = covarianceOf(process.covariance, asked, row, asked, row);
    return { mean, variance: Math.max(own - explained, 0) + noise[row]! };
  });
}

/**
 * Predicts each row from all rows of other groups, exactly, without a refit.
 *
 * With P the inverse covariance, the prediction of group g is y_g - P_gg^-1 (P y)_g and its covariance P_gg^-1.
 *
 * @param values As in `condition`. Shape [n].
 * @param groups Name of each row's group. Shape [n].
 */
export function leaveGroupsOut(process: ConditionedProcess, values: Float64Array, groups: readonly string[]): readonly LogEstimate[] {
  const n = process.rows.count, inverse = invertFromFactor(process.factor, n), estimates = new Array<LogEstimate>(n);
  const members = new Map<string, number[]>();
  groups.forEach((group, row) => { const own = members.get(group); if (own === undefined) members.set(group, [row]); else own.push(row); });
  for (const own of members.values()) {
    const block = invertBlock(inverse, n, own), size = own.length;
    own.forEach((row, a) => {
      let shift = 0;
      for (let b = 0; b < size; b++) shift += block[a * size + b]! * process.pull[own[b]!]!;
      const noise = process.noise[row]!, extra = noise * (1 / process.weights[row]! - 1);
      estimates[row] = { mean: values[row]! - shift, variance: Math.max(block[a * size + a]! - extra, noise) };
    });
  }
  return estimates;
}

function solveFor(plain: Float64Array, noise: Float64Array, weights: Float64Array, values: Float64Array): Pick<ConditionedProcess, "factor" | "pull"> {
  const n = weights.length, factor = plain.slice(), pull = values.slice();
  addNoise(factor, noise, weights);
  factorInPlace(factor, n);
  solveLower(factor, n, pull);
  solveUpper(factor, n, pull);
  return { factor, pull };
}

/** Weights from the residuals that the present fit leaves: residual = noise / weight * pull. */
export function reweigh(pull: Float64Array, weights: Float64Array, noise: Float64Array): Float64Array {
  return Float64Array.from(pull, (value, row) => {
    const residual = (value * noise[row]!) / weights[row]!;
    return (DEGREES_OF_FREEDOM + 1) / (DEGREES_OF_FREEDOM + (residual * residual) / noise[row]!);
  });
}

function invertBlock(matrix: Float64Array, n: number, rows: readonly number[]): Float64Array {
  const block = pickBlock(matrix, n, rows);
  factorInPlace(block, rows.length);
  return invertFromFactor(block, rows.length);
}

function pickBlock(matrix: Float64Array, n: number, rows: readonly number[]): Float64Array {
  const size = rows.length, block = new Float64Array(size * size);
  for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) block[a * size + b] = matrix[rows[a]! * n + rows[b]!]!;
  return block;
}
