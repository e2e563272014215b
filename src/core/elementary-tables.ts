/**
 * Tables for `elementary.ts`, computed once from integer series, so they hold the same bits on every engine and no
 * typed-in constant can be wrong.
 *
 * Fixed point: a BigInt v stands for v / 2^160.
 */

import { doubleOf } from "./double-bits.js";

const FIXED_BITS = 160n;
const ONE = 1n << FIXED_BITS;

/** A value as an unevaluated sum of two doubles. */
export interface Pair { readonly head: number; readonly tail: number }

/** 2 atanh(p / q) = ln((q + p) / (q - p)). */
function fixedLogRatio(p: bigint, q: bigint): bigint {
  let power = (2n * p * ONE) / q, sum = 0n;
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += power / n;
    power = (power * p * p) / (q * q);
  }
  return sum;
}

function fixedExp(x: bigint): bigint {
  let term = ONE, sum = 0n;
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = ((term * x) >> FIXED_BITS) / n;
  }
  return sum;
}

/** Splits a fixed-point value; the head keeps `headBits` bits after the binary point, or all that a double can hold. */
function splitFixed(value: bigint, headBits: bigint | undefined): Pair {
  const scale = 2 ** -Number(FIXED_BITS);
  const dropped = headBits === undefined ? 0n : FIXED_BITS - headBits;
  const rounded = headBits === undefined ? value : ((value + (1n << (dropped - 1n))) >> dropped) << dropped;
  const head = Number(rounded);
  return { head: head * scale, tail: Number(value - BigInt(head)) * scale };
}

/** Bits after the binary point of heads: products with exponents (11 bits) and sums of heads stay exact. */
const HEAD_BITS = 42n;

const FIXED_LN2 = fixedLogRatio(1n, 3n);

/** ln 2. The head times an integer below 2^11 is exact. */
export const LN2: Pair = splitFixed(FIXED_LN2, HEAD_BITS);

/** log2(e) = 1 / ln 2. */
export const LOG2E: Pair = splitFixed((ONE * ONE) / FIXED_LN2, undefined);

/** Upper word of sqrt(1/2): mantissas are taken from [sqrt(1/2), sqrt(2)), so ln keeps its digits on both sides of 1. */
export const UPPER_OF_ROOT_HALF = 0x3fe6a09e;
const UPPER_OF_ROOT_TWO = 0x3ff6a09e;
/** Grid of the logarithm: mantissas rounded to 7 bits after the point, which are the upper word without its last 13 bits. */
export const LOG_GRID_BITS = 13;
/** Added before the bits are cut off, so that the nearest grid point is found. */
export const LOG_GRID_HALF = 2 ** 12;
/** Upper word of the first grid point, cut. */
export const LOG_GRID_FIRST: number = (UPPER_OF_ROOT_HALF + LOG_GRID_HALF) >> LOG_GRID_BITS;
const LOG_GRID_POINTS = ((UPPER_OF_ROOT_TWO + LOG_GRID_HALF) >> LOG_GRID_BITS) - LOG_GRID_FIRST + 1;

/** Grid point c, 1 / c, head and tail of ln c. Shape [129, 4]. */
export const LOG_TABLE: Float64Array = new Float64Array(4 * LOG_GRID_POINTS);
for (let i = 0; i < LOG_GRID_POINTS; i++) {
  const centre = doubleOf((LOG_GRID_FIRST + i) << LOG_GRID_BITS), scaled = BigInt(centre * 256);
  const { head, tail } = splitFixed(fixedLogRatio(scaled - 256n, scaled + 256n), HEAD_BITS);
  LOG_TABLE.set([centre, 1 / centre, head, tail], 4 * i);
}

/** Grid of the exponential: 2^(j / 64). */
export const EXP_STEPS = 64;
/** ln 2 / 64. The head times an integer below 2^17 is exact. */
export const EXP_STEP: Pair = splitFixed(FIXED_LN2 / BigInt(EXP_STEPS), HEAD_BITS);
/** Heads of 2^(j / 64). Shape [64]. */
export const EXP_HEAD: Float64Array = new Float64Array(EXP_STEPS);
/** Tails of the same values. Shape [64]. */
export const EXP_TAIL: Float64Array = new Float64Array(EXP_STEPS);
for (let j = 0; j < EXP_STEPS; j++) {
  const { head, tail } = splitFixed(fixedExp((FIXED_LN2 * BigInt(j)) / BigInt(EXP_STEPS)), undefined);
  EXP_HEAD[j] = head;
  EXP_TAIL[j] = tail;
}

/** Exponent of the first entry of `POWERS_OF_TWO`. */
export const FIRST_POWER = -1074;
/** 2^(FIRST_POWER + i). Shape [2098], up to 2^1023. */
export const POWERS_OF_TWO: Float64Array = new Float64Array(2098);
for (let i = 0, power = Number.MIN_VALUE; i < POWERS_OF_TWO.length; i++, power *= 2) POWERS_OF_TWO[i] = power;

/** 2^exponent without rounding. `exponent` is an integer from -1074 to 1023. */
export function powerOfTwo(exponent: number): number { return POWERS_OF_TWO[exponent - FIRST_POWER]!; }
