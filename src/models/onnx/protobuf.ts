/**
 * Protocol-buffer messages from tables of their fields: one encoder and one decoder for all messages. Only what ONNX needs:
 * varints, 32-bit floats, strings, bytes and nested messages. A field table is also the TypeScript type of its message.
 *
 * @source Protocol Buffers encoding, protobuf.dev/programming-guides/encoding.
 */
import { DataError } from "../../core/errors.js";

/** What a field holds. `int` is a 64-bit varint; numbers beyond 2^53 lose their last bits. */
export type FieldKind = "int" | "float" | "string" | "bytes" | MessageFields;
/** One field. Repeated numbers are written packed and read packed or not. */
export interface Field { readonly number: number; readonly kind: FieldKind; readonly repeated?: true }
/** Fields of a message by our name for them. */
export interface MessageFields { readonly [name: string]: Field }

type ValueOf<Kind> = Kind extends "int" | "float" ? number : Kind extends "string" ? string : Kind extends "bytes" ? Uint8Array
  : Kind extends MessageFields ? Message<Kind> : never;
/** The value that a table of fields describes. An absent field is left out. */
export type Message<Fields extends MessageFields> = {
  readonly [Name in keyof Fields]?: Fields[Name] extends { readonly repeated: true } ? readonly ValueOf<Fields[Name]["kind"]>[] : ValueOf<Fields[Name]["kind"]>;
};

const VARINT = 0, FIXED64 = 1, DELIMITED = 2, FIXED32 = 5;
const LONGEST_VARINT = 10;

/** Bytes of a message. Fields are written in the order of the table. */
export function encodeMessage<Fields extends MessageFields>(fields: Fields, message: Message<Fields>): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const value = (message as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (field.repeated !== true) pushField(chunks, field, value);
    else if (isNumber(field.kind)) pushPacked(chunks, field, value as readonly number[]);
    else for (const item of value as readonly unknown[]) pushField(chunks, field, item);
  }
  return joinBytes(chunks);
}

function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const chunk of chunks) joined.set(chunk, (end += chunk.length) - chunk.length);
  return joined;
}

function isNumber(kind: FieldKind): boolean { return kind === "int" || kind === "float"; }

function pushField(chunks: Uint8Array[], { number, kind }: Field, value: unknown): void {
  if (isNumber(kind)) {
    chunks.push(encodeVarint(number << 3 | (kind === "int" ? VARINT : FIXED32)), encodeNumber(kind, value as number));
    return;
  }
  const bytes = kind === "string" ? new TextEncoder().encode(value as string) : kind === "bytes" ? value as Uint8Array : encodeMessage(kind as MessageFields, value as Message<MessageFields>);
  chunks.push(encodeVarint(number << 3 | DELIMITED), encodeVarint(bytes.length), bytes);
}

function pushPacked(chunks: Uint8Array[], { number, kind }: Field, values: readonly number[]): void {
  if (values.length === 0) return;
  const bytes = joinBytes(values.map((value) => encodeNumber(kind, value)));
  chunks.push(encodeVarint(number << 3 | DELIMITED), encodeVarint(bytes.length), bytes);
}

function encodeNumber(kind: FieldKind, value: number): Uint8Array {
  return kind === "int" ? encodeVarint(value) : new Uint8Array(new Float32Array([value]).buffer);
}

/** Seven bits per byte, lowest first; a negative number as its 64-bit two's complement. */
function encodeVarint(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/**
 * The message in some bytes. Fields that the table does not list are passed over; byte fields are views, not copies.
 *
 * @param subject Names the bytes in errors: a file.
 * @throws {DataError} when the bytes end early or are no message of this kind.
 */
export function decodeMessage<Fields extends MessageFields>(fields: Fields, bytes: Uint8Array, subject: string): Message<Fields> {
  const byNumber = new Map(Object.entries(fields).map(([name, field]) => [field.number, { name, field }]));
  const message: Record<string, unknown> = {}, lists = new Map<string, unknown[]>();
  const cursor = new Cursor(bytes, subject);
  while (!cursor.isAtEnd) {
    const tag = cursor.readVarint(), known = byNumber.get(Math.floor(tag / 8)), wire = tag % 8;
    if (known === undefined) {
      cursor.skip(wire);
      continue;
    }
    const values = readValues(cursor, known.field.kind, wire);
    const list = lists.get(known.name) ?? [];
    for (const value of values) list.push(value);
    lists.set(known.name, list);
    message[known.name] = known.field.repeated === true ? list : values.at(-1);
  }
  return message as Message<Fields>;
}

/** One value, or all of a packed field. */
function readValues(cursor: Cursor, kind: FieldKind, wire: number): unknown[] {
  if (kind === "int" && wire === VARINT) return [cursor.readVarint()];
  if (kind === "float" && wire === FIXED32) return [cursor.readFloat()];
  if (wire !== DELIMITED) throw cursor.fault(`have the wire type of its field, wire type ${wire} is another`);
  const part = cursor.readBytes();
  if (kind === "bytes") return [part];
  if (kind === "string") return [new TextDecoder().decode(part)];
  if (typeof kind === "object") return [decodeMessage(kind, part, cursor.subject)];
  const packed = new Cursor(part, cursor.subject), values: number[] = [];
  while (!packed.isAtEnd) values.push(kind === "int" ? packed.readVarint() : packed.readFloat());
  return values;
}

/** A place in some bytes. */
class Cursor {
  private position = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array, readonly subject: string) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isAtEnd(): boolean { return this.position === this.bytes.length; }

  readVarint(): number {
    let value = 0n;
    for (let i = 0; i < LONGEST_VARINT; i++) {
      const byte = this.bytes[this.position++];
      if (byte === undefined) throw this.fault("end after a whole number");
      value |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
    throw this.fault("hold numbers of at most 64 bits");
  }

  readFloat(): number {
    this.advance(4);
    return this.view.getFloat32(this.position - 4, true);
  }

  readBytes(): Uint8Array {
    const length = this.readVarint();
    this.advance(length);
    return this.bytes.subarray(this.position - length, this.position);
  }

  skip(wire: number): void {
    if (wire === VARINT) this.readVarint();
    else if (wire === FIXED64) this.advance(8);
    else if (wire === DELIMITED) this.readBytes();
    else if (wire === FIXED32) this.advance(4);
    else throw this.fault(`hold wire types 0, 1, 2 and 5, not ${wire}`);
  }

  fault(rule: string): DataError {
    return new DataError({ subject: this.subject, rule, got: `byte ${this.position} of ${this.bytes.length}`, hint: "The file is cut short, damaged or of another kind; make or fetch it again." });
  }

  private advance(length: number): void {
    if (!(length >= 0 && this.position + length <= this.bytes.length)) throw this.fault("hold as many bytes as it announces");
    this.position += length;
  }
}
