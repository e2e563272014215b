/**
 * Reads and checks the header of a GGUF file: settings, tensors and their places. A file that passes can be read tensor by
 * tensor without meeting its end, another tensor, or a row of half a block.
 *
 * @source GGUF specification in the documentation of ggml; limits as in gguf.cpp of llama.cpp (names below 64 bytes, 4 dimensions).
 */
import { ByteCursor, type ByteSource } from "./byte-source.js";
import {
  ALIGNMENT_KEY, alignUp, type BigIntType, type GgufHeader, type GgufMetadata, type GgufValue, type ItemType, MAGIC, type NumberType, type PlacedTensor, USUAL_ALIGNMENT,
  VALUE_TYPES,
} from "./gguf-file.js";
import { kindOfCode, packedBytes } from "./tensor-kinds.js";

const READ_VERSIONS: readonly number[] = [2, 3];
const MOST_DIMENSIONS = 4;
const LONGEST_TENSOR_NAME = 63;
const LARGEST_ALIGNMENT = 1 << 20;
const LEAST_SETTING_BYTES = 8 + 4 + 1;
const LEAST_TENSOR_BYTES = 8 + 4 + 8 + 4 + 8;

const TYPE_NAMES = new Map<number, GgufValue["type"]>(Object.entries(VALUE_TYPES).map(([name, code]) => [code, name as GgufValue["type"]]));
const ITEM_BYTES: Readonly<Record<ItemType, number>> = {
  uint8: 1, int8: 1, bool: 1, uint16: 2, int16: 2, uint32: 4, int32: 4, float32: 4, uint64: 8, int64: 8, float64: 8, string: 8,
};

/**
 * Header of a file.
 *
 * @throws {DataError} naming the byte and the value that cannot be.
 */
export function decodeGguf(source: ByteSource): GgufHeader {
  const cursor = new ByteCursor(source), version = readVersion(cursor);
  const tensorCount = cursor.count("tensors", LEAST_TENSOR_BYTES), settingCount = cursor.count("settings", LEAST_SETTING_BYTES);
  const metadata = readMetadata(cursor, settingCount), alignment = alignmentOf(metadata, cursor);
  const unplaced = readTensorList(cursor, tensorCount), dataOffset = alignUp(cursor.position, alignment);
  const tensors = unplaced.map((tensor) => placeTensor(tensor, dataOffset, alignment, source.byteLength, cursor));
  refuseOverlap(tensors, cursor);
  return { version, metadata, tensors, alignment, dataOffset };
}

function readVersion(cursor: ByteCursor): number {
  const magic = Array.from({ length: Math.min(MAGIC.length, cursor.left) }, () => cursor.uint8());
  if (magic.length < MAGIC.length || magic.some((byte, i) => byte !== MAGIC[i])) {
    throw cursor.fault('begin with "GGUF"', Buffer.from(magic).toString("latin1"), 0);
  }
  const start = cursor.position, version = cursor.uint32();
  if (READ_VERSIONS.includes(version)) return version;
  const isSwapped = version !== 0 && version % 65536 === 0;
  throw cursor.fault(isSwapped ? "be little-endian" : `have version ${READ_VERSIONS.join(" or ")}`, isSwapped ? "a big-endian file" : `version ${version}`, start);
}

function readMetadata(cursor: ByteCursor, count: number): GgufMetadata {
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < count; i++) {
    const start = cursor.position, key = cursor.text("a key");
    if (key === "" || metadata.has(key)) throw cursor.fault("have keys that are not empty and each there once", key, start);
    metadata.set(key, readValue(cursor, key));
  }
  return metadata;
}

function readValue(cursor: ByteCursor, key: string): GgufValue {
  const type = readType(cursor, key);
  if (type !== "array") return { type, value: readItem(cursor, type, key) } as GgufValue;
  const start = cursor.position, itemType = readType(cursor, key);
  if (itemType === "array") throw cursor.fault(`have no arrays of arrays (${key})`, "one", start);
  const count = cursor.count(`items of ${key}`, ITEM_BYTES[itemType]);
  const items: unknown[] = [];
  for (let i = 0; i < count; i++) items.push(readItem(cursor, itemType, key));
  return { type, itemType, items } as GgufValue;
}

function readType(cursor: ByteCursor, key: string): GgufValue["type"] {
  const start = cursor.position, code = cursor.uint32(), type = TYPE_NAMES.get(code);
  if (type === undefined) throw cursor.fault(`have a type from 0 to 12 for ${key}`, code, start);
  return type;
}

