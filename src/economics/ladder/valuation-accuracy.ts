/**
 * Steps 4 and 5 of the ladder: how exact the valuation of contributions must be for the market to last.
 *
 * Least accuracy. With a share rho of the margin p - w paid out as rewards, of which alpha reaches honest users, the net cost of the
 * market of critical-mass.ts is c = kappa + e + p - alpha rho (p - w); it stays below the fold sV / 4 iff
 *   alpha >= alpha_c = (kappa + e + p - sV / 4) / (rho (p - w)).   At most 0: always; above 1: never.
 * Noise farming. Paying max(0, estimate) with an estimate N(phi, sigma) pays on average f(phi) = phi Phi(phi / sigma)
 * + sigma pdf(phi / sigma): an account of no value still earns f(0) = sigma / sqrt(2 pi). From a fixed pool shared by n honest
 * accounts of value phi and m null accounts, honest users get alpha = n f(phi) / (n f(phi) + m f(0)), hence alpha < alpha_c when
 *   m > n f(phi) / f(0) (1 / alpha_c - 1).
 *
 * @source ours; f is the mean of a normal variable cut at 0 from below.
 */
import { exp } from "../../core/elementary.js";
import { invariant } from "../../core/errors.js";
import { normalCdf } from "../../core/normal-distribution.js";

/** Density of the standard normal law at 0: 1 / sqrt(2 pi). */
const DENSITY_AT_ZERO = 0.3989422804014327;

/** Least share of rewards that must reach honest users. Costs and prices per user and period. */
export function findCriticalAccuracy(market: {
  readonly privacyAndEffort: number; readonly price: number; readonly wholesale: number; readonly rewardShare: number; readonly sV: number;
}): number {
  const paidOut = market.rewardShare * (market.price - market.wholesale);
  invariant(paidOut > 0, "pay out a positive share of a positive margin", paidOut);
  return (market.privacyAndEffort + market.price - market.sV / 4) / paidOut;
}

/**
 * Mean payout to an account when negative estimates pay nothing.
 *
 * @param phi True value.
 * @param sigma Standard error of the estimate, 0 or more.
 */
export function meanClippedPayout(phi: number, sigma: number): number {
  invariant(sigma >= 0, "have a standard error of 0 or more", sigma);
  if (sigma === 0) return Math.max(0, phi);
  const z = phi / sigma;
  return phi * normalCdf(z) + sigma * DENSITY_AT_ZERO * exp(-(z * z) / 2);
}

/** A fixed pool shared between honest accounts and accounts without value. */
export interface NoisyPool {
  readonly honest: number;
  readonly nullAccounts: number;
  readonly phi: number;
  readonly sigma: number;
}

/** Share of the pool that reaches honest accounts. */
export function findPassThrough({ honest, nullAccounts, phi, sigma }: NoisyPool): number {
  const toHonest = honest * meanClippedPayout(phi, sigma), toNull = nullAccounts * meanClippedPayout(0, sigma);
  invariant(toHonest + toNull > 0, "have somebody to pay", toHonest + toNull);
  return toHonest / (toHonest + toNull);
}

/** Null accounts at which the share of honest accounts falls to `accuracy`; Infinity without noise. */
export function findCriticalNullAccounts(pool: Omit<NoisyPool, "nullAccounts">, accuracy: number): number {
  invariant(accuracy > 0, "have an accuracy above 0", accuracy);
  return ((pool.honest * meanClippedPayout(pool.phi, pool.sigma)) / meanClippedPayout(0, pool.sigma)) * (1 / accuracy - 1);
}
