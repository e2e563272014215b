/** The bits of a double, for code that works on exponent and mantissa. */

const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);
DOUBLE[0] = 1;
/** 1.0 is 0x3ff00000 00000000: its non-zero word is the upper one. */
const UPPER = WORDS[1] === 0 ? 0 : 1;

/** Upper 32 bits of a double as an unsigned integer: sign, 11 bits of exponent, 20 of the mantissa. */
export function upperWord(x: number): number {
  DOUBLE[0] = x;
  return WORDS[UPPER]!;
}

/** The double whose upper 32 bits are given and whose lower ones are 0. */
export function doubleOf(upper: number): number {
  WORDS[UPPER] = upper;
  WORDS[1 - UPPER] = 0;
  return DOUBLE[0]!;
}
