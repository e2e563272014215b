/**
 * Conformal test martingale: are values exchangeable with those before? Each value gets a p-value among all so far, and a game
 * that bets on small ones; its capital is a martingale while nothing changes, so it ever reaches 1 / alpha with chance at most
 * alpha. Needs no law of the values.
 *
 * Bets: the simple jumper, capital spread over bets f(p) = 1 + e (p - 1/2), e in {-1, 0, 1}, moving between them.
 * Source: Vovk, Gammerman and Shafer 2022, Algorithmic learning in a random world, 2nd edition, section 8.3 (simple jumper).
 */
import type { RandomStream } from "../../core/random-stream.js";
import { ln } from "../../core/elementary.js";
import type { Detector } from "./cusum.js";

/** Share of the capital that changes its bet at each step. */
const JUMP = 0.01;
const BETS = [-1, 0, 1] as const;

/**
 * @param level Chance of ever giving a false alarm.
 * @param stream Draws that break ties between equal values: without them p-values are not uniform.
 */
export function makeConformalMartingale(level: number, stream: RandomStream): Detector {
  const seen: number[] = [], logAlarm = -ln(level);
  let capital: number[] = BETS.map(() => 1 / BETS.length), logTotal = 0;
  return {
    observe(value: number): boolean {
      const p = rankShare(seen, value, stream.nextUniform()), total = capital.reduce((sum, part) => sum + part, 0);
      capital = capital.map((part, i) => ((1 - JUMP) * part + (JUMP * total) / BETS.length) * (1 + BETS[i]! * (p - 0.5)));
      const grown = capital.reduce((sum, part) => sum + part, 0);
      logTotal += ln(grown);
      capital = capital.map((part) => part / grown);
      return logTotal >= logAlarm;
    },
  };
}

/** Share of values above this one, ties by luck; keeps `seen` sorted and puts the value in. */
function rankShare(seen: number[], value: number, luck: number): number {
  let below = lowerBound(seen, value), equalEnd = below;
  while (equalEnd < seen.length && seen[equalEnd] === value) equalEnd++;
  const above = seen.length - equalEnd, tied = equalEnd - below + 1;
  seen.splice(equalEnd, 0, value);
  below = above + luck * tied;
  return below / seen.length;
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1; else high = middle;
  }
  return low;
}
