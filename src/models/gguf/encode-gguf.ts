/** The bytes before the tensors of a GGUF file, version 3, little-endian. */
import { DataError } from "../../core/errors.js";
import {
  ALIGNMENT_KEY, alignUp, type GgufMetadata, type GgufValue, type ItemType, MAGIC, rowLength, type TensorEntry, USUAL_ALIGNMENT, VALUE_TYPES, weightCount,
} from "./gguf-file.js";
import { packedBytes } from "./tensor-kinds.js";

const VERSION = 3;
const LONGEST_TENSOR_NAME = 63;

/** A file to be: its first bytes, and the places of tensors after them. */
export interface GgufLayout {
  /** From the start of the file to the first tensor. */
  readonly header: Uint8Array;
  /** From the start of the file, in the order of the tensors. */
  readonly offsets: readonly number[];
  /** Ends at a multiple of the alignment. */
  readonly byteLength: number;
}

/**
 * Lays out a file: tensors in the given order, each at a multiple of the alignment that the settings state (or 32).
 *
 * @throws {DataError} for a tensor whose rows are no whole blocks or whose name is too long.
 */
export function layOutGguf(metadata: GgufMetadata, tensors: readonly TensorEntry[]): GgufLayout {
  const stated = metadata.get(ALIGNMENT_KEY), alignment = stated?.type === "uint32" ? stated.value : USUAL_ALIGNMENT;
  tensors.forEach(checkEntry);
  const sizes = tensors.map((tensor) => packedBytes(tensor.kind, weightCount(tensor))), places: number[] = [];
  let end = 0;
  for (const size of sizes) {
    const start = alignUp(end, alignment);
    places.push(start);
    end = start + size;
  }
  const header = encodeHeader(metadata, tensors, places, alignment);
  return { header, offsets: places.map((place) => header.length + place), byteLength: header.length + alignUp(end, alignment) };
}

function checkEntry(tensor: TensorEntry): void {
  const { name, kind } = tensor;
  if (name === "" || Buffer.byteLength(name) > LONGEST_TENSOR_NAME) {
    throw new DataError({ subject: "a tensor's name", rule: `have 1 to ${LONGEST_TENSOR_NAME} bytes`, got: name, hint: "Name weights as llama.cpp does: blk.0.attn_q.weight." });
  }
  if (rowLength(tensor) % kind.blockLength === 0) return;
  throw new DataError({
    subject: `row length of tensor ${name}`, rule: `be a multiple of ${kind.blockLength} for ${kind.name}`, got: rowLength(tensor),
    hint: kind.blockLength > 32 ? "Choose Q4_0 or Q8_0 (multiples of 32), or a model whose widths are multiples of 256." : "Choose F16, or a model whose widths are multiples of 32.",
  });
}

function encodeHeader(metadata: GgufMetadata, tensors: readonly TensorEntry[], places: readonly number[], alignment: number): Uint8Array {
  const chunks: Uint8Array[] = [Uint8Array.from(MAGIC), number("uint32", VERSION), number("uint64", BigInt(tensors.length)), number("uint64", BigInt(metadata.size))];
  for (const [key, value] of metadata) chunks.push(text(key), encodeValue(value));
  tensors.forEach(({ name, shape, kind }, i) => {
    chunks.push(text(name), number("uint32", shape.length), ...[...shape].reverse().map((size) => number("uint64", BigInt(size))));
    chunks.push(number("uint32", kind.code), number("uint64", BigInt(places[i]!)));
  });
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return Buffer.concat(chunks, alignUp(length, alignment));
}

function encodeValue(value: GgufValue): Uint8Array {
  if (value.type !== "array") return Buffer.concat([number("uint32", VALUE_TYPES[value.type]), encodeItem(value.type, value.value)]);
  const { itemType, items } = value;
  const head = [number("uint32", VALUE_TYPES.array), number("uint32", VALUE_TYPES[itemType]), number("uint64", BigInt(items.length))];
  return Buffer.concat([...head, ...items.map((item: number | bigint | boolean | string) => encodeItem(itemType, item))]);
}

function encodeItem(type: ItemType, item: number | bigint | boolean | string): Uint8Array {
  if (type === "string") return text(item as string);
  if (type === "bool") return Uint8Array.of(item === true ? 1 : 0);
  return number(type, item as number | bigint);
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([number("uint64", BigInt(bytes.length)), bytes]);
}

type Writable = Exclude<ItemType, "bool" | "string">;
const SIZES: Readonly<Record<Writable, number>> = { uint8: 1, int8: 1, uint16: 2, int16: 2, uint32: 4, int32: 4, float32: 4, uint64: 8, int64: 8, float64: 8 };

function number(type: Writable, value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(SIZES[type]), view = new DataView(bytes.buffer);
  switch (type) {
    case "uint8": view.setUint8(0, value as number); break;
    case "int8": view.setInt8(0, value as number); break;
    case "uint16": view.setUint16(0, value as number, true); break;
    case "int16": view.setInt16(0, value as number, true); break;
    case "uint32": view.setUint32(0, value as number, true); break;
    case "int32": view.setInt32(0, value as number, true); break;
    case "float32": view.setFloat32(0, value as number, true); break;
    case "float64": view.setFloat64(0, value as number, true); break;
    case "uint64": view.setBigUint64(0, value as bigint, true); break;
    case "int64": view.setBigInt64(0, value as bigint, true); break;
  }
  return bytes;
}
