/** Log-normal laws of token counts, fitted so that a few odd values count little. */
import { normalCdf, normalQuantile } from "../core/distributions.js";
import { exp, ln } from "../core/elementary.js";

/** A fitted law and how far it is from its data. */
export interface LengthFit {
  readonly logMean: number;
  readonly logSd: number;
  readonly maxTokens: number;
  /** Greatest distance between the empirical distribution and the fitted one, cut to [1, maxTokens] and rounded. */
  readonly ksDistance: number;
}

/** Central part of the sorted values that the line is laid through. */
const LOWEST_SHARE = 0.05, HIGHEST_SHARE = 0.95;

/**
 * Fits a log-normal by a straight line through the quantile-quantile plot between the 5th and the 95th percentile.
 *
 * Least squares of ln x(i) on the normal quantile of (i - 0.5) / n. Values outside the central part only move maxTokens.
 *
 * @param tokens Whole numbers, 1 or more. At least 20.
 * @source Quantile-quantile regression; Wilk and Gnanadesikan 1968, Biometrika 55(1).
 */
export function fitLengths(tokens: ArrayLike<number>): LengthFit {
  const sorted = Float64Array.from(tokens).sort(), n = sorted.length;
  let count = 0, z = 0, y = 0, zz = 0, zy = 0;
  for (let i = 0; i < n; i++) {
    const share = (i + 0.5) / n;
    if (share < LOWEST_SHARE || share > HIGHEST_SHARE) continue;
    const quantile = normalQuantile(share), value = ln(sorted[i]!);
    count++; z += quantile; y += value; zz += quantile * quantile; zy += quantile * value;
  }
  const logSd = (zy - (z * y) / count) / (zz - (z * z) / count), logMean = (y - logSd * z) / count;
  return { logMean, logSd, maxTokens: sorted[n - 1]!, ksDistance: ksDistance(sorted, logMean, logSd) };
}

/** Mean and standard deviation of the logarithms: the maximum-likelihood fit, to print beside the robust one. */
export function fitLengthsByMoments(tokens: ArrayLike<number>): LengthFit {
  const sorted = Float64Array.from(tokens).sort(), n = sorted.length;
  let sum = 0, squares = 0;
  for (const value of sorted) sum += ln(value);
  for (const value of sorted) squares += (ln(value) - sum / n) ** 2;
  const logMean = sum / n, logSd = Math.sqrt(squares / n);
  return { logMean, logSd, maxTokens: sorted[n - 1]!, ksDistance: ksDistance(sorted, logMean, logSd) };
}

/** Quantile of the fitted law, cut to [1, maxTokens]. */
export function fittedQuantile(fit: LengthFit, share: number): number {
  return Math.min(fit.maxTokens, Math.max(1, exp(fit.logMean + fit.logSd * normalQuantile(share))));
}

/** Kolmogorov-Smirnov distance at the values of the data, with the law read half a token up: counts are rounded. */
function ksDistance(sorted: Float64Array, logMean: number, logSd: number): number {
  const n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    if (i + 1 < n && sorted[i + 1] === sorted[i]) continue;
    const law = normalCdf((ln(sorted[i]! + 0.5) - logMean) / logSd);
    distance = Math.max(distance, Math.abs((i === n - 1 ? 1 : law) - (i + 1) / n));
  }
  return distance;
}
