/**
 * Named float32 arrays with a table of texts in one file: the safetensors format, so that other programs can read our weights.
 *
 * Layout: length of the header (64 bits), the header as JSON (name to type, shape and place; `__metadata__` to texts), the numbers.
 * Ours adds the sha256 of the numbers to the texts and checks it.
 *
 * @source github.com/huggingface/safetensors, section Format.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { DataError } from "../core/errors.js";

/** An array and its shape. */
export interface NamedArray { readonly shape: readonly number[]; readonly data: Float32Array }

/** Contents of a file. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, NamedArray>;
  readonly texts: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8, FLOAT_BYTES = 4, METADATA = "__metadata__", DIGEST = "sha256";
const entrySchema = z.object({ dtype: z.literal("F32"), shape: z.array(z.int().nonnegative()), data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]) });

/** Bytes of a file. The header is filled with spaces so that numbers start at a multiple of 8. */
export function encodeTensorFile({ tensors, texts }: TensorFile): Uint8Array {
  const header: Record<string, unknown> = {}, hash = createHash("sha256");
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end += data.byteLength] };
    hash.update(bytesOf(data));
  }
  header[METADATA] = { ...texts, [DIGEST]: hash.digest("hex") };
  const text = new TextEncoder().encode(JSON.stringify(header)), headerBytes = Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + end).fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const { data } of tensors.values()) file.set(bytesOf(data), (at += data.byteLength) - data.byteLength);
  return file;
}

/**
 * Contents of the bytes of a file. Arrays are copies.
 *
 * @param subject Names the file in errors.
 * @throws {DataError} for bytes cut short, changed or of another kind.
 */
export function decodeTensorFile(bytes: Uint8Array, subject: string): TensorFile {
  const { header, start } = readHeader(bytes, subject), { [METADATA]: metadata = {}, ...entries } = header;
  const { [DIGEST]: digest, ...texts } = z.record(z.string(), z.string()).catch({}).parse(metadata);
  const tensors = new Map(Object.entries(entries).map(([name, entry]) => [name, readArray(bytes.subarray(start), entry, name, subject)]));
  const hash = createHash("sha256");
  for (const { data } of tensors.values()) hash.update(bytesOf(data));
  const found = hash.digest("hex");
  if (digest !== undefined && digest !== found) throw fault(subject, `hold the numbers it was written with, sha256 ${digest}`, found);
  return { tensors, texts };
}

function readHeader(bytes: Uint8Array, subject: string): { header: Record<string, unknown>; start: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = bytes.length >= LENGTH_BYTES ? Number(view.getBigUint64(0, true)) : Infinity, start = LENGTH_BYTES + length;
  if (!(start <= bytes.length)) throw fault(subject, "hold the header that it announces", `${bytes.length} bytes`);
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, start)));
    return { header: z.record(z.string(), z.unknown()).parse(header), start };
  } catch (cause) {
    throw fault(subject, "start with a JSON header", cause instanceof Error ? cause.message : "no JSON");
  }
}

function readArray(numbers: Uint8Array, entry: unknown, name: string, subject: string): NamedArray {
  const parsed = entrySchema.safeParse(entry), tensor = `${subject}: ${name}`;
  if (!parsed.success) throw fault(tensor, "be a float32 array with a shape and a place", entry);
  const { shape, data_offsets: [from, to] } = parsed.data, size = shape.reduce((product, count) => product * count, 1);
  if (to - from !== size * FLOAT_BYTES) throw fault(tensor, `take the ${size * FLOAT_BYTES} bytes of its shape`, to - from);
  if (!(to <= numbers.length)) throw fault(tensor, "lie within the file", `bytes ${from} to ${to} of ${numbers.length}`);
  const data = new Float32Array(size);
  bytesOf(data).set(numbers.subarray(from, to));
  return { shape, data };
}

function bytesOf(data: Float32Array): Uint8Array { return new Uint8Array(data.buffer, data.byteOffset, data.byteLength); }

function fault(subject: string, rule: string, got: unknown): DataError {
  return new DataError({ subject, rule, got, hint: "The file is cut short, damaged or of another kind; use another checkpoint or make it again." });
}
