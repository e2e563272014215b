/** Bytes at places, from a file or from memory, and a cursor that never reads past the end nor trusts an announced length. */
import { DataError } from "../../core/errors.js";

/** Bytes of a file, read where they are needed. */
export interface ByteSource {
  /** For errors: the path. */
  readonly name: string;
  readonly byteLength: number;
  /** Exactly `length` bytes from `offset`, both inside the file. May be a view: not to be written to. */
  read(offset: number, length: number): Uint8Array;
}

/** Bytes in memory. */
export function memorySource(bytes: Uint8Array, name: string): ByteSource {
  return { name, byteLength: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

const WINDOW_BYTES = 1 << 20;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads little-endian values one after another. Holds a window of the source, so that small reads are cheap. */
export class ByteCursor {
  position = 0;
  private window: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.window.buffer);
  private windowStart = 0;

  constructor(private readonly source: ByteSource) {}

  get left(): number { return this.source.byteLength - this.position; }

  uint8(): number { return this.value(1, (view, at) => view.getUint8(at)); }
  int8(): number { return this.value(1, (view, at) => view.getInt8(at)); }
  uint16(): number { return this.value(2, (view, at) => view.getUint16(at, true)); }
  int16(): number { return this.value(2, (view, at) => view.getInt16(at, true)); }
  uint32(): number { return this.value(4, (view, at) => view.getUint32(at, true)); }
  int32(): number { return this.value(4, (view, at) => view.getInt32(at, true)); }
  uint64(): bigint { return this.value(8, (view, at) => view.getBigUint64(at, true)); }
  int64(): bigint { return this.value(8, (view, at) => view.getBigInt64(at, true)); }
  float32(): number { return this.value(4, (view, at) => view.getFloat32(at, true)); }
  float64(): number { return this.value(8, (view, at) => view.getFloat64(at, true)); }

  /**
   * A count of things that take at least `leastBytes` each.
   *
   * @throws {DataError} when so many cannot follow: nothing is allocated by a length that the file cannot hold.
   */
  count(what: string, leastBytes: number): number {
    const start = this.position, count = this.uint64(), most = Math.floor(this.left / leastBytes);
    if (count > BigInt(most)) throw this.fault(`announce at most the ${most} ${what} that fit into the rest of it`, `${count} ${what}`, start);
    return Number(count);
  }

  /** UTF-8 text behind its length. */
  text(what: string): string {
    const length = this.count(`bytes of ${what}`, 1), start = this.position;
    const bytes = this.bytes(length);
    try {
      return UTF8.decode(bytes);
    } catch {
      throw this.fault(`hold UTF-8 as ${what}`, Buffer.from(bytes.subarray(0, 16)).toString("hex"), start);
    }
  }

  /** A fault of the file at a byte. */
  fault(rule: string, got: unknown, byte: number = this.position): DataError {
    return new DataError({
      subject: this.source.name, rule, got, where: `byte ${byte} of ${this.source.byteLength}`,
      hint: "The file is cut short, damaged or of another kind; fetch or make it again.",
    });
  }

  private value<Value>(length: number, get: (view: DataView, at: number) => Value): Value {
    const at = this.take(length);
    return get(this.view, at);
  }

  private bytes(length: number): Uint8Array {
    if (length > WINDOW_BYTES) {
      const found = this.source.read(this.position, length);
      this.position += length;
      return found;
    }
    const start = this.take(length);
    return this.window.subarray(start, start + length);
  }

  /** Place of the next bytes in the window, which moves when they are not in it. */
  private take(length: number): number {
    if (length > this.left) throw this.fault(`go on for ${length} bytes`, `${this.left} bytes`);
    let start = this.position - this.windowStart;
    if (start < 0 || start + length > this.window.length) {
      this.window = this.source.read(this.position, Math.min(WINDOW_BYTES, this.left));
      this.view = new DataView(this.window.buffer, this.window.byteOffset, this.window.byteLength);
      this.windowStart = this.position;
      start = 0;
    }
    this.position += length;
    return start;
  }
}
