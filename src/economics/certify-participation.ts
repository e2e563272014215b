/**
 * A certificate for rest points of the participation market, by other formulas than the ones that found them.
 *
 * With share n in the market, its members are those of value 1 - n and more. The marginal member gains
 * g(n) = (1 - n) sV n - c, members above gain more and outsiders would gain less; so |g(n)| is the largest gain that any one user
 * has from changing sides: n is an epsilon equilibrium with epsilon = |g(n)|. g rises up to n = 1/2 and falls after it,
 * hence bisection on the two halves finds every rest point above 0: the multiplicity is exact, not sampled.
 */
import { joiningShare } from "./critical-mass.js";

/** What was checked, and how. */
export interface ParticipationCertificate {
  readonly method: "bisection of the marginal gain on both sides of 1/2";
  /** Largest gain of one user from changing sides at the claimed stable share. Money. */
  readonly epsilon: number;
  /** |Phi(n) - n| at the claimed stable share. */
  readonly residual: number;
  /** Slope of Phi at the claimed stable share, by central difference; absent at n = 0. Below 1: stable. */
  readonly eigenvalue?: number;
  /** Every rest point, rising; 0 is one when the net cost is above 0. */
  readonly restPoints: readonly number[];
  /** Largest distance of a claimed rest point to the nearest found one. */
  readonly distance: number;
  /** All of the above within bounds. An equilibrium without this is unverified. */
  readonly isVerified: boolean;
}

const BISECTIONS = 200;
const DIFFERENCE_STEP = 1e-6;
/** Near the fold an error e of n (1 - n) moves n by sqrt(e): with e = 1e-12, by 1e-6. */
const LARGEST_DISTANCE = 2e-6;
const LARGEST_RELATIVE_EPSILON = 1e-12;

/**
 * Recomputes the rest points and judges the claimed ones.
 *
 * @param claimed Stable share, and critical mass where there is one.
 * @param netCost Finite. @param sV Finite, 0 or more.
 */
export function certifyParticipation(
  claimed: { readonly high: number; readonly criticalMass?: number }, netCost: number, sV: number,
): ParticipationCertificate {
  const restPoints = findRestPoints(netCost, sV), { high, criticalMass } = claimed;
  const claims = criticalMass === undefined || netCost <= 0 ? [high] : [high, criticalMass];
  const distance = Math.max(...claims.map((share) => Math.min(...restPoints.map((point) => Math.abs(point - share)))));
  const epsilon = high === 0 ? Math.max(0, -netCost) : netCost <= 0 ? 0 : Math.abs(marginalGain(high, netCost, sV));
  const residual = Math.abs(joiningShare(high, netCost, sV) - high), top = Math.max(...restPoints);
  const isTop = Math.abs(high - top) <= LARGEST_DISTANCE || isAtFold(netCost, sV);
  return {
    method: "bisection of the marginal gain on both sides of 1/2", epsilon, residual,
    ...(high === 0 ? {} : { eigenvalue: slopeAt(high, netCost, sV) }),
    restPoints, distance,
    isVerified: distance <= LARGEST_DISTANCE && isTop && epsilon <= LARGEST_RELATIVE_EPSILON * Math.max(sV, Math.abs(netCost)),
  };
}

function marginalGain(n: number, netCost: number, sV: number): number {
  return (1 - n) * sV * n - netCost;
}

function findRestPoints(netCost: number, sV: number): readonly number[] {
  if (netCost <= 0) return [1];
  if (!(sV > 0)) return [0];
  if (isAtFold(netCost, sV)) return [0, 0.5];
  if (marginalGain(0.5, netCost, sV) < 0) return [0];
  return [0, bisect(0, netCost, sV), bisect(1, netCost, sV)];
}

/** True where the two rest points coincide, up to the rounding of sV / 4. */
function isAtFold(netCost: number, sV: number): boolean {
  return Math.abs(marginalGain(0.5, netCost, sV)) <= LARGEST_RELATIVE_EPSILON * sV;
}

/** The rest point between `end` (0 or 1), where the marginal user loses, and 1/2, where he gains. */
function bisect(end: number, netCost: number, sV: number): number {
  let losing = end, gaining = 0.5;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (losing + gaining) / 2;
    if (marginalGain(middle, netCost, sV) >= 0) gaining = middle; else losing = middle;
  }
  return (losing + gaining) / 2;
}

function slopeAt(n: number, netCost: number, sV: number): number {
  return (joiningShare(n + DIFFERENCE_STEP, netCost, sV) - joiningShare(n - DIFFERENCE_STEP, netCost, sV)) / (2 * DIFFERENCE_STEP);
}
