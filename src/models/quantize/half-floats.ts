/** 16-bit floating-point numbers: IEEE half (F16) and the upper half of a float32 (BF16). */

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

const HALF_BIAS = 15, FLOAT_BIAS = 127;
const SMALLEST_HALF = 2 ** -24;

/** Value of the bits of a half. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * SMALLEST_HALF : sign * (1 + fraction / 1024) * 2 ** (exponent - HALF_BIAS);
}

/** Bits of the half nearest to a float32, ties to even; too large ones become infinite. */
export function numberToHalf(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0]!, sign = (bits >>> 16) & 0x8000, exponent = ((bits >>> 23) & 255) - FLOAT_BIAS + HALF_BIAS, fraction = bits & 0x7fffff;
  if (exponent === 255 - FLOAT_BIAS + HALF_BIAS) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent <= 0) return sign | (exponent < -10 ? 0 : roundShift(fraction | 0x800000, 14 - exponent));
  // A carry out of the fraction raises the exponent, up to infinity, as it should.
  return sign | ((exponent << 10) + roundShift(fraction, 13));
}

/** value / 2^shift, rounded to nearest, ties to even. */
function roundShift(value: number, shift: number): number {
  const whole = value >>> shift, rest = value - whole * 2 ** shift, half = 2 ** (shift - 1);
  return rest > half || (rest === half && whole % 2 === 1) ? whole + 1 : whole;
}

/** Value of the bits of a BF16 number. */
export function bfloatToNumber(bits: number): number {
  BITS[0] = bits << 16;
  return FLOAT[0]!;
}

/** Bits of the BF16 number nearest to a float32, ties to even. */
export function numberToBfloat(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0]!;
  if (Number.isNaN(value)) return (bits >>> 16) | 64;
  return roundShift(bits, 16);
}
