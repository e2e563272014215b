/**
 * What noise costs an estimate of a mean, and what others' data reveals of a user who shares nothing.
 *
 * Laplace: n values of standard deviation sigma and range `range`, each with local Laplace noise of variance 2 (range / eps)^2. The
 * estimate's variance is (sigma^2 + 2 range^2 / eps^2) / n, that of n w clear values with w = eps^2 / (eps^2 + eps0^2),
 * eps0^2 = 2 range^2 / sigma^2.
 * Randomised response at epsilon of a bit with mean x: variance (e^eps / (e^eps - 1)^2 + x (1 - x)) / n.
 * Externality: two users of unit variance and correlation rho, each shared through unit noise. Information leaked about one of them,
 * as reduction of variance: 1/2 by the own signal, rho^2 / 2 by the other's alone. The price that compensates sharing is the
 * additional leak: v / 2 alone, and (2 - rho^2)^2 / (2 (4 - rho^2)) v once the other shares.
 *
 * @source Warner 1965, JASA 60; Acemoglu, Makhdoumi, Malekian and Ozdaglar 2022, Too much data, AEJ Microeconomics 14(4).
 */
import { exp } from "../../core/elementary.js";
import { invariant } from "../../core/errors.js";

/** Worth of one noisy value, of a clear one. */
export function laplaceWeight(eps: number, sigma: number, range: number): number {
  invariant(eps >= 0 && sigma > 0 && range > 0, "have eps of 0 or more, sigma and range above 0", `${eps}, ${sigma}, ${range}`);
  const signal = eps * eps * sigma * sigma;
  return signal / (signal + 2 * range * range);
}

/** Variance of the unbiased estimate of a mean bit from n randomised responses. */
export function randomizedResponseVariance(eps: number, x: number, n: number): number {
  invariant(eps > 0 && x >= 0 && x <= 1 && n > 0, "have eps and n above 0 and a mean from 0 to 1", `${eps}, ${x}, ${n}`);
  // e^eps / (e^eps - 1)^2 = t / (1 - t)^2 with t = e^-eps: no overflow.
  const t = exp(-eps);
  return (t / ((1 - t) * (1 - t)) + x * (1 - x)) / n;
}

/** Prices of data of one of two correlated users. */
export interface CorrelatedPrices {
  readonly priceAlone: number;
  readonly priceWhenOtherShares: number;
  /** Leak about a user who shares nothing, when the other does: reduction of variance. */
  readonly leakWithoutSharing: number;
}

/** @param rho Correlation, from -1 to 1. @param v Value of a unit of privacy. */
export function priceCorrelatedData(rho: number, v: number): CorrelatedPrices {
  invariant(rho >= -1 && rho <= 1 && v >= 0, "have a correlation from -1 to 1 and a value of 0 or more", `${rho}, ${v}`);
  const r = rho * rho;
  return { priceAlone: v / 2, priceWhenOtherShares: (v * (2 - r) * (2 - r)) / (2 * (4 - r)), leakWithoutSharing: r / 2 };
}
