/**
 * Super-blocks of 256 numbers: one or two halves scale the scales of 8 or 16 sub-blocks, which scale codes of 2 to 6 bits.
 * Products are rounded to float32 where ggml rounds them.
 *
 * @source Block structures of ggml (ggml-common.h) and the order of their codes (ggml-quants.c).
 */
import { halfToNumber } from "./half-floats.js";

const { fround } = Math;

/** 2 bits: value = scale x code - minimum, 16 sub-blocks of 16. Bytes: 16 scales and minima of 4 bits, 64 codes, d, dmin. */
export function unpackQ2K(bytes: DataView, from: number, out: Float32Array, to: number): void {
  const d = half(bytes, from + 80), dMin = half(bytes, from + 82);
  for (let group = 0; group < 16; group++) {
    const packed = bytes.getUint8(from + group), scale = fround(d * (packed & 15)), minimum = fround(dMin * (packed >> 4));
    const place = from + 16 + pairPlace(group), shift = pairShift(group);
    for (let i = 0; i < 16; i++) out[to + group * 16 + i] = fround(scale * ((bytes.getUint8(place + i) >> shift) & 3)) - minimum;
  }
}

/** 3 bits: value = scale x (code - 4), the upper bit of codes apart. Bytes: 32 upper bits, 64 codes, 12 scales of 6 bits, d. */
export function unpackQ3K(bytes: DataView, from: number, out: Float32Array, to: number): void {
  const d = half(bytes, from + 108);
  for (let group = 0; group < 16; group++) {
    const scale = fround(d * (threeBitScale(bytes, from + 96, group) - 32)), place = from + 32 + pairPlace(group), shift = pairShift(group);
    const upper = from + group % 2 * 16, mask = 1 << (group >> 1);
    for (let i = 0; i < 16; i++) {
      const code = ((bytes.getUint8(place + i) >> shift) & 3) - (bytes.getUint8(upper + i) & mask ? 0 : 4);
      out[to + group * 16 + i] = scale * code;
    }
  }
}

/** Two-bit codes of group g: 128 numbers use 32 bytes four times over, two groups of 16 side by side. */
function pairPlace(group: number): number { return (group >> 3) * 32 + group % 2 * 16; }
function pairShift(group: number): number { return (group % 8 >> 1) * 2; }

/** Scale of 6 bits: lower four in the first 8 bytes, upper two in the last 4. */
function threeBitScale(bytes: DataView, from: number, group: number): number {
  const packed = bytes.getUint8(from + group % 8), lower = group < 8 ? packed & 15 : packed >> 4;
  return lower | ((bytes.getUint8(from + 8 + group % 4) >> (2 * (group >> 2))) & 3) << 4;
}

/** 4 bits: value = scale x code - minimum, 8 sub-blocks of 32. Bytes: d, dmin, 12 scales and minima of 6 bits, 128 codes. */
export function unpackQ4K(bytes: DataView, from: number, out: Float32Array, to: number): void {
  unpackFourOrFive(bytes, from, out, to, from + 16, () => 0);
}

/** 5 bits: as Q4_K, with the fifth bits in 32 bytes before the codes. */
export function unpackQ5K(bytes: DataView, from: number, out: Float32Array, to: number): void {
  unpackFourOrFive(bytes, from, out, to, from + 48, (group, i) => (bytes.getUint8(from + 16 + i) >> group) & 1);
}

function unpackFourOrFive(bytes: DataView, from: number, out: Float32Array, to: number, codes: number, fifthBit: (group: number, i: number) => number): void {
  const d = half(bytes, from), dMin = half(bytes, from + 2);
  for (let group = 0; group < 8; group++) {
    const [scaleCode, minimumCode] = sixBitPair(bytes, from + 4, group), scale = fround(d * scaleCode), minimum = fround(dMin * minimumCode);
    const place = codes + (group >> 1) * 32, shift = group % 2 * 4;
    for (let i = 0; i < 32; i++) {
      const code = ((bytes.getUint8(place + i) >> shift) & 15) + 16 * fifthBit(group, i);
      out[to + group * 32 + i] = fround(scale * code) - minimum;
    }
  }
}

/** Scale and minimum of 6 bits each: whole in the first 8 bytes for groups 0 to 3, put together of two places for the others. */
function sixBitPair(bytes: DataView, from: number, group: number): readonly [scale: number, minimum: number] {
  const byte = (i: number): number => bytes.getUint8(from + i);
  if (group < 4) return [byte(group) & 63, byte(group + 4) & 63];
  const packed = byte(group + 4);
  return [(packed & 15) | (byte(group - 4) >> 6) << 4, (packed >> 4) | (byte(group) >> 6) << 4];
}

/** 6 bits: value = scale x (code - 32), 16 sub-blocks of 16. Bytes: 128 lower halves, 64 upper pairs, 16 scales of 8 bits, d. */
export function unpackQ6K(bytes: DataView, from: number, out: Float32Array, to: number): void {
  const d = half(bytes, from + 208);
  for (let i = 0; i < 256; i++) {
    const part = i >> 7, quarter = (i >> 5) & 3, column = i & 31;
    const lower = (bytes.getUint8(from + part * 64 + quarter % 2 * 32 + column) >> (quarter >> 1) * 4) & 15;
    const upper = (bytes.getUint8(from + 128 + part * 32 + column) >> quarter * 2) & 3;
    out[to + i] = fround(d * bytes.getInt8(from + 192 + (i >> 4))) * ((lower | upper << 4) - 32);
  }
}

function half(bytes: DataView, from: number): number { return halfToNumber(bytes.getUint16(from, true)); }
