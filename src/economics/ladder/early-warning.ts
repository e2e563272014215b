/**
 * Step 7 of the ladder: a market near its fold slows down before it collapses.
 *
 * Around the stable share of critical-mass.ts small shocks follow x' = lambda x + noise with lambda = c / (sV n+^2): lag-1
 * autocorrelation lambda, variance of the noise times 1 / (1 - lambda^2).
 *
 * @source Scheffer et al. 2009, Early-warning signals for critical transitions, Nature 461; the market's lambda ours.
 */
import { solveCriticalMass } from "../critical-mass.js";

/** Signals that rise before a collapse. */
export interface EarlyWarning {
  readonly lag1Autocorrelation: number;
  /** Variance of the share over the variance of its shocks; Infinity at the fold. */
  readonly varianceAmplification: number;
}

/** The signals of a market; undefined when it has collapsed. */
export function findEarlyWarning(netCost: number, sV: number): EarlyWarning | undefined {
  const lambda = solveCriticalMass(netCost, sV).eigenvalueHigh;
  return lambda === undefined ? undefined : { lag1Autocorrelation: lambda, varianceAmplification: 1 / (1 - lambda * lambda) };
}
