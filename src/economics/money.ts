/**
 * Money as whole nano-dollars in a bigint: sums are exact and do not depend on their order. A price of 0.001 USD per
 * million tokens is one nano-dollar per token, so list prices are whole numbers too.
 */
import { invariant } from "../core/errors.js";

/** Nano-dollars in a dollar. */
export const NANO_PER_USD = 1_000_000_000n;
/** Significant digits that a price from a config may have; more is rounding of binary fractions. */
const PRICE_DIGITS = 15;
const DECIMAL = /^(\d{1,12})(?:\.(\d{1,12}))?$/;

/**
 * Nano-dollars of a decimal text such as "0.028".
 *
 * @param perUnit Multiplies the amount first: 1n for dollars.
 * @returns Undefined when the text is not a plain decimal of 0 or more, or does not give a whole number of nano-dollars.
 */
export function parseNanoUsd(text: string, perUnit: bigint = 1n): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const places = match[2] ?? "";
  const scaled = BigInt(match[1]! + places) * NANO_PER_USD * perUnit, divisor = 10n ** BigInt(places.length);
  return scaled % divisor === 0n ? scaled / divisor : undefined;
}

/**
 * The nearest nano-dollar amount of a number of dollars.
 *
 * @param usd Finite, 0 or more, below 1e9: a price from a config.
 * @throws {BugError} for other numbers.
 */
export function nanoFromUsd(usd: number): bigint {
  invariant(usd >= 0 && usd < 1e9, "price in dollars from 0 to 1e9", usd);
  const [whole, places = ""] = Number(usd.toPrecision(PRICE_DIGITS)).toFixed(10).split(".");
  return divideToNearest(BigInt(whole! + places), 10n);
}

/** Dollars of an exact amount; the nearest double. */
export function usdFromNano(nanoUsd: bigint): number {
  const whole = nanoUsd / NANO_PER_USD, rest = nanoUsd % NANO_PER_USD;
  return Number(whole) + Number(rest) / 1e9;
}

/**
 * a / b to the nearest whole number, halves to even.
 *
 * @param b Above 0.
 */
export function divideToNearest(a: bigint, b: bigint): bigint {
  const isNegative = a < 0n, size = isNegative ? -a : a;
  const whole = size / b, twice = (size % b) * 2n;
  const rounded = twice > b || (twice === b && whole % 2n === 1n) ? whole + 1n : whole;
  return isNegative ? -rounded : rounded;
}

/** An amount in dollars with all nine decimals: "-0.000000040". */
export function formatNanoUsd(nanoUsd: bigint): string {
  const size = nanoUsd < 0n ? -nanoUsd : nanoUsd;
  return `${nanoUsd < 0n ? "-" : ""}${size / NANO_PER_USD}.${(size % NANO_PER_USD).toString().padStart(9, "0")}`;
}
