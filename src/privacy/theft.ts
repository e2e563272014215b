/**
 * Theft in numbers: how often a secret is found within so many guesses, by how people choose it, and what that is in bits.
 *
 * With the likeliest secret of chance p, a single guess is right with p (min-entropy -log2 p); g guesses in order of
 * likelihood are right with the sum of the g largest chances. Leakage is log2 of how much that is above p.
 * Source: Smith 2009, FOSSACS, for min-entropy; Boztas 1999, Entropies, guessing, and cryptography, for g guesses.
 */
import { log2, pow } from "../core/elementary.js";
import { invariant } from "../core/errors.js";

/** How people choose a secret: `count` possible ones, the r-th likeliest with chance proportional to r^-skew; skew 0 is a fair draw. */
export interface SecretChoice {
  readonly name: string;
  /** log2 of the number of possible secrets. */
  readonly logCount: number;
  readonly skew: number;
  readonly origin: "assumed" | "published";
  readonly source: string;
}

/** Secrets that are compared. */
export const SECRET_CHOICES: readonly SecretChoice[] = [
  { name: "4 digits, chosen by people", logCount: log2(1e4), skew: 0.7, origin: "assumed", source: "Zipf with exponent 0.7; real PINs are skewed, by how much is not measured here" },
  { name: "4 digits, drawn", logCount: log2(1e4), skew: 0, origin: "published", source: "uniform by construction" },
  { name: "6 digits, drawn", logCount: log2(1e6), skew: 0, origin: "published", source: "uniform by construction" },
  { name: "4 words of 7776, drawn", logCount: 4 * log2(7776), skew: 0, origin: "published", source: "uniform by construction; list length of Reinhold's Diceware" },
  { name: "128 bits in a secure element", logCount: 128, skew: 0, origin: "published", source: "uniform by construction" },
];

/** Above so many secrets only fair draws have a closed form here. */
const LARGEST_SUM = 1e6;

/**
 * Chance that the secret is among the g likeliest.
 *
 * @param guesses At least 1.
 */
export function chanceWithin({ logCount, skew }: SecretChoice, guesses: number): number {
  invariant(guesses >= 1, "try at least one guess", guesses);
  if (skew === 0) return Math.min(1, pow(2, log2(guesses) - logCount));
  const count = Math.round(pow(2, logCount));
  invariant(count <= LARGEST_SUM, "sum at most a million skewed chances", count);
  let tried = 0, all = 0;
  for (let rank = 1; rank <= count; rank++) {
    const weight = pow(rank, -skew);
    all += weight;
    if (rank <= guesses) tried += weight;
  }
  return tried / all;
}

/** A row of the table of theft. */
export interface TheftRow {
  readonly secret: string;
  readonly minEntropyBits: number;
  readonly guesses: number;
  readonly found: number;
  /** log2 of found over the chance of a single guess. */
  readonly leakageBits: number;
}

/**
 * What a thief without the key finds in a time.
 *
 * @param secondsPerGuess Time of one guess on one processor: the key derivation.
 * @param processors Of the thief.
 */
export function describeTheft(choice: SecretChoice, secondsPerGuess: number, timeS: number, processors: number): TheftRow {
  const guesses = Math.max(1, Math.floor((timeS * processors) / secondsPerGuess)), single = chanceWithin(choice, 1), found = chanceWithin(choice, guesses);
  return { secret: choice.name, minEntropyBits: -log2(single), guesses, found, leakageBits: log2(found / single) };
}
