/**
 * Logarithm, exponential and power from + - * / and tables alone. Engines are free to compute Math.log and its like as
 * they please; these give the same bits everywhere, so a record does not depend on the machine.
 *
 * Logarithm: x = 2^k m with m near 1, c = m rounded to 7 bits, ln x = k ln 2 + ln c + ln(1 + (m - c) / c).
 * Exponential: x = n ln 2 / 64 + r, exp x = 2^(n / 64) exp r. Tables carry a tail, so errors stay below 1 ulp.
 *
 * @source Tang 1990, Table-driven implementation of the logarithm function, ACM TOMS 16(4); of the exponential, 15(2).
 */
import { upperWord } from "./double-bits.js";
import {
  EXP_HEAD, EXP_STEP, EXP_STEPS, EXP_TAIL, FIRST_POWER, LN2, LOG2E, LOG_GRID_BITS, LOG_GRID_FIRST, LOG_GRID_HALF, LOG_TABLE,
  POWERS_OF_TWO, UPPER_OF_ROOT_HALF,
} from "./elementary-tables.js";

const LN2_HEAD = LN2.head, LN2_TAIL = LN2.tail;
const STEP_HEAD = EXP_STEP.head, STEP_TAIL = EXP_STEP.tail;
const LOG2E_HEAD = LOG2E.head, LOG2E_TAIL = LOG2E.tail;
const STEPS_PER_UNIT = EXP_STEPS * LOG2E_HEAD;
const SMALLEST_NORMAL = 2 ** -1022;
const LARGEST_EXP = 709.782712893384;
const SMALLEST_EXP = -745.1332191019412;
const POWER_OF_ONE = -FIRST_POWER;

/** Natural logarithm. Below 1 ulp. NaN below 0, -Infinity at 0. */
export function ln(x: number): number {
  if (!(x >= SMALLEST_NORMAL && x < Infinity)) return lnAtEdge(x);
  const upper = upperWord(x) | 0, exponent = (upper - UPPER_OF_ROOT_HALF) >> 20, entry = logEntry(upper - (exponent << 20));
  const r = (x * POWERS_OF_TWO[POWER_OF_ONE - exponent]! - LOG_TABLE[entry]!) * LOG_TABLE[entry + 1]!, r2 = r * r;
  const series = r2 * ((-1 / 2 + r * (1 / 3)) + r2 * ((-1 / 4 + r * (1 / 5)) + r2 * (-1 / 6 + r * (1 / 7))));
  return (exponent * LN2_HEAD + LOG_TABLE[entry + 2]!) + (r + (series + (exponent * LN2_TAIL + LOG_TABLE[entry + 3]!)));
}

/** Row of LOG_TABLE, as an offset, for a mantissa with this upper word. */
function logEntry(upper: number): number { return (((upper + LOG_GRID_HALF) >> LOG_GRID_BITS) - LOG_GRID_FIRST) * 4; }

function lnAtEdge(x: number): number {
  if (x === 0) return -Infinity;
  if (x > 0) return x === Infinity ? Infinity : ln(x * 2 ** 54) - 54 * (LN2_HEAD + LN2_TAIL);
  return NaN;
}

/** Logarithm to base 2. Below 2 ulp; exact at powers of 2. NaN below 0, -Infinity at 0. */
export function log2(x: number): number {
  if (!(x >= SMALLEST_NORMAL && x < Infinity)) return x > 0 && x < SMALLEST_NORMAL ? log2(x * 2 ** 54) - 54 : lnAtEdge(x);
  const exponent = ((upperWord(x) | 0) - UPPER_OF_ROOT_HALF) >> 20;
  splitLog(x * POWERS_OF_TWO[POWER_OF_ONE - exponent]!, 0);
  return exponent + (logHead * LOG2E_HEAD + (logTail * LOG2E_HEAD + logHead * LOG2E_TAIL));
}

/** e^x. Below 1 ulp. */
export function exp(x: number): number { return expOfSum(x, 0); }

