/**
 * Auctions and posted prices.
 *
 * k units, one per bidder: the k highest win and pay the (k + 1)-th bid (0 when there is none); in procurement the k cheapest win and
 * are paid the (k + 1)-th cost. Bids on bundles: the allocation of largest sum wins, each pays what its presence costs the others
 * (Vickrey-Clarke-Groves). Values U[0, 1]: reserve 1/2, revenue (n - 1) / (n + 1) + 2^-n / (n + 1), without it (n - 1) / (n + 1).
 * Reserve for one buyer where v - (1 - F) / f = 0: 1 / rate for the exponential law, max(low, high / 2) for U[low, high]; procurement
 * from cost U[0, 1] or beyond: value / 2, at most the highest cost.
 *
 * @source Vickrey 1961, J. of Finance 16; Clarke 1971; Groves 1973; Myerson 1981, Mathematics of Operations Research 6(1).
 */
import { pow } from "../../core/elementary.js";
import { invariant } from "../../core/errors.js";

/** Winners by rising index and what each pays or is paid. */
export interface AuctionOutcome {
  readonly winners: readonly number[];
  readonly payments: readonly number[];
}

/** Uniform-price auction of `units`. Earlier bidders win ties. @throws {BugError} in procurement when nobody loses: the price is unbounded. */
export function sellUnits(bids: readonly number[], units: number, isProcurement: boolean): AuctionOutcome {
  invariant(Number.isInteger(units) && units >= 0 && bids.every((bid) => bid >= 0), "have whole units and bids of 0 or more", units);
  const order = bids.map((_, i) => i).sort((i, j) => (isProcurement ? bids[i]! - bids[j]! : bids[j]! - bids[i]!) || i - j);
  const winners = order.slice(0, units).sort((i, j) => i - j), next = order[units];
  invariant(!isProcurement || next !== undefined || winners.length === 0, "have more sellers than units in procurement", bids.length);
  return { winners, payments: winners.map(() => (next === undefined ? 0 : bids[next]!)) };
}

/** A bid on a set of items. */
export interface BundleBid {
  readonly items: readonly string[];
  readonly value: number;
}

/** Welfare, winners and payments of VCG. */
export interface BundleOutcome extends AuctionOutcome { readonly welfare: number }

/** Largest number of bids that are searched exhaustively. */
const MOST_BUNDLES = 24;

/** VCG for bidders who each want one bundle. Among best allocations the first in order of winners. @param bids At most 24. */
export function sellBundles(bids: readonly BundleBid[]): BundleOutcome {
  invariant(bids.length <= MOST_BUNDLES && bids.every(({ value }) => value >= 0), `have at most ${MOST_BUNDLES} bids of 0 or more`, bids.length);
  const { welfare, winners } = allocate(bids, -1);
  return { welfare, winners, payments: winners.map((winner) => allocate(bids, winner).welfare - (welfare - bids[winner]!.value)) };
}

/** Best allocation without one bidder; -1 keeps all. */
function allocate(bids: readonly BundleBid[], without: number): { readonly welfare: number; readonly winners: readonly number[] } {
  let best = 0, bestWinners: readonly number[] = [];
  const chosen: number[] = [], taken = new Set<string>();
  const visit = (from: number, welfare: number): void => {
    if (welfare > best) { best = welfare; bestWinners = [...chosen]; }
    for (let i = from; i < bids.length; i++) {
      const { items, value } = bids[i]!;
      if (i === without || items.some((item) => taken.has(item))) continue;
      chosen.push(i); items.forEach((item) => taken.add(item));
      visit(i + 1, welfare + value);
      chosen.pop(); items.forEach((item) => taken.delete(item));
    }
  };
  visit(0, 0);
  return { welfare: best, winners: bestWinners };
}

/** Best reserve and revenues with n bidders of values U[0, 1]. */
export function auctionUniform(n: number): { readonly reserve: number; readonly revenue: number; readonly revenueWithoutReserve: number } {
  invariant(Number.isInteger(n) && n >= 1, "have 1 or more bidders", n);
  const revenueWithoutReserve = (n - 1) / (n + 1);
  return { reserve: 0.5, revenue: revenueWithoutReserve + pow(0.5, n) / (n + 1), revenueWithoutReserve };
}

/** Price to post to one buyer of value U[low, high]. */
export function postUniformPrice(low: number, high: number): number {
  invariant(low >= 0 && high > low, "have a value range of 0 or more", `${low} to ${high}`);
  return Math.max(low, high / 2);
}

/** Price to offer one seller of cost U[0, highestCost] for something of a given value. */
export function postProcurementPrice(value: number, highestCost: number): number {
  invariant(value >= 0 && highestCost > 0, "have a value of 0 or more and a highest cost above 0", `${value}, ${highestCost}`);
  return Math.min(value / 2, highestCost);
}
