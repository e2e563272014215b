/**
 * Packed tensors back to float32, in plain TypeScript: to check files and quantizers, and to run the reference forward pass.
 * A block is a scale (and for some kinds a minimum), possibly scales of sub-blocks, and small whole numbers.
 *
 * @source Block structures of ggml (ggml-common.h); equal numbers from libggml's own dequantizer are a test.
 */
import { DataError } from "../../core/errors.js";
import type { TensorKind } from "../gguf/tensor-kinds.js";
import { unpackQ2K, unpackQ3K, unpackQ4K, unpackQ5K, unpackQ6K } from "./dequantize-super-blocks.js";
import { bfloatToNumber, halfToNumber } from "./half-floats.js";

/** Writes the numbers of the block at `from` of `bytes` to `out` at `to`. */
export type UnpackBlock = (bytes: DataView, from: number, out: Float32Array, to: number) => void;

const SMALL_BLOCK = 32;

/** Values of the 16 codes of IQ4_NL, closer together near zero. */
const UNEVEN_LEVELS: readonly number[] = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
const EVEN_LEVELS: readonly number[] = Array.from({ length: 16 }, (_, code) => code - 8);

const UNPACKERS: Readonly<Record<string, UnpackBlock>> = {
  F32: (bytes, from, out, to) => { out[to] = bytes.getFloat32(from, true); },
  F16: (bytes, from, out, to) => { out[to] = halfToNumber(bytes.getUint16(from, true)); },
  BF16: (bytes, from, out, to) => { out[to] = bfloatToNumber(bytes.getUint16(from, true)); },
  Q8_0: unpackQ8,
  Q4_0: (bytes, from, out, to) => { unpackNibbles(bytes, from, out, to, EVEN_LEVELS); },
  IQ4_NL: (bytes, from, out, to) => { unpackNibbles(bytes, from, out, to, UNEVEN_LEVELS); },
  Q2_K: unpackQ2K, Q3_K: unpackQ3K, Q4_K: unpackQ4K, Q5_K: unpackQ5K, Q6_K: unpackQ6K,
};

/** Names of the kinds that can be unpacked. */
export const UNPACKED_KINDS: readonly string[] = Object.keys(UNPACKERS);

/**
 * Numbers of a tensor.
 *
 * @param bytes Whole blocks.
 * @throws {DataError} for a kind that this project does not unpack.
 */
export function dequantize(kind: TensorKind, bytes: Uint8Array): Float32Array {
  const unpack = UNPACKERS[kind.name];
  if (unpack === undefined) throw new DataError({ subject: "a tensor's kind", rule: `be one of ${UNPACKED_KINDS.join(", ")}`, got: kind.name, hint: "Start from the F16 file of the model." });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), blockCount = bytes.length / kind.blockBytes;
  const out = new Float32Array(blockCount * kind.blockLength);
  for (let block = 0; block < blockCount; block++) unpack(view, block * kind.blockBytes, out, block * kind.blockLength);
  return out;
}

function unpackQ8(bytes: DataView, from: number, out: Float32Array, to: number): void {
  const scale = halfToNumber(bytes.getUint16(from, true));
  for (let i = 0; i < SMALL_BLOCK; i++) out[to + i] = scale * bytes.getInt8(from + 2 + i);
}

/** Lower halves of the bytes are the first 16 codes, upper halves the others. */
function unpackNibbles(bytes: DataView, from: number, out: Float32Array, to: number, levels: readonly number[]): void {
  const scale = halfToNumber(bytes.getUint16(from, true));
  for (let i = 0; i < SMALL_BLOCK / 2; i++) {
    const byte = bytes.getUint8(from + 2 + i);
    out[to + i] = scale * levels[byte & 15]!;
    out[to + i + SMALL_BLOCK / 2] = scale * levels[byte >> 4]!;
  }
}
