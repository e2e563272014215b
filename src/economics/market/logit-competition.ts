/**
 * Firms that set prices against logit demand, and a buyer of data against logit supply.
 *
 * Shares s_i = exp((delta_i - p_i) / mu) / A, A the sum over firms and the outside option (exp(outside / mu), or none). First-order
 * condition p_i = c_i + mu / (1 - s_i). Given A, s_i solves s exp(1 / (1 - s)) = exp((delta_i - c_i) / mu) / A, which rises in s; and
 * the sum of shares falls in A: two nested bisections find the unique equilibrium.
 * Regret of a price: mu W - (p - c) s, with best profit mu W where W exp(W) = exp((delta - c) / mu - 1) / A_rest: the share against
 * the rest of the denominator A_rest is W / (1 + W).
 * Buyer of data of marginal value m from owners who give with probability 1 / (1 + exp((k - r) / mu)): the same problem with markup
 * m - r and delta - c = m - k.
 *
 * @source Anderson, de Palma and Thisse 1992, Discrete Choice Theory of Product Differentiation, ch. 7; Morrow and Skerlos 2010,
 *   arXiv:1012.5832.
 */
import { exp, ln } from "../../core/elementary.js";
import { invariant } from "../../core/errors.js";
import { bisectZero } from "../maximize.js";

/** A market with logit demand. */
export interface LogitDemand {
  /** Quality of each firm's product, in money. */
  readonly delta: readonly number[];
  readonly costs: readonly number[];
  /** Scale of taste noise, above 0. */
  readonly mu: number;
  /** Utility of buying nothing; undefined: everybody buys. */
  readonly outside: number | undefined;
}

/** Prices and what follows. */
export interface LogitOutcome {
  readonly prices: readonly number[];
  readonly shares: readonly number[];
  readonly profits: readonly number[];
}

/** The equilibrium in prices. @throws {BugError} without an outside option and competitors. */
export function solveLogitCompetition({ delta, costs, mu, outside }: LogitDemand): LogitOutcome {
  invariant(mu > 0 && delta.length === costs.length && delta.length > 0,
    "have mu above 0 and one cost per product", `mu ${mu}, ${delta.length} products, ${costs.length} costs`);
  invariant(outside !== undefined || delta.length > 1, "have an outside option or a competitor", "one firm, everybody buys");
  // Utilities relative to the best, so that exponentials do not overflow; A in the same scale, searched on its logarithm.
  const attractions = delta.map((quality, i) => (quality - costs[i]!) / mu);
  const top = Math.max(...attractions, outside === undefined ? -Infinity : outside / mu);
  invariant(outside === undefined || top - outside / mu < LARGEST_ATTRACTION,
    `have qualities less costs at most ${LARGEST_ATTRACTION} mu above the outside option`, top);
  const outsideWeight = outside === undefined ? 0 : exp(outside / mu - top);
  const sharesAt = (logA: number): number[] => attractions.map((attraction) => shareOf(attraction - top - logA));
  const excess = (logA: number): number => sharesAt(logA).reduce((sum, share) => sum + share, outsideWeight * exp(-logA)) - 1;
  const shares = sharesAt(bisectZero(excess, -700, Math.max(1, delta.length + 1)));
  const markups = shares.map((share) => mu / (1 - share));
  return { prices: markups.map((markup, i) => costs[i]! + markup), shares, profits: markups.map((markup, i) => markup * shares[i]!) };
}

/** Gain of each firm from its best own price, the others' prices kept. Zero in equilibrium. */
export function findLogitRegrets({ delta, costs, mu, outside }: LogitDemand, prices: readonly number[]): readonly number[] {
  invariant(mu > 0 && prices.length === delta.length && costs.length === delta.length,
    "have mu above 0 and one price and cost per product", `mu ${mu}, ${prices.length} prices`);
  const utilities = delta.map((quality, i) => (quality - prices[i]!) / mu), outsideUtility = outside === undefined ? -Infinity : outside / mu;
  return delta.map((quality, i) => {
    const rest = [...utilities.filter((_, j) => j !== i), outsideUtility], top = Math.max(...rest, utilities[i]!);
    const sumOfRest = rest.reduce((sum, utility) => sum + (utility === -Infinity ? 0 : exp(utility - top)), 0);
    invariant(sumOfRest > 0, "have an outside option or a competitor", "one firm, everybody buys");
    const own = exp(utilities[i]! - top), now = (prices[i]! - costs[i]!) * (own / (own + sumOfRest));
    const [best] = solveLogitCompetition({ delta: [(quality - costs[i]!) / mu - top], costs: [0], mu: 1, outside: ln(sumOfRest) }).profits;
    return mu * best! - now;
  });
}

/** Reward and share that gives, of the only buyer of data. */
export function solveDataMonopsony(marginalValue: number, reservation: number, mu: number): { readonly reward: number; readonly participation: number } {
  const { prices, shares } = solveLogitCompetition({ delta: [marginalValue - reservation], costs: [0], mu, outside: 0 });
  return { reward: marginalValue - prices[0]!, participation: shares[0]! };
}

const LARGEST_SHARE = 1 - 2 ** -40;
/** In units of mu; keeps exponentials above underflow. */
const LARGEST_ATTRACTION = 600;

/** s in (0, 1) with ln s + 1 / (1 - s) = level. */
function shareOf(level: number): number {
  return bisectZero((share) => (share > 0 ? ln(share) + 1 / (1 - share) : -Infinity) - level, 0, LARGEST_SHARE);
}
