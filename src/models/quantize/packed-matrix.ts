/**
 * Matrices in whole numbers for ONNX files: small codes and their scales. Symmetric: a weight is scale x (code - middle).
 *
 * - `int8`: codes from -127 to 127, one scale per row. Activations are quantized to 8 bits too, with one scale for all of them.
 * - `int8-block`, `int4-block`: a scale per 32 weights of a row. Activations are quantized block by block.
 *
 * @source Layout of blocks: operator MatMulNBits of ONNX Runtime. The scale of a block, which makes its largest weight exact, as in Q4_0 of ggml.
 */
import { DataError, ShapeError } from "../../core/errors.js";

/** Ways to pack. */
export const PACKED_KINDS = ["int8", "int8-block", "int4-block"] as const;
/** One of them. */
export type PackedKind = (typeof PACKED_KINDS)[number];

/** A matrix in whole numbers. */
export interface PackedMatrix {
  readonly kind: PackedKind;
  readonly rows: number;
  readonly columns: number;
  /** `int8`: signed, shape [rows, columns]. Blocks: shape [rows, columns / 32, 32] or, with two codes in a byte, the even one in the low half, [rows, columns / 32, 16]. */
  readonly codes: Int8Array | Uint8Array;
  /** Shape [rows] or [rows, columns / 32]. */
  readonly scales: Float32Array;
}

/** A matrix as the product of two narrow ones: [rows, rank] times [rank, columns]. */
export interface FactoredMatrix {
  readonly kind: "factors";
  readonly rank: number;
  readonly left: Float32Array | PackedMatrix;
  readonly right: Float32Array | PackedMatrix;
}

/** A weight as a file holds it. Dense ones row-major. */
export type StoredWeight = Float32Array | PackedMatrix | FactoredMatrix;
/** Weights of a model by their name in a GGUF file. */
export type StoredWeights = ReadonlyMap<string, StoredWeight>;

/** Weights of a block. */
export const BLOCK_LENGTH = 32;
const LARGEST_CODE = 127;
const MIDDLES = { "int8-block": 128, "int4-block": 8 } as const;
type BlockKind = keyof typeof MIDDLES;

/** Bytes of a block's codes. */
export function blockBytes(kind: BlockKind): number { return kind === "int4-block" ? BLOCK_LENGTH / 2 : BLOCK_LENGTH; }

/** Bytes of a weight in a file. */
export function storedBytes(weight: StoredWeight): number {
  if (weight instanceof Float32Array) return weight.byteLength;
  return weight.kind === "factors" ? storedBytes(weight.left) + storedBytes(weight.right) : weight.codes.byteLength + weight.scales.byteLength;
}

/**
 * Packs a matrix.
 *
 * @param numbers Row-major. Shape [numbers.length / columns, columns].
 * @param subject Names the tensor in errors.
 * @throws {DataError} for NaN or infinite numbers; {ShapeError} for rows of broken blocks.
 */
export function packMatrix(kind: PackedKind, numbers: Float32Array, columns: number, subject: string): PackedMatrix {
  const fault = numbers.findIndex((number) => !Number.isFinite(number));
  if (fault >= 0) throw new DataError({ subject: `tensor ${subject}`, rule: "hold finite weights", got: numbers[fault], where: `weight ${fault}`, hint: "The training diverged or the file is damaged; take an earlier checkpoint." });
  const size = { rows: numbers.length / columns, columns };
  if (kind === "int8") return { kind, ...size, ...packRows(numbers, columns) };
  if (columns % BLOCK_LENGTH !== 0) throw new ShapeError({ subject: `row length of tensor ${subject}`, rule: `be a multiple of ${BLOCK_LENGTH} for ${kind}`, got: columns, hint: "Choose --to int8, or a model whose widths are multiples of 32." });
  return { kind, ...size, ...packBlocks(kind, numbers) };
}

function packRows(numbers: Float32Array, columns: number): Pick<PackedMatrix, "codes" | "scales"> {
  const scales = Float32Array.from({ length: numbers.length / columns }, (_, row) => largest(numbers, row * columns, columns) / LARGEST_CODE);
  return { scales, codes: Int8Array.from(numbers, (number, i) => Math.round(number / (scales[Math.floor(i / columns)]! || 1))) };
}

function packBlocks(kind: BlockKind, numbers: Float32Array): Pick<PackedMatrix, "codes" | "scales"> {
  const middle = MIDDLES[kind], scales = Float32Array.from({ length: numbers.length / BLOCK_LENGTH }, (_, block) => extreme(numbers, block * BLOCK_LENGTH) / -middle);
  const codes = Uint8Array.from(numbers, (number, i) => Math.min(2 * middle - 1, Math.round(number / (scales[Math.floor(i / BLOCK_LENGTH)]! || 1)) + middle));
  return { scales, codes: kind === "int8-block" ? codes : Uint8Array.from({ length: codes.length / 2 }, (_, pair) => codes[2 * pair]! | codes[2 * pair + 1]! << 4) };
}

function largest(numbers: Float32Array, start: number, count: number): number { return numbers.subarray(start, start + count).reduce((most, number) => Math.max(most, Math.abs(number)), 0); }

/** The number of a block that is furthest from zero, with its sign. */
function extreme(numbers: Float32Array, start: number): number {
  return numbers.subarray(start, start + BLOCK_LENGTH).reduce((most, number) => (Math.abs(number) > Math.abs(most) ? number : most), 0);
}

/** Numbers of a stored weight, row-major. */
export function unpackWeight(weight: StoredWeight): Float32Array {
  if (weight instanceof Float32Array) return weight;
  if (weight.kind === "factors") return multiplyFactors(unpackWeight(weight.left), unpackWeight(weight.right), weight.rank);
  const { kind, rows, columns, codes, scales } = weight;
  if (kind === "int8") return Float32Array.from(codes, (code, i) => scales[Math.floor(i / columns)]! * code);
  return Float32Array.from({ length: rows * columns }, (_, i) => scales[Math.floor(i / BLOCK_LENGTH)]! * (codeAt(kind, codes, i) - MIDDLES[kind]));
}

function codeAt(kind: BlockKind, codes: Int8Array | Uint8Array, i: number): number {
  return kind === "int8-block" ? codes[i]! : codes[i >> 1]! >> 4 * (i % 2) & 15;
}

/** left [rows, rank] times right [rank, columns]. */
function multiplyFactors(left: Float32Array, right: Float32Array, rank: number): Float32Array {
  const columns = right.length / rank, product = new Float32Array(left.length / rank * columns);
  for (let i = 0; i < left.length; i++) {
    const to = Math.floor(i / rank) * columns, from = i % rank * columns;
    for (let column = 0; column < columns; column++) product[to + column]! += left[i]! * right[from + column]!;
  }
  return product;
}