/** exp(head + tail) for a tail far below the head. */
function expOfSum(head: number, tail: number): number {
  if (!(head >= SMALLEST_EXP && head <= LARGEST_EXP)) return head > 0 ? Infinity : head < 0 ? 0 : NaN;
  const n = Math.floor(head * STEPS_PER_UNIT + 0.5);
  const r = (head - n * STEP_HEAD) + (tail - n * STEP_TAIL);
  const j = n & (EXP_STEPS - 1), exponent = (n - j) / EXP_STEPS;
  const growth = r + r * r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720)))));
  const mantissa = EXP_HEAD[j]! + (EXP_TAIL[j]! + EXP_HEAD[j]! * growth);
  if (exponent < -1022) return mantissa * POWERS_OF_TWO[POWER_OF_ONE + exponent + 64]! * 2 ** -64;
  if (exponent > 1023) return mantissa * 2 * 2 ** 1023;
  return mantissa * POWERS_OF_TWO[POWER_OF_ONE + exponent]!;
}

/** x^y, with the special cases of Math.pow. Below 1.5 ulp. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (x === 1 && y > -Infinity && y < Infinity) return 1;
  if (x > 0 && x < Infinity && y > -Infinity && y < Infinity) return powOfPositive(x, y);
  return powAtEdge(x, y);
}

function powAtEdge(x: number, y: number): number {
  if (!(x <= 0 || x > 0) || !(y <= 0 || y > 0)) return NaN;
  const size = Math.abs(x);
  if (y === Infinity || y === -Infinity) return size === 1 ? NaN : (size > 1) === (y > 0) ? Infinity : 0;
  const isInteger = Math.floor(y) === y, isOdd = isInteger && y % 2 !== 0;
  const isNegative = x < 0 || Object.is(x, -0);
  if (size === 0 || size === Infinity) {
    const result = (size === 0) === (y > 0) ? 0 : Infinity;
    return isNegative && isOdd ? -result : result;
  }
  if (!isInteger) return NaN;
  return isOdd ? -pow(size, y) : pow(size, y);
}

/** For x other than 1, so that a product in range means a y below 2^63. */
function powOfPositive(x: number, y: number): number {
  const isSmall = x < SMALLEST_NORMAL;
  const scaled = isSmall ? x * 2 ** 54 : x;
  const exponent = ((upperWord(scaled) | 0) - UPPER_OF_ROOT_HALF) >> 20;
  splitLog(scaled * POWERS_OF_TWO[POWER_OF_ONE - exponent]!, isSmall ? exponent - 54 : exponent);
  const head = logHead, tail = logTail, product = head * y;
  if (!(Math.abs(product) < 800)) return product > 0 ? Infinity : 0;
  const yHead = upperHalf(y), yTail = y - yHead, logUpper = upperHalf(head), logLower = head - logUpper;
  const error = ((logUpper * yHead - product) + logUpper * yTail + logLower * yHead) + logLower * yTail;
  return expOfSum(product, error + tail * y);
}

/** Results of `splitLog`: k ln 2 + ln m = logHead + logTail, good to about 2^-68. */
let logHead = 0, logTail = 0;

function splitLog(m: number, exponent: number): void {
  const entry = logEntry(upperWord(m) | 0), c = LOG_TABLE[entry]!;
  const difference = m - c, sum = m + c, sumTail = m - (sum - c);
  const s = difference / sum, s2 = s * s;
  const sUpper = upperHalf(s), sLower = s - sUpper, sumUpper = upperHalf(sum), sumLower = sum - sumUpper;
  const remainder = ((difference - sUpper * sumUpper) - sUpper * sumLower - sLower * sumUpper) - sLower * sumLower - s * sumTail;
  const small = 2 * (remainder / sum) + s * s2 * (2 / 3 + s2 * (2 / 5 + s2 * (2 / 7)));
  const large = exponent * LN2_HEAD + LOG_TABLE[entry + 2]!;
  const first = large + 2 * s;
  const firstTail = large === 0 ? 0 : 2 * s - (first - large);
  const rest = firstTail + (small + (exponent * LN2_TAIL + LOG_TABLE[entry + 3]!));
  logHead = first + rest;
  logTail = rest - (logHead - first);
}

/** The upper 26 bits of x, so products of halves are exact (Dekker 1971). */
function upperHalf(x: number): number {
  const scaled = x * 134217729;
  return scaled - (scaled - x);
}
