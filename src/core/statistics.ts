/** Estimates with intervals. */
import { invariant } from "./errors.js";
import { normalQuantile } from "./normal-distribution.js";
import type { RandomStream } from "./random-stream.js";
import { incompleteBeta } from "./special-functions.js";

/** A mean and its 95% confidence interval: mean ± halfWidth95. */
export interface MeanEstimate {
  readonly mean: number;
  /** Infinity for a single value, which says nothing of its spread. */
  readonly halfWidth95: number;
  readonly n: number;
}

/** A closed interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Mean of independent values with Student's interval.
 *
 * @throws {BugError} without values.
 */
export function estimateMean(values: ArrayLike<number>): MeanEstimate {
  const { mean, standardError, n } = momentsOf(values);
  if (standardError === 0 || standardError === Infinity) return { mean, halfWidth95: standardError, n };
  return { mean, halfWidth95: studentQuantile(0.975, n - 1) * standardError, n };
}

/** Mean and its standard error, in two passes so that large offsets cancel. */
function momentsOf(values: ArrayLike<number>): { mean: number; standardError: number; n: number } {
  const n = values.length;
  invariant(n > 0, "estimate a mean from at least one value", n);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const mean = sum / n;
  if (n === 1) return { mean, standardError: Infinity, n };
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) * (values[i]! - mean);
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n), n };
}

/** A mean difference with its interval and the two-sided p-value of Student's paired test. */
export interface PairedDifference extends MeanEstimate { readonly pValue: number }

/**
 * Mean of a[i] - b[i], for runs with common random numbers.
 *
 * @throws {BugError} when lengths differ or there are no pairs.
 */
export function pairedDifference(a: ArrayLike<number>, b: ArrayLike<number>): PairedDifference {
  invariant(a.length === b.length, "pair values one to one", `${a.length} and ${b.length} values`);
  const differences = Float64Array.from({ length: a.length }, (_, i) => a[i]! - b[i]!);
  const estimate = estimateMean(differences), { mean, standardError, n } = momentsOf(differences);
  if (standardError === Infinity) return { ...estimate, pValue: 1 };
  if (standardError === 0) return { ...estimate, pValue: mean === 0 ? 1 : 0 };
  return { ...estimate, pValue: 2 * (1 - studentCdf(Math.abs(mean / standardError), n - 1)) };
}

/** A difference of two means without pairs. */
export interface MeanDifference {
  readonly mean: number;
  /** Infinity when a sample has one value. */
  readonly halfWidth95: number;
  /** Two-sided p-value of Welch's test. */
  readonly pValue: number;
}

/**
 * a - b of two independent samples, their spreads not taken for equal. Estimates are enough: Student's interval holds the standard error.
 *
 * @source Welch 1947, The generalization of Student's problem, Biometrika 34, 28-35; degrees of freedom by Satterthwaite 1946.
 */
export function welchDifference(a: MeanEstimate, b: MeanEstimate): MeanDifference {
  const mean = a.mean - b.mean;
  if (!(a.n > 1 && b.n > 1)) return { mean, halfWidth95: Infinity, pValue: 1 };
  const partA = (a.halfWidth95 / studentQuantile(0.975, a.n - 1)) ** 2, partB = (b.halfWidth95 / studentQuantile(0.975, b.n - 1)) ** 2;
  const variance = partA + partB;
  if (variance === 0) return { mean, halfWidth95: 0, pValue: mean === 0 ? 1 : 0 };
  const df = variance ** 2 / (partA ** 2 / (a.n - 1) + partB ** 2 / (b.n - 1)), standardError = Math.sqrt(variance);
  return { mean, halfWidth95: studentQuantile(0.975, df) * standardError, pValue: 2 * studentCdf(-Math.abs(mean / standardError), df) };
}

