/**
 * Step 3 of the ladder: a service that is worth more the more people take part, and its critical mass.
 *
 * User of value v ~ U[0, 1] joins iff v sV n >= c, n the share that takes part, c the net cost. Then
 *   Phi(n) = 1 - c / (sV n) clipped to [0, 1],   n = Phi(n)  <=>  n (1 - n) = c / sV =: a,
 *   n+- = (1 +- sqrt(1 - 4 a)) / 2,   Phi'(n) = c / (sV n^2),   fold at c = sV / 4, where n+ = n- = 1/2.
 * n+ is stable, n- is the critical mass: below it participation dies out, to the rest point n = 0.
 * Net costs of 0 or less: everybody joins, and there is no other rest point.
 *
 * @source Rohlfs 1974, A theory of interdependent demand for a communications service, Bell Journal 5(1); the uniform form ours.
 */
import { invariant } from "../core/errors.js";

/** Rest points of the market. Costs and values in one unit of money, per person and period. */
export interface CriticalMass {
  readonly netCost: number;
  readonly sV: number;
  /** Net cost above which nobody joins. */
  readonly foldCost: number;
  /** True when n = 0 is the only rest point. */
  readonly isCollapsed: boolean;
  /** Stable share n+; 0 when collapsed. */
  readonly high: number;
  /** Unstable share n-; absent when collapsed. */
  readonly criticalMass?: number;
  /** Phi' at n+: below 1 when stable. Absent when collapsed. */
  readonly eigenvalueHigh?: number;
  /** Phi' at n-: above 1. Infinity at a cost of 0. Absent when collapsed. */
  readonly eigenvalueLow?: number;
}

/** Phi(n): the share that joins when the share n is expected to. 0 at n = 0 for positive costs. */
export function joiningShare(n: number, netCost: number, sV: number): number {
  if (netCost <= 0) return 1;
  return n > 0 && sV > 0 ? Math.min(1, Math.max(0, 1 - netCost / (sV * n))) : 0;
}

/**
 * All rest points in closed form.
 *
 * @param netCost Finite; may be negative, when people are paid more than it costs them.
 * @param sV Value of full participation to the user of the highest value. Finite, 0 or more.
 * @throws {BugError} for numbers outside.
 */
export function solveCriticalMass(netCost: number, sV: number): CriticalMass {
  invariant(netCost > -Infinity && netCost < Infinity, "have a finite net cost", netCost);
  invariant(sV >= 0 && sV < Infinity, "have a finite value sV of 0 or more", sV);
  const common = { netCost, sV, foldCost: sV / 4 };
  if (netCost <= 0) return { ...common, isCollapsed: false, high: 1, criticalMass: 0, eigenvalueHigh: 0, eigenvalueLow: Infinity };
  const a = netCost / sV, discriminant = 1 - 4 * a;
  if (!(discriminant >= 0)) return { ...common, isCollapsed: true, high: 0 };
  // n- as a / n+, because 1 - sqrt(1 - 4 a) cancels for small a.
  const high = (1 + Math.sqrt(discriminant)) / 2, criticalMass = a / high;
  return { ...common, isCollapsed: false, high, criticalMass, eigenvalueHigh: a / (high * high), eigenvalueLow: a / (criticalMass * criticalMass) };
}
