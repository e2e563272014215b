/**
 * Step 2 of the ladder: how much data, and how much privacy loss, a reward buys when users choose their own noise.
 *
 * A record under rho-zCDP (Gaussian noise) is worth w = rho / (rho + rho0) of a clear one. A user of privacy cost kappa per unit of
 * rho, kappa ~ U[0, K], maximises r w - kappa rho:   rho = sqrt(r rho0 / kappa) - rho0 for kappa < r / rho0, else 0.
 * With m = min(K, r / rho0), integrals over kappa give, per user,
 *   data          (m - (2/3) m^(3/2) sqrt(rho0 / r)) / K,       which is r / (3 K rho0)     while r <= rho0 K;
 *   privacy loss  (2 sqrt(r rho0 m) - rho0 m) / K,              r / K;
 *   privacy cost  ((2/3) sqrt(r rho0) m^(3/2) - rho0 m^2 / 2) / K,   r^2 / (6 K rho0);
 *   participation m / K;  payout r data.
 *
 * @source ours; weight of a record from exact mean estimation, Bun and Steinke 2016, arXiv:1605.02065 for zCDP.
 */
import { invariant } from "../../core/errors.js";
import type { RandomStream } from "../../core/random-stream.js";
import { maximize } from "../maximize.js";

/** A market for noisy records. All above 0; the reward may be 0. */
export interface PrivacyMarket {
  /** Largest privacy cost of a unit of rho. */
  readonly K: number;
  /** Privacy loss at which a record is worth half a clear one. */
  readonly rho0: number;
  /** Payment for a unit of effective data. */
  readonly r: number;
}

/** What the reward buys, per user of the population. */
export interface PrivacySupply {
  /** Data in clear records. */
  readonly effectiveData: number;
  /** Mean rho. */
  readonly totalPrivacyLoss: number;
  /** Share that gives anything. */
  readonly participation: number;
  readonly payout: number;
  /** What users lose in privacy, in money. */
  readonly privacyCost: number;
}

/** The closed form, also where the reward is high enough for everybody. @throws {BugError} for a market that is not one. */
export function solvePrivacyFrontier({ K, rho0, r }: PrivacyMarket): PrivacySupply {
  invariant(K > 0 && rho0 > 0 && r >= 0 && K + rho0 + r < Infinity,
    "have K and rho0 above 0 and a reward of 0 or more", `K ${K}, rho0 ${rho0}, r ${r}`);
  if (r === 0) return { effectiveData: 0, totalPrivacyLoss: 0, participation: 0, payout: 0, privacyCost: 0 };
  // m^(3/2) sqrt(rho0 / r) as m sqrt(m rho0 / r), whose root is at most 1, so that tiny rewards do not overflow.
  const m = Math.min(K, r / rho0), effectiveData = (m - (2 / 3) * m * Math.sqrt(Math.min(1, (m * rho0) / r))) / K;
  return {
    effectiveData, totalPrivacyLoss: (2 * Math.sqrt(r * rho0 * m) - rho0 * m) / K, participation: m / K, payout: r * effectiveData,
    privacyCost: ((2 / 3) * m * Math.sqrt(r * rho0 * m) - (rho0 * m * m) / 2) / K,
  };
}

/** Weight of a record: of a clear one. */
function weightOf(rho: number, rho0: number): number {
  return rho / (rho + rho0);
}

/**
 * The best rho of one user by search on w in [0, 1), without the first-order condition: rho = rho0 w / (1 - w).
 *
 * @param kappa Above 0.
 */
export function chooseRho(kappa: number, { rho0, r }: PrivacyMarket): number {
  const gain = (w: number): number => r * w - (kappa * rho0 * w) / (1 - w);
  const { at, value } = maximize(gain, 0, 1 - 1e-9, 40);
  return value > 0 ? (rho0 * at) / (1 - at) : 0;
}

/**
 * The supply of drawn users who each choose their own rho.
 *
 * @param agents One privacy cost is drawn from each of `agents` equal slices of [0, K], because the privacy loss of the least concerned
 *   has no finite variance.
 */
export function simulatePrivacySupply(market: PrivacyMarket, agents: number, stream: RandomStream): PrivacySupply {
  return supplyOf(market, agents, (i) => ({ kappa: (market.K * (i + stream.nextUniform())) / agents, weight: 1 / agents }));
}

/** The supply by the midpoint rule on t, kappa = K t^2, which takes the root at 0 out of the integrand. */
export function integratePrivacySupply(market: PrivacyMarket, points: number): PrivacySupply {
  return supplyOf(market, points, (i) => {
    const t = (i + 0.5) / points;
    return { kappa: market.K * t * t, weight: (2 * t) / points };
  });
}

function supplyOf(market: PrivacyMarket, count: number, userAt: (i: number) => { readonly kappa: number; readonly weight: number }): PrivacySupply {
  let effectiveData = 0, totalPrivacyLoss = 0, participation = 0, privacyCost = 0;
  for (let i = 0; i < count; i++) {
    const { kappa, weight } = userAt(i), rho = chooseRho(kappa, market);
    if (!(rho > 0)) continue;
    effectiveData += weight * weightOf(rho, market.rho0);
    totalPrivacyLoss += weight * rho;
    participation += weight;
    privacyCost += weight * kappa * rho;
  }
  return { effectiveData, totalPrivacyLoss, participation, payout: market.r * effectiveData, privacyCost };
}