/** Probability that Student's t with `df` degrees of freedom is at most t. */
export function studentCdf(t: number, df: number): number {
  const tail = 0.5 * incompleteBeta(df / (df + t * t), df / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

const QUANTILE_STEPS = 200;

/**
 * The t with studentCdf(t, df) = p.
 *
 * @param p Between 0 and 1, ends left out.
 * @param df Degrees of freedom, 1 or more.
 * @throws {BugError} for arguments outside.
 */
export function studentQuantile(p: number, df: number): number {
  invariant(p > 0 && p < 1, "ask for a quantile at a probability between 0 and 1", p);
  invariant(df >= 1, "have at least 1 degree of freedom", df);
  if (df === Infinity) return normalQuantile(p);
  if (p < 0.5) return -studentQuantile(1 - p, df);
  let low = 0, high = 1;
  while (studentCdf(high, df) < p) high *= 2;
  for (let step = 0; step < QUANTILE_STEPS && high - low > 1e-15 * high; step++) {
    const middle = 0.5 * (low + high);
    if (studentCdf(middle, df) < p) low = middle; else high = middle;
  }
  return 0.5 * (low + high);
}

const Z_95 = 1.959963984540054;

/**
 * Interval for a proportion that keeps its level for few trials and near 0 and 1.
 *
 * @param z Standard normal quantile of the level; 1.96 (95%) when left out.
 * @returns The whole range from 0 to 1 when there were no trials.
 * @source Wilson 1927, JASA 22(158), 209-212.
 */
export function wilsonInterval(successes: number, n: number, z: number = Z_95): Interval {
  invariant(successes >= 0 && successes <= n, "have from 0 to n successes", `${successes} of ${n}`);
  if (n === 0) return { low: 0, high: 1 };
  const fraction = successes / n, z2n = z * z / n;
  const centre = (fraction + z2n / 2) / (1 + z2n);
  const half = z * Math.sqrt(fraction * (1 - fraction) / n + z2n / (4 * n)) / (1 + z2n);
  return { low: successes === 0 ? 0 : centre - half, high: successes === n ? 1 : centre + half };
}

/**
 * 95% percentile interval of a statistic by resampling with replacement.
 *
 * @param statistic Must not keep or change the sample it is given.
 * @param resamples 100 or more; 1000 is usual.
 * @source Efron 1979, Bootstrap methods: another look at the jackknife, Annals of Statistics 7(1).
 */
export function bootstrapInterval(
  values: ArrayLike<number>, statistic: (sample: Float64Array) => number, stream: RandomStream, resamples: number,
): Interval {
  invariant(values.length > 0, "resample at least one value", values.length);
  invariant(resamples >= 100, "draw at least 100 resamples", resamples);
  const sample = new Float64Array(values.length), found = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < sample.length; i++) sample[i] = values[stream.nextInt(values.length)]!;
    found[r] = statistic(sample);
  }
  found.sort();
  return { low: quantile(found, 0.025), high: quantile(found, 0.975) };
}

/**
 * Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996, as in R and NumPy).
 *
 * @param sorted Rising. At least one value.
 * @param p From 0 to 1.
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  invariant(sorted.length > 0, "ask for a quantile of at least one value", sorted.length);
  invariant(p >= 0 && p <= 1, "ask for a quantile at a probability from 0 to 1", p);
  const position = p * (sorted.length - 1), below = Math.floor(position), fraction = position - below;
  const low = sorted[below]!;
  return fraction === 0 ? low : low + fraction * (sorted[below + 1]! - low);
}

/**
 * Bound that a next value of the same kind stays below with probability p, from the order statistics alone (type 6 of Hyndman and Fan
 * 1996: rank p (n + 1)). Of n values, a next one falls below the k-th smallest with probability k / (n + 1) whatever their law.
 *
 * @param sorted Rising. At least one value. Where they are too few for p, their least or greatest.
 * @param p From 0 to 1.
 */
export function predictiveQuantile(sorted: ArrayLike<number>, p: number): number {
  invariant(sorted.length > 0, "ask for a quantile of at least one value", sorted.length);
  invariant(p >= 0 && p <= 1, "ask for a quantile at a probability from 0 to 1", p);
  const position = Math.max(0, Math.min(sorted.length - 1, p * (sorted.length + 1) - 1)), below = Math.floor(position), fraction = position - below;
  return fraction === 0 ? sorted[below]! : sorted[below]! + fraction * (sorted[below + 1]! - sorted[below]!);
}
