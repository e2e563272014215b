/**
 * Hyperparameters by penalized marginal likelihood: how much of the spread is the stack's, the chip's, the format's, the noise's; and the
 * constants of the physical mean with them.
 *
 * Minimizes 1/2 y' K^-1 y + 1/2 ln|K| + penalty. The penalty is a normal prior of each number. Minimizer: L-BFGS with backtracking;
 * deterministic. The marginal likelihood sees that rows of one chip err together; choosing by the error of single left-out rows does
 * not, and flatters the chips it chose by.
 * @source Rasmussen and Williams 2006, equation 5.9 for the gradient; Nocedal and Wright 2006, algorithm 7.4.
 */
import { ln } from "../../core/elementary.js";
import { encodeRows, makeCovariance, makeLabelCodes, noiseOf, termValue } from "./covariance.js";
import type { Covariance, EncodedRows, Hyperparameters, Term } from "./covariance.js";
import { addNoise, reweigh } from "./gaussian-process.js";
import { factorInPlace, invertFromFactor } from "./cholesky.js";
import type { Constants, NormalPrior } from "./decode-time.js";
import type { Features } from "./features.js";
import { addPenalty, layOut, readConstants, readPoint } from "./hyperparameters.js";
import type { Layout, Prior } from "./hyperparameters.js";
import { minimizeSmooth } from "./minimize-smooth.js";
import type { SmoothValue } from "./minimize-smooth.js";

/** What is fitted to what. */
export interface FitTask {
  readonly terms: readonly Term[];
  readonly prior: Prior;
  readonly features: readonly Features[];
  /** Priors of the mean's constants. */
  readonly constants: Readonly<Record<string, NormalPrior>>;
  /** Logarithms less the physical mean with these constants. Shape [n]. */
  readonly valuesAt: (constants: Constants) => Float64Array;
}

interface Problem {
  readonly task: FitTask;
  readonly layout: Layout;
  readonly rows: EncodedRows;
  weights: Float64Array;
  pull: Float64Array;
}

/** Step of a constant by which the mean's slope is measured. */
const CONSTANT_STEP = 1e-4;

/**
 * Fits hyperparameters to rows.
 *
 * @param rounds Rounds of minimizing, each followed by reweighting of wild rows.
 * @param steps Steps of the minimizer in a round.
 */
export function fitHyperparameters(task: FitTask, rounds: number, steps: number): Hyperparameters {
  const n = task.features.length, sources = task.prior.hasSourceNoise ? sourcesOf(task.features) : [];
  const problem: Problem = {
    task, layout: layOut(task.terms, task.prior, sources, task.constants), rows: encodeRows(task.features, makeLabelCodes()),
    weights: new Float64Array(n).fill(1), pull: new Float64Array(n),
  };
  let point: Float64Array = problem.layout.start;
  for (let round = 0; round < rounds; round++) {
    point = minimizeSmooth((at) => penalizedLoss(problem, at), point, steps);
    penalizedLoss(problem, point);
    problem.weights = reweigh(problem.pull, problem.weights, noiseOf(makeCovariance(task.terms, readPoint(problem.layout, point)), task.features));
  }
  return readPoint(problem.layout, point);
}

/** Sources that measured some row, in the order of their names. */
function sourcesOf(features: readonly Features[]): readonly string[] {
  return [...new Set(features.flatMap(({ labels }) => labels.protocol ?? []))].sort();
}

function penalizedLoss(problem: Problem, point: Float64Array): SmoothValue {
  const { rows, layout, task } = problem, n = rows.count, values = task.valuesAt(readConstants(layout, point));
  const covariance = makeCovariance(task.terms, readPoint(layout, point)), noise = noiseOf(covariance, task.features);
  const factor = new Float64Array(n * n);
  forEachPair(n, (i, j) => {
    let sum = 0;
    for (let t = 0; t < task.terms.length; t++) sum += covariance.variances[t]! * termValue(task.terms[t]!, covariance.inverseLengths[t]!, rows, i, rows, j);
    factor[i * n + j] = sum;
  });
  addNoise(factor, noise, problem.weights);
  factorInPlace(factor, n);
  const inverse = invertFromFactor(factor, n), pull = multiply(inverse, n, values);
  problem.pull = pull;
  let loss = 0;
  for (let i = 0; i < n; i++) loss += 0.5 * values[i]! * pull[i]! + ln(factor[i * n + i]!);
  const gradient = covarianceGradient(problem, covariance, inverse);
  addNoiseGradient(problem, noise, inverse, gradient);
  addConstantsGradient(problem, point, gradient);
  return { loss: loss + addPenalty(layout, point, gradient), gradient };
}

/** d loss / d theta = 1/2 sum over pairs of (K^-1 - a a')_ij (dK / d theta)_ij. */
function covarianceGradient(problem: Problem, covariance: Covariance, inverse: Float64Array): Float64Array {
  const { rows, layout, pull, task: { terms } } = problem, n = rows.count, gradient = new Float64Array(layout.priors.length);
  const lengthAt = terms.map((term) => term.numbers.map(([, length]) => terms.length + layout.lengths.indexOf(length)));
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
  return gradient;
}

function addNoiseGradient(problem: Problem, noise: Float64Array, inverse: Float64Array, gradient: Float64Array): void {
  const { layout: { noiseAt, sources }, pull, weights, task } = problem, n = pull.length;
  for (let i = 0; i < n; i++) {
    const slope = (0.5 * (inverse[i * n + i]! - pull[i]! * pull[i]!) * noise[i]!) / weights[i]!, source = task.features[i]!.labels.protocol;
    gradient[noiseAt] = gradient[noiseAt]! + slope;
    if (source === undefined || sources.length === 0) continue;
    const at = noiseAt + 1 + sources.indexOf(source);
    gradient[at] = gradient[at]! + slope;
  }
}

/** d loss / d constant = a' dy / d constant. */
function addConstantsGradient(problem: Problem, point: Float64Array, gradient: Float64Array): void {
  const { layout, pull, task } = problem, from = layout.priors.length - layout.constants.length, constants = readConstants(layout, point);
  layout.constants.forEach((name, at) => {
    const above = task.valuesAt({ ...constants, [name]: constants[name]! + CONSTANT_STEP });
    const below = task.valuesAt({ ...constants, [name]: constants[name]! - CONSTANT_STEP });
    gradient[from + at] = above.reduce((sum, value, row) => sum + (pull[row]! * (value - below[row]!)) / (2 * CONSTANT_STEP), 0);
  });
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
