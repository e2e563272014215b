/**
 * Step 7 of the ladder: S-shaped learning and a fixed cost of contributing.
 *
 * A budget B is shared among the contributing share n in proportion to quality n^2 / (n^2 + h^2): each gets B n / (n^2 + h^2). The
 * marginal contributor has cost kappa0 + K n, so rest points solve
 *   K n^3 + kappa0 n^2 + (K h^2 - B) n + kappa0 h^2 = 0,   or   B(n) = K n^2 + kappa0 n + K h^2 + kappa0 h^2 / n.
 * The least budget with a rest point is the minimum of B(n), where the discriminant of the cubic is 0:
 *   2 K n^3 + kappa0 n^2 = kappa0 h^2.
 *
 * @source ours; Hill 1910 for the form of the curve.
 */
import { invariant } from "../../core/errors.js";
import { bisectZero } from "../maximize.js";

/** A market with S-shaped learning. K or kappa0 above 0, neither below; h above 0. */
export interface HillMarket {
  /** Rise of the marginal contributor's cost with the share. */
  readonly K: number;
  /** Cost of the first contributor. */
  readonly kappa0: number;
  /** Share at which learning is half done. */
  readonly h: number;
}

/** Budget at which the share n is a rest point. */
export function hillBudget(n: number, { K, kappa0, h }: HillMarket): number {
  return K * n * n + kappa0 * n + K * h * h + (kappa0 * h * h) / n;
}

/** The least budget with contributors, and their share there. Without a fixed cost the share is 0. */
export function findHillFold(market: HillMarket): { readonly share: number; readonly budget: number } {
  const { K, kappa0, h } = market;
  invariant(K >= 0 && kappa0 >= 0 && K + kappa0 > 0 && h > 0 && K + kappa0 + h < Infinity,
    "have K and kappa0 of 0 or more, one above 0, and h above 0", JSON.stringify(market));
  if (kappa0 === 0) return { share: 0, budget: K * h * h };
  // Rising in n; at n = h the left side exceeds the right by 2 K h^3.
  const share = K === 0 ? h : bisectZero((n) => 2 * K * n * n * n + kappa0 * n * n - kappa0 * h * h, 0, h);
  return { share, budget: hillBudget(share, market) };
}
