/**
 * Hyperparameters by penalized marginal likelihood: how much of the spread is the stack's, the chip's, the format's, the noise's.
 *
 * Minimizes 1/2 y' K^-1 y + 1/2 ln|K| + penalty over logarithms. The penalty is a normal prior: log variances and log lengths as the
 * target says, log noise (-4.5, 1). Minimizer: L-BFGS with backtracking; deterministic. The marginal likelihood sees that rows of
 * one chip err together; choosing by the error of single left-out rows does not, and flatters the chips it chose by.
 * @source Rasmussen and Williams 2006, equation 5.9 for the gradient; Nocedal and Wright 2006, algorithm 7.4.
 */
import { exp, ln } from "../../core/elementary.js";
import { encodeRows, lengthNames, makeCovariance, makeLabelCodes, termValue } from "./covariance.js";
import type { EncodedRows, Hyperparameters, Term } from "./covariance.js";
import { addNoise, reweigh } from "./gaussian-process.js";
import { factorInPlace, invertFromFactor } from "./cholesky.js";
import type { Features } from "./features.js";
import { minimizeSmooth } from "./minimize-smooth.js";

/** Normal priors of log variances and log lengths: how far the rows may pull them. */
export interface Prior {
  readonly variance: { readonly mean: number; readonly sd: number };
  readonly lengthSd: number;
  /** Where the fit of each length starts; also the middle of its prior. */
  readonly lengthStart: Readonly<Record<string, number>>;
}

interface Problem {
  readonly terms: readonly Term[];
  readonly lengths: readonly string[];
  readonly prior: Prior;
  readonly rows: EncodedRows;
  readonly values: Float64Array;
  weights: Float64Array;
  pull: Float64Array;
}

const VARIANCE_START = -4;
const NOISE_PRIOR = { mean: -4.5, sd: 1 } as const;

/**
 * Fits hyperparameters to rows.
 *
 * @param values Logarithms less the physical mean. Shape [n].
 * @param rounds Rounds of minimizing, each followed by reweighting of wild rows.
 * @param steps Steps of the minimizer in a round.
 */
export function fitHyperparameters(
  terms: readonly Term[], prior: Prior, features: readonly Features[], values: Float64Array, rounds: number, steps: number,
): Hyperparameters {
  const problem: Problem = {
    terms, lengths: lengthNames(terms), prior, rows: encodeRows(features, makeLabelCodes()), values,
    weights: new Float64Array(values.length).fill(1), pull: new Float64Array(values.length),
  };
  let point = startPoint(problem);
  for (let round = 0; round < rounds; round++) {
    point = minimizeSmooth((at) => penalizedLoss(problem, at), point, steps);
    penalizedLoss(problem, point);
    problem.weights = reweigh(problem.pull, problem.weights, exp(point[point.length - 1]!));
  }
  return toHyperparameters(problem, point);
}

function startPoint(problem: Problem): Float64Array {
  return Float64Array.from([
    ...problem.terms.map(() => VARIANCE_START), ...problem.lengths.map((length) => problem.prior.lengthStart[length]!), NOISE_PRIOR.mean]);
}

function toHyperparameters(problem: Problem, point: Float64Array): Hyperparameters {
  const { terms, lengths } = problem;
  return {
    logVariance: Object.fromEntries(terms.map((term, t) => [term.name, point[t]!])),
    logLength: Object.fromEntries(lengths.map((length, l) => [length, point[terms.length + l]!])), logNoise: point[point.length - 1]!,
  };
}

interface LossAt { readonly loss: number; readonly gradient: Float64Array; }

function penalizedLoss(problem: Problem, point: Float64Array): LossAt {
  const { terms, rows, values } = problem, n = rows.count;
  const covariance = makeCovariance(terms, toHyperparameters(problem, point));
  const factor = new Float64Array(n * n);
  forEachPair(n, (i, j) => {
    let sum = 0;
    for (let t = 0; t < terms.length; t++) sum += covariance.variances[t]! * termValue(terms[t]!, covariance.inverseLengths[t]!, rows, i, rows, j);
    factor[i * n + j] = sum;
  });
  addNoise(factor, covariance.noise, problem.weights);
  factorInPlace(factor, n);
  const inverse = invertFromFactor(factor, n), pull = multiply(inverse, n, values);
  problem.pull = pull;
  let loss = 0;
  for (let i = 0; i < n; i++) loss += 0.5 * values[i]! * pull[i]! + ln(factor[i * n + i]!);
  const gradient = likelihoodGradient(problem, covariance, inverse, pull);
  return { loss: loss + addPenalty(problem, point, gradient), gradient };
}

/** d loss / d theta = 1/2 sum over pairs of (K^-1 - a a')_ij (dK / d theta)_ij. */
function likelihoodGradient(problem: Problem, covariance: ReturnType<typeof makeCovariance>, inverse: Float64Array, pull: Float64Array): Float64Array {
  const { terms, rows, lengths } = problem, n = rows.count, gradient = new Float64Array(terms.length + lengths.length + 1);
  const lengthAt = terms.map((term) => term.numbers.map(([, length]) => terms.length + lengths.indexOf(length)));
  forEachPair(n, (i, j) => {
    const share = (i === j ? 0.5 : 1) * (inverse[i * n + j]! - pull[i]! * pull[j]!);
    for (let t = 0; t < terms.length; t++) {
      const term = terms[t]!, value = covariance.variances[t]! * termValue(term, covariance.inverseLengths[t]!, rows, i, rows, j);
      if (value === 0) continue;
      gradient[t] = gradient[t]! + share * value;
      for (let part = 0; part < term.numbers.length; part++) {
        const name = term.numbers[part]![0], at = lengthAt[t]![part]!;
        const distance = (rows.numbers[name][i]! - rows.numbers[name][j]!) * covariance.inverseLengths[t]![part]!;
        gradient[at] = gradient[at]! + share * value * distance * distance;
      }
    }
  });
  const noiseAt = gradient.length - 1;
  for (let i = 0; i < n; i++) {
    gradient[noiseAt] = gradient[noiseAt]! + (0.5 * (inverse[i * n + i]! - pull[i]! * pull[i]!) * covariance.noise) / problem.weights[i]!;
  }
  return gradient;
}

function addPenalty(problem: Problem, point: Float64Array, gradient: Float64Array): number {
  const { variance, lengthSd, lengthStart } = problem.prior;
  let penalty = 0;
  for (let at = 0; at < point.length; at++) {
    const length = problem.lengths[at - problem.terms.length];
    const prior = at < problem.terms.length ? variance : length === undefined ? NOISE_PRIOR : { mean: lengthStart[length]!, sd: lengthSd };
    const off = (point[at]! - prior.mean) / prior.sd;
    penalty += 0.5 * off * off;
    gradient[at] = gradient[at]! + off / prior.sd;
  }
  return penalty;
}

function forEachPair(n: number, visit: (i: number, j: number) => void): void {
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) visit(i, j);
}

function multiply(matrix: Float64Array, n: number, vector: Float64Array): Float64Array {
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * vector[j]!;
    product[i] = sum;
  }
  return product;
}
