/** How numbers of a tensor are packed in a GGUF file: blocks of so many numbers in so many bytes. */

/** A way to pack numbers. */
export interface TensorKind {
  readonly name: string;
  /** In files. */
  readonly code: number;
  /** Numbers in a block; rows hold whole blocks. */
  readonly blockLength: number;
  readonly blockBytes: number;
}

/**
 * Kinds by code. Absent codes were withdrawn from the format.
 *
 * @source enum ggml_type and block structures of ggml; sizes equal those of the library inside node-llama-cpp 3.21.1 (a test compares).
 */
const KIND_ROWS: readonly (readonly [name: string, code: number, blockLength: number, blockBytes: number])[] = [
  ["F32", 0, 1, 4], ["F16", 1, 1, 2], ["Q4_0", 2, 32, 18], ["Q4_1", 3, 32, 20], ["Q5_0", 6, 32, 22], ["Q5_1", 7, 32, 24], ["Q8_0", 8, 32, 34],
  ["Q8_1", 9, 32, 36], ["Q2_K", 10, 256, 84], ["Q3_K", 11, 256, 110], ["Q4_K", 12, 256, 144], ["Q5_K", 13, 256, 176], ["Q6_K", 14, 256, 210],
  ["Q8_K", 15, 256, 292], ["IQ2_XXS", 16, 256, 66], ["IQ2_XS", 17, 256, 74], ["IQ3_XXS", 18, 256, 98], ["IQ1_S", 19, 256, 50], ["IQ4_NL", 20, 32, 18],
  ["IQ3_S", 21, 256, 110], ["IQ2_S", 22, 256, 82], ["IQ4_XS", 23, 256, 136], ["I8", 24, 1, 1], ["I16", 25, 1, 2], ["I32", 26, 1, 4], ["I64", 27, 1, 8],
  ["F64", 28, 1, 8], ["IQ1_M", 29, 256, 56], ["BF16", 30, 1, 2], ["TQ1_0", 34, 256, 54], ["TQ2_0", 35, 256, 66], ["MXFP4", 39, 32, 17],
];

/** Every kind of a GGUF file, in the order of codes. */
export const TENSOR_KINDS: readonly TensorKind[] = KIND_ROWS.map(([name, code, blockLength, blockBytes]) => ({ name, code, blockLength, blockBytes }));

const BY_CODE = new Map(TENSOR_KINDS.map((kind) => [kind.code, kind]));
const BY_NAME = new Map(TENSOR_KINDS.map((kind) => [kind.name, kind]));

/** Kind with a code, or undefined. */
export function kindOfCode(code: number): TensorKind | undefined { return BY_CODE.get(code); }

/** Kind with a name ("Q4_K"), or undefined. */
export function kindOfName(name: string): TensorKind | undefined { return BY_NAME.get(name); }

/** Bytes of `count` numbers. `count` is a multiple of the block's length. */
export function packedBytes(kind: TensorKind, count: number): number { return count / kind.blockLength * kind.blockBytes; }

/** Bits of a number, scales included. */
export function bitsPerWeight(kind: TensorKind): number { return 8 * kind.blockBytes / kind.blockLength; }
