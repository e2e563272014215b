/**
 * Platforms with two sides that value each other.
 *
 * Armstrong: n_i = A_i + alpha_i n_j - p_i; with a = alpha_1 + alpha_2 and g_i = A_i - cost_i the monopoly has
 *   n_i = (2 g_i + a g_j) / (4 - a^2),  the planner  n_i = (g_i + a g_j) / (1 - a^2).  Needs a < 2; the planner's optimum a < 1.
 * A side whose n_i would be negative is left out.
 * Rochet-Tirole: fee per transaction on both sides, demand 1 - p on each, cost c:  p = (1 + c) / 3 each.
 *
 * @source Armstrong 2006, Competition in two-sided markets, RAND J. 37(3), section 3; Rochet and Tirole 2003, JEEA 1(4).
 */
import { invariant } from "../../core/errors.js";

/** A pair of numbers, one per side. */
export type Sides = readonly [number, number];

/** The platform's choice. */
export interface PlatformOutcome {
  readonly participation: Sides;
  readonly prices: Sides;
  readonly profit: number;
  /** The planner's participation; absent where welfare has no maximum (a of 1 or more). */
  readonly welfareOptimum?: Sides;
}

/** Armstrong's monopoly platform. @throws {BugError} when profit has no maximum. */
export function solvePlatform(intercepts: Sides, externalities: Sides, costs: Sides): PlatformOutcome {
  const a = externalities[0] + externalities[1], gains: Sides = [intercepts[0] - costs[0], intercepts[1] - costs[1]];
  invariant(Math.abs(a) < 2, "have externalities whose sum is between -2 and 2", a);
  const participation = chooseSides(gains, a, 2), priceOf = (i: 0 | 1): number => intercepts[i] + externalities[i] * participation[1 - i]! - participation[i];
  const prices: Sides = [priceOf(0), priceOf(1)];
  return {
    participation, prices, profit: (prices[0] - costs[0]) * participation[0] + (prices[1] - costs[1]) * participation[1],
    ...(Math.abs(a) < 1 ? { welfareOptimum: chooseSides(gains, a, 1) } : {}),
  };
}

/** Maximum of g n + a n_1 n_2 - (weight / 2) |n|^2 over n of 0 or more. */
function chooseSides([first, second]: Sides, a: number, weight: number): Sides {
  const divisor = weight * weight - a * a, n: Sides = [(weight * first + a * second) / divisor, (weight * second + a * first) / divisor];
  if (n[0] >= 0 && n[1] >= 0) return n;
  const alone: readonly Sides[] = [[Math.max(0, first / weight), 0], [0, Math.max(0, second / weight)]];
  return first >= second ? alone[0]! : alone[1]!;
}

/** Price on each side of a platform paid per transaction; both demands 1 - p. */
export function pricePerTransaction(c: number): number {
  invariant(c >= 0 && c <= 2, "have a cost from 0 to 2", c);
  return (1 + c) / 3;
}
