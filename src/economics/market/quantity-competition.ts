/**
 * Firms that choose quantities against the inverse demand P = a - b Q at constant marginal costs.
 *
 * Cournot: firms with cost below the price sell q_i = (P - c_i) / b; with m of them P = (a + sum c) / (m + 1). The set of sellers is
 * found by letting firms in by rising cost while their cost is below the price.
 * Stackelberg: the leader foresees the follower's reply (a - c_f - b q_l) / (2 b):   q_l = (a - 2 c_l + c_f) / (2 b), unless the
 * follower then sells nothing; then the leader sells the monopoly quantity, or just enough to keep the price at the follower's cost.
 *
 * @source Cournot 1838; Stackelberg 1934; stability of simultaneous replies: Theocharis 1960, Review of Economic Studies 27(2).
 */
import { invariant } from "../../core/errors.js";

/** Quantities, price and profits. */
export interface CournotOutcome {
  readonly quantities: readonly number[];
  readonly price: number;
  readonly profits: readonly number[];
  /** Welfare at the lowest cost as price, over welfare in equilibrium. */
  readonly priceOfAnarchy: number;
}

/** The Cournot equilibrium. @param costs One per firm. */
export function solveCournot(a: number, b: number, costs: readonly number[]): CournotOutcome {
  const lowest = Math.min(...costs);
  invariant(b > 0 && a > lowest && costs.length > 0, "have b above 0 and a firm with a cost below a", `a ${a}, b ${b}, lowest cost ${lowest}`);
  let price = a, sum = 0, sellers = 0;
  for (const cost of [...costs].sort((x, y) => x - y)) {
    if (!(cost < price)) break;
    sum += cost; sellers++;
    price = (a + sum) / (sellers + 1);
  }
  const quantities = costs.map((cost) => Math.max(0, (price - cost) / b)), total = (a - price) / b;
  const profits = quantities.map((quantity, i) => quantity * (price - costs[i]!));
  const welfare = (b * total * total) / 2 + profits.reduce((all, profit) => all + profit, 0);
  return { quantities, price, profits, priceOfAnarchy: (a - lowest) ** 2 / (2 * b) / welfare };
}

/** Spectral radius of simultaneous best replies of n symmetric firms: (n - 1) / 2. Stable below 1. */
export function cournotReplyRadius(n: number): number {
  invariant(Number.isInteger(n) && n >= 1, "have 1 or more firms", n);
  return (n - 1) / 2;
}

/** Leader's and follower's quantities and the price. */
export interface StackelbergOutcome {
  readonly leader: number;
  readonly follower: number;
  readonly price: number;
}

/** The Stackelberg outcome, also where one of the two sells nothing. */
export function solveStackelberg(a: number, b: number, leaderCost: number, followerCost: number): StackelbergOutcome {
  invariant(b > 0 && a > Math.min(leaderCost, followerCost), "have b above 0 and a cost below a", `a ${a}, b ${b}`);
  const reply = (leader: number): number => Math.max(0, (a - followerCost - b * leader) / (2 * b));
  const priceAt = (leader: number): number => a - b * (leader + reply(leader));
  // The profit is concave on each side of the quantity that shuts the follower out: its best is one of these.
  const shutOut = Math.max(0, (a - followerCost) / b), shared = Math.min(shutOut, Math.max(0, (a - 2 * leaderCost + followerCost) / (2 * b)));
  const candidates = [shared, shutOut, Math.max(shutOut, (a - leaderCost) / (2 * b))];
  const profitAt = (leader: number): number => leader * (priceAt(leader) - leaderCost);
  const leader = candidates.reduce((best, each) => (profitAt(each) > profitAt(best) ? each : best));
  return { leader, follower: reply(leader), price: priceAt(leader) };
}
