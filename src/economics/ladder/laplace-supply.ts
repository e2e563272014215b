/**
 * Step 2 of the ladder with Laplace noise: supply jumps.
 *
 * A record under local Laplace noise of epsilon is worth w = eps^2 / (eps^2 + eps0^2) of a clear one: convex for small epsilon. A user
 * of privacy cost kappa per unit of epsilon maximises r w - kappa eps. The gain per epsilon, r eps / (eps^2 + eps0^2), is largest at
 * eps = eps0, where it is r / (2 eps0): so nothing is given below r = 2 kappa eps0, and eps0 or more from there on, with
 *   2 r eps eps0^2 = kappa (eps^2 + eps0^2)^2  on the falling side, eps >= eps0.
 *
 * @source ours; weight from Duchi, Jordan and Wainwright 2013, arXiv:1302.3203: variance 2 (range / eps)^2 of the Laplace mechanism.
 */
import { invariant } from "../../core/errors.js";
import { bisectZero, maximize } from "../maximize.js";

/** One user before a reward. All above 0; the reward may be 0. */
export interface LaplaceOffer {
  /** Privacy cost of a unit of epsilon. */
  readonly kappa: number;
  /** Epsilon at which a record is worth half a clear one. */
  readonly eps0: number;
  /** Payment for a unit of effective data. */
  readonly r: number;
}

/** What the user gives. */
export interface LaplaceSupply {
  /** Least reward that buys anything: 2 kappa eps0. */
  readonly minReward: number;
  /** Chosen epsilon; 0 below the least reward. */
  readonly eps: number;
  /** Worth of the record, of a clear one. */
  readonly weight: number;
}

/** The best epsilon by the first-order condition; eps0 exactly at the least reward. @throws {BugError} for numbers out of range. */
export function solveLaplaceSupply({ kappa, eps0, r }: LaplaceOffer): LaplaceSupply {
  invariant(kappa > 0 && eps0 > 0 && r >= 0 && kappa + eps0 + r < Infinity,
    "have kappa and eps0 above 0 and a reward of 0 or more", `kappa ${kappa}, eps0 ${eps0}, r ${r}`);
  const minReward = 2 * kappa * eps0;
  if (r < minReward) return { minReward, eps: 0, weight: 0 };
  // In units of eps0: 2 (r / (kappa eps0)) x = (x^2 + 1)^2, whose larger root lies between 1 and the cube root of 2 r / (kappa eps0).
  const b = (2 * r) / (kappa * eps0);
  const x = bisectZero((y) => b * y - (y * y + 1) * (y * y + 1), 1, 1 + b);
  return { minReward, eps: x * eps0, weight: (x * x) / (x * x + 1) };
}

/** The same choice by brute force. */
export function maximizeLaplaceSupply({ kappa, eps0, r }: LaplaceOffer): { readonly eps: number; readonly weight: number } {
  const weightOf = (eps: number): number => (eps * eps) / (eps * eps + eps0 * eps0);
  // Beyond r / kappa the privacy cost exceeds the payment for a clear record.
  const { at, value } = maximize((eps) => r * weightOf(eps) - kappa * eps, 0, Math.max(r / kappa, eps0), 4000);
  return value > 0 ? { eps: at, weight: weightOf(at) } : { eps: 0, weight: 0 };
}