function readItem(cursor: ByteCursor, type: ItemType, key: string): number | bigint | boolean | string {
  if (type === "string") return cursor.text(`a text of ${key}`);
  if (type !== "bool") return readNumber(cursor, type);
  const start = cursor.position, byte = cursor.uint8();
  if (byte > 1) throw cursor.fault(`have 0 or 1 for ${key}`, byte, start);
  return byte === 1;
}

function readNumber(cursor: ByteCursor, type: NumberType | BigIntType): number | bigint { return cursor[type](); }

function alignmentOf(metadata: GgufMetadata, cursor: ByteCursor): number {
  const stated = metadata.get(ALIGNMENT_KEY);
  if (stated === undefined) return USUAL_ALIGNMENT;
  const { value } = stated.type === "uint32" ? stated : { value: NaN };
  if (value >= 1 && value <= LARGEST_ALIGNMENT && (value & (value - 1)) === 0) return value;
  throw cursor.fault(`state a power of two up to ${LARGEST_ALIGNMENT} as ${ALIGNMENT_KEY}`, stated.type === "array" ? "an array" : String(stated.value));
}

/** A tensor as listed. `offset` counts from the start of the data. */
interface ListedTensor extends Omit<PlacedTensor, "byteOffset"> { readonly offset: bigint; readonly listedAt: number }

function readTensorList(cursor: ByteCursor, count: number): ListedTensor[] {
  const names = new Set<string>(), tensors: ListedTensor[] = [];
  for (let i = 0; i < count; i++) {
    const tensor = readListedTensor(cursor);
    if (names.has(tensor.name)) throw cursor.fault("have each tensor once", tensor.name, tensor.listedAt);
    names.add(tensor.name);
    tensors.push(tensor);
  }
  return tensors;
}

function readListedTensor(cursor: ByteCursor): ListedTensor {
  const listedAt = cursor.position, name = cursor.text("a tensor's name");
  if (name === "" || Buffer.byteLength(name) > LONGEST_TENSOR_NAME) throw cursor.fault(`name tensors with 1 to ${LONGEST_TENSOR_NAME} bytes`, name, listedAt);
  const shape = readShape(cursor, name), kindAt = cursor.position, code = cursor.uint32(), kind = kindOfCode(code);
  if (kind === undefined) throw cursor.fault(`pack tensor ${name} in a known kind`, `kind ${code}`, kindAt);
  const row = shape.at(-1)!;
  if (row % kind.blockLength !== 0) throw cursor.fault(`have rows of whole ${kind.name} blocks of ${kind.blockLength} in ${name}`, row, listedAt);
  const byteLength = packedBytes(kind, shape.reduce((product, size) => product * size, 1));
  return { name, kind, shape, byteLength, offset: cursor.uint64(), listedAt };
}

function readShape(cursor: ByteCursor, name: string): number[] {
  const start = cursor.position, dimensions = cursor.uint32();
  if (!(dimensions >= 1 && dimensions <= MOST_DIMENSIONS)) throw cursor.fault(`give tensor ${name} 1 to ${MOST_DIMENSIONS} dimensions`, dimensions, start);
  const sizes = Array.from({ length: dimensions }, () => cursor.uint64());
  const product = sizes.reduce((all, size) => all * size, 1n);
  if (product < 1n || product > BigInt(Number.MAX_SAFE_INTEGER)) throw cursor.fault(`give tensor ${name} sizes of at least 1 and below 2^53 in all`, sizes.join(" x "), start);
  return sizes.map(Number).reverse();
}

function placeTensor(listed: ListedTensor, dataOffset: number, alignment: number, fileBytes: number, cursor: ByteCursor): PlacedTensor {
  const { name, kind, shape, byteLength, offset, listedAt } = listed;
  if (offset % BigInt(alignment) !== 0n) throw cursor.fault(`place tensor ${name} at a multiple of ${alignment}`, offset.toString(), listedAt);
  const room = fileBytes - dataOffset - byteLength;
  if (room < 0 || offset > BigInt(room)) throw cursor.fault(`hold the ${byteLength} bytes of tensor ${name} at ${offset} after byte ${dataOffset}`, `a file of ${fileBytes} bytes`, listedAt);
  return { name, kind, shape, byteLength, byteOffset: dataOffset + Number(offset) };
}

function refuseOverlap(tensors: readonly PlacedTensor[], cursor: ByteCursor): void {
  const inOrder = [...tensors].sort((a, b) => a.byteOffset - b.byteOffset);
  inOrder.forEach((tensor, i) => {
    const before = inOrder[i - 1];
    if (before === undefined || before.byteOffset + before.byteLength <= tensor.byteOffset) return;
    throw cursor.fault(`place tensors apart; ${before.name} ends at byte ${before.byteOffset + before.byteLength}`, `${tensor.name} at byte ${tensor.byteOffset}`, tensor.byteOffset);
  });
}
