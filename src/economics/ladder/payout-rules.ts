/**
 * What payout rules pay to those who split, copy or sell at the margin.
 *
 * Split: one of n holders of equal pieces, all needed (unanimity) or each enough (or), poses as k accounts. The Shapley value is
 * symmetric, so it goes from 1/n to k / (n + k - 1).
 * Copy: k copies of one record, Shapley value 1/k each, each discounted by exp(-lambda x similarity to the others), similarity 1:
 * together exp(-lambda (k - 1)).
 * Margin: n equal contributors to a value D^beta, each paid its leave-one-out value: together n (1 - (1 - 1/n)^beta) of the value,
 * which tends to beta.
 *
 * @source Split: Ohta et al. 2008, Anonymity-proof Shapley value, AAMAS. Copy: Agarwal, Dahleh and Sarkar 2019, arXiv:1805.08125.
 */
import { exp, pow } from "../../core/elementary.js";
import { invariant } from "../../core/errors.js";
import { Rational } from "../rational.js";

/** Shapley share of one of n symmetric holders before and after posing as k accounts. */
export function splitIdentity(n: number, k: number): { readonly honest: Rational; readonly attack: Rational; readonly gain: Rational } {
  invariant(Number.isInteger(n) && n >= 1 && Number.isInteger(k) && k >= 1, "have n and k of 1 or more", `${n}, ${k}`);
  const honest = Rational.one.over(Rational.of(n)), attack = Rational.of(k).over(Rational.of(n + k - 1));
  return { honest, attack, gain: attack.over(honest) };
}

/** Pay of k identical copies together, of what one earns alone. @param lambda Strength of the discount, 0 or more. */
export function payCopies(copies: number, lambda: number): number {
  invariant(Number.isInteger(copies) && copies >= 1, "have 1 or more copies", copies);
  invariant(lambda >= 0, "have a discount of 0 or more", lambda);
  return exp(-lambda * (copies - 1));
}

/** Share of the whole value that marginal prices pay out. @param beta Exponent of value in data, above 0. @param n Contributors, 1 or more. */
export function payMargins(beta: number, n: number): number {
  invariant(beta > 0 && n >= 1, "have an exponent above 0 and 1 or more contributors", `${beta}, ${n}`);
  return n * (1 - pow(1 - 1 / n, beta));
}
