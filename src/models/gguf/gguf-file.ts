/** What a GGUF file holds: settings with types, and named tensors one after another. */
import type { TensorKind } from "./tensor-kinds.js";

/**
 * Types of settings and their codes in files.
 *
 * @source GGUF specification in the documentation of ggml, version 3.
 */
export const VALUE_TYPES = {
  uint8: 0, int8: 1, uint16: 2, int16: 3, uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9, uint64: 10, int64: 11, float64: 12,
} as const;

/** Types whose values are JavaScript numbers. */
export type NumberType = "uint8" | "int8" | "uint16" | "int16" | "uint32" | "int32" | "float32" | "float64";
/** Types whose values are bigints. */
export type BigIntType = "uint64" | "int64";
/** Types of array items: arrays of arrays are not written by anyone and refused. */
export type ItemType = NumberType | BigIntType | "bool" | "string";

/** A setting. */
export type GgufValue =
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: BigIntType; readonly value: bigint }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string }
  | GgufArray;

/** A list of settings of one type. */
export type GgufArray =
  | { readonly type: "array"; readonly itemType: NumberType; readonly items: readonly number[] }
  | { readonly type: "array"; readonly itemType: BigIntType; readonly items: readonly bigint[] }
  | { readonly type: "array"; readonly itemType: "bool"; readonly items: readonly boolean[] }
  | { readonly type: "array"; readonly itemType: "string"; readonly items: readonly string[] };

/** Settings by key, in the order of the file. */
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

/** A tensor without its numbers. */
export interface TensorEntry {
  readonly name: string;
  readonly kind: TensorKind;
  /** Outermost first: a matrix is [rows, row length]. Files list the row length first. */
  readonly shape: readonly number[];
}

/** A tensor and where its bytes are. */
export interface PlacedTensor extends TensorEntry {
  /** From the start of the file. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A checked file. */
export interface GgufHeader {
  readonly version: number;
  readonly metadata: GgufMetadata;
  readonly tensors: readonly PlacedTensor[];
  /** Tensors start at multiples of this. */
  readonly alignment: number;
  /** Where the first tensor starts. */
  readonly dataOffset: number;
}

/** Alignment of files that do not state one. */
export const USUAL_ALIGNMENT = 32;
/** The setting that states it. */
export const ALIGNMENT_KEY = "general.alignment";
/** "GGUF". */
export const MAGIC: readonly number[] = [0x47, 0x47, 0x55, 0x46];

/** Row length: the innermost size. */
export function rowLength({ shape }: Pick<TensorEntry, "shape">): number { return shape.at(-1)!; }

/** Number of weights. */
export function weightCount({ shape }: Pick<TensorEntry, "shape">): number { return shape.reduce((product, size) => product * size, 1); }

/** The next multiple of `alignment`. */
export function alignUp(offset: number, alignment: number): number { return Math.ceil(offset / alignment) * alignment; }
