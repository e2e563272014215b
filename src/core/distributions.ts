/** Random numbers of named laws, from a stream. Laws with an inverse take one draw, so common random numbers stay common. */
import { exp, ln, pow } from "./elementary.js";
import type { RandomStream } from "./random-stream.js";
import { lnGamma } from "./special-functions.js";

export { normalCdf, normalQuantile } from "./normal-distribution.js";

/** A log-normal number: exp of a normal with mean `logMean` and standard deviation `logSd`. Takes one draw. */
export function sampleLogNormal(stream: RandomStream, logMean: number, logSd: number): number {
  return exp(logMean + logSd * stream.nextNormal());
}

const LARGEST_INVERTED_MEAN = 12;

/**
 * A Poisson number.
 *
 * By inversion (one draw) up to mean 12, by rejection above.
 *
 * @param mean 0 or more, finite.
 */
export function samplePoisson(stream: RandomStream, mean: number): number {
  if (mean > LARGEST_INVERTED_MEAN) return sampleLargePoisson(stream, mean);
  const u = stream.nextUniform();
  let count = 0, probability = exp(-mean), cumulative = probability;
  while (u > cumulative && probability > 0) {
    count++;
    probability *= mean / count;
    cumulative += probability;
  }
  return count;
}

/**
 * Transformed rejection with squeeze.
 *
 * @source Hoermann 1993, The transformed rejection method for generating Poisson random variables, algorithm PTRS.
 */
function sampleLargePoisson(stream: RandomStream, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean), a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4), squeeze = 0.9277 - 3.6224 / (b - 2), logMean = ln(mean);
  for (;;) {
    const u = stream.nextUniform() - 0.5, v = stream.nextUniform();
    const side = 0.5 - Math.abs(u), count = Math.floor((2 * a / side + b) * u + mean + 0.43);
    if (side >= 0.07 && v <= squeeze) return count;
    if (count < 0 || (side < 0.013 && v > side)) continue;
    if (ln(v * inverseAlpha / (a / (side * side) + b)) <= -mean + count * logMean - lnGamma(count + 1)) return count;
  }
}

/**
 * A geometric number: trials up to and with the first success, so 1 or more. Takes one draw.
 *
 * @param mean 1 or more.
 */
export function sampleGeometric(stream: RandomStream, mean: number): number {
  const u = stream.nextUniform();
  return mean > 1 ? 1 + Math.floor(ln(u) / ln(1 - 1 / mean)) : 1;
}

/**
 * A gamma number with mean shape * scale.
 *
 * @param shape Above 0. Below 1 it is raised by 1 and the result scaled by a power of a uniform.
 * @source Marsaglia and Tsang 2000, A simple method for generating gamma variables, ACM TOMS 26(3).
 */
export function sampleGamma(stream: RandomStream, shape: number, scale: number): number {
  if (shape < 1) {
    const power = pow(stream.nextUniform(), 1 / shape);
    return power * sampleGamma(stream, shape + 1, scale);
  }
  const d = shape - 1 / 3, c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.nextNormal(), u = stream.nextUniform(), root = 1 + c * x, cube = root * root * root;
    if (cube > 0 && ln(u) < 0.5 * x * x + d - d * cube + d * ln(cube)) return d * cube * scale;
  }
}

/**
 * An index with probability in proportion to its weight. Takes one draw.
 *
 * @param cumulative Running sums of the weights. Not falling; the last is above 0. Shape [n], n of 1 or more.
 */
export function sampleIndex(stream: RandomStream, cumulative: Float64Array): number {
  const target = stream.nextUniform() * cumulative[cumulative.length - 1]!;
  let low = 0, high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > target) high = middle; else low = middle + 1;
  }
  return low;
}
