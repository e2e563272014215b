/** How much a single best guess gains from an observation, in a unit that all attacks share. */
import { log2 } from "../core/elementary.js";

/** Min-entropy leakage. */
export interface LeakageBits {
  /** log2 (accuracy / prior), at least 0: nobody needs to guess worse than without looking. */
  readonly bits: number;
  /** The same without the floor: below 0 when the attack did worse than the best blind guess. -Infinity at accuracy 0. */
  readonly rawBits: number;
}

/**
 * Min-entropy leakage of an attack: log2 of how much more often its best guess is right than the best blind guess.
 *
 * @param accuracy Share of right best guesses, from 0 to 1.
 * @param prior Share of the most common class, above 0.
 * @source Smith 2009, On the Foundations of Quantitative Information Flow, FOSSACS, definition 2.
 * @remarks With an attack in place of the optimal guess it is a lower bound of the leakage of what was observed.
 */
export function leakageBits(accuracy: number, prior: number): LeakageBits {
  const rawBits = accuracy > 0 ? log2(accuracy / prior) : accuracy === 0 ? -Infinity : NaN;
  return { bits: rawBits > 0 ? rawBits : rawBits <= 0 ? 0 : NaN, rawBits };
}
