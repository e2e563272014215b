/** Exact fractions of whole numbers. Always in lowest terms with a positive denominator, so equal values have equal parts. */
import { DataError, invariant } from "../core/errors.js";

const FORM = /^([+-]?\d{1,2000})(?:\/(\d{1,2000})|\.(\d{1,2000}))?$/;

/** An exact fraction. Immutable. */
export class Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;

  /** @param denominator Not 0. @throws {BugError} when it is. */
  constructor(numerator: bigint, denominator: bigint = 1n) {
    invariant(denominator !== 0n, "divide by a number other than 0", `${numerator}/${denominator}`);
    const divisor = greatestCommonDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n);
    this.numerator = numerator / divisor;
    this.denominator = denominator / divisor;
  }

  static readonly zero: Rational = new Rational(0n);
  static readonly one: Rational = new Rational(1n);

  /** A whole number. @throws {BugError} when it is not whole. */
  static of(whole: number): Rational {
    invariant(Number.isSafeInteger(whole), "make a fraction of a whole number", whole);
    return new Rational(BigInt(whole));
  }

  plus(other: Rational): Rational {
    return new Rational(this.numerator * other.denominator + other.numerator * this.denominator, this.denominator * other.denominator);
  }
  minus(other: Rational): Rational {
    return new Rational(this.numerator * other.denominator - other.numerator * this.denominator, this.denominator * other.denominator);
  }
  times(other: Rational): Rational { return new Rational(this.numerator * other.numerator, this.denominator * other.denominator); }
  /** @throws {BugError} when `other` is 0. */
  over(other: Rational): Rational { return new Rational(this.numerator * other.denominator, this.denominator * other.numerator); }

  /** Negative, 0 or positive as this is below, equal to or above the other. */
  compare(other: Rational): number {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  equals(other: Rational): boolean { return this.compare(other) === 0; }

  /** The nearest double, up to one unit in the last place. */
  toNumber(): number {
    const size = this.numerator < 0n ? -this.numerator : this.numerator;
    if (size <= BigInt(Number.MAX_SAFE_INTEGER) && this.denominator <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(this.numerator) / Number(this.denominator);
    // Scale the quotient to at least 64 significant bits before dividing.
    const shift = Math.max(0, this.denominator.toString(2).length - size.toString(2).length + 64), half = shift >> 1;
    const quotient = Number((size << BigInt(shift)) / this.denominator) / 2 ** half / 2 ** (shift - half);
    return this.numerator < 0n ? -quotient : quotient;
  }

  /** "3", "-2/5". */
  toString(): string { return this.denominator === 1n ? this.numerator.toString() : `${this.numerator}/${this.denominator}`; }
}

/**
 * An exact fraction from text ("4/5", "-0.25", "3") or from the decimal digits of a number (0.1 is 1/10).
 *
 * @returns Undefined for anything else, a denominator of 0 included.
 */
export function readRational(value: unknown): Rational | undefined {
  const text = typeof value === "number" ? decimalText(value) : value;
  const match = typeof text === "string" ? FORM.exec(text.trim()) : null;
  if (match === null) return undefined;
  if (match[2] !== undefined) return BigInt(match[2]) === 0n ? undefined : new Rational(BigInt(match[1]!), BigInt(match[2]));
  const places = match[3] ?? "";
  return new Rational(BigInt(match[1]! + places), 10n ** BigInt(places.length));
}

/**
 * As readRational, for input that must be a fraction.
 *
 * @param subject What it is, in the user's words.
 * @throws {DataError} when it is none.
 */
export function parseRational(value: unknown, subject: string): Rational {
  const rational = readRational(value);
  if (rational !== undefined) return rational;
  throw new DataError({ subject, rule: "be a number or a fraction such as \"4/5\"", got: value, hint: "Write whole numbers, decimals or a/b." });
}

/** Decimal digits without an exponent; undefined for NaN and infinities. */
function decimalText(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential());
  if (match === null) return undefined;
  const digits = match[2]! + (match[3] ?? ""), point = 1 + Number(match[4]);
  const padded = point <= 0 ? `${"0".repeat(1 - point)}${digits}` : digits.padEnd(point, "0");
  const split = Math.max(1, point);
  return `${match[1]!}${padded.slice(0, split)}${padded.length > split ? `.${padded.slice(split)}` : ""}`;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a, y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
