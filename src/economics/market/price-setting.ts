/**
 * Prices on linear demand and on a circle: closed forms of textbook markets.
 *
 * Bertrand with differentiated products, q_i = a - b p_i + d p_j:  p = (a + b c) / (2 b - d).
 * Salop's circle of length 1, n firms, transport cost t:  p = c + t / n, profit t / n^2 - F; free entry sqrt(t / F) firms, half of
 *   which are efficient.
 * Monopoly on q = a - p:  p = (a + c) / 2, consumer surplus and deadweight loss (a - c)^2 / 8, profit (a - c)^2 / 4.
 * Chain of T and E on it:  wholesale w = (a + c) / 2, retail p = (3 a + c) / 4.
 * Fee tau on revenue:  p = (a + c / (1 - tau)) / 2.
 *
 * @source Tirole 1988, The Theory of Industrial Organization, ch. 1, 4, 7; Salop 1979, Bell Journal 10(1).
 */
import { pow } from "../../core/elementary.js";
import { invariant } from "../../core/errors.js";

/** Symmetric price of two firms with products that replace each other. */
export function priceDifferentiated(a: number, b: number, d: number, c: number): number {
  invariant(2 * b > d && b > 0, "have 2 b above d and b above 0", `b ${b}, d ${d}`);
  return (a + b * c) / (2 * b - d);
}

/** Firms on Salop's circle. */
export interface CircleOutcome {
  readonly price: number;
  readonly profit: number;
  readonly freeEntryFirms: number;
  readonly efficientFirms: number;
}

/** The market on a circle; numbers of firms are not rounded. */
export function solveCircle(t: number, c: number, n: number, fixedCost: number): CircleOutcome {
  invariant(t > 0 && n > 0 && fixedCost >= 0, "have t and n above 0 and a fixed cost of 0 or more", `t ${t}, n ${n}, F ${fixedCost}`);
  const freeEntryFirms = Math.sqrt(t / fixedCost);
  return { price: c + t / n, profit: t / (n * n) - fixedCost, freeEntryFirms, efficientFirms: freeEntryFirms / 2 };
}

/** A monopoly on q = a - p. */
export interface LinearMonopoly {
  readonly price: number;
  readonly consumerSurplus: number;
  readonly profit: number;
  readonly deadweightLoss: number;
}

/** The textbook monopoly. @param c Below a. */
export function solveLinearMonopoly(a: number, c: number): LinearMonopoly {
  invariant(a >= c, "have a cost of at most a", c);
  const square = (a - c) ** 2;
  return { price: (a + c) / 2, consumerSurplus: square / 8, profit: square / 4, deadweightLoss: square / 8 };
}

/** T sells to E, E sells to users. */
export interface VerticalChain {
  readonly wholesale: number;
  readonly retail: number;
  readonly quantity: number;
  readonly profitT: number;
  readonly profitE: number;
  /** Of one firm in place of two. */
  readonly integratedPrice: number;
  readonly integratedProfit: number;
}

/** Double marginalisation. @param c T's cost, at most a. */
export function solveVerticalChain(a: number, c: number): VerticalChain {
  invariant(a >= c, "have a cost of at most a", c);
  const wholesale = (a + c) / 2, retail = (3 * a + c) / 4, quantity = a - retail;
  return {
    wholesale, retail, quantity, profitT: (wholesale - c) * quantity, profitE: (retail - wholesale) * quantity,
    integratedPrice: (a + c) / 2, integratedProfit: (a - c) ** 2 / 4,
  };
}

/** Price of a monopoly that keeps 1 - tau of its revenue. At most a: beyond that nothing is sold. */
export function priceUnderFee(a: number, c: number, tau: number): number {
  invariant(tau >= 0 && tau < 1, "have a fee of at least 0 and below 1", tau);
  return Math.min(a, (a + c / (1 - tau)) / 2);
}

/** Price of anarchy of two parallel roads, one of constant cost 1, one of cost x^degree: 4 / 3 for degree 1. */
export function pigouPriceOfAnarchy(degree: number): number {
  invariant(degree > 0, "have a degree above 0", degree);
  const share = pow(degree + 1, -1 / degree);
  return 1 / (1 - share + pow(share, degree + 1));
}
