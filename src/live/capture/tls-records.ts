/** Bytes of a TCP connection as the TLS records that they are: all that an observer on the path can tell apart. */
import type { TappedPiece } from "./observations.js";

/** A record on the wire, with its head. Instants are microseconds since 1970. */
export interface TlsRecord { readonly atUs: number; readonly source: string; readonly direction: TappedPiece["direction"]; readonly bytes: number }

/** Content type, version, length. @source RFC 8446 section 5.1. */
const HEAD_BYTES = 5, LENGTH_AT = 3;
/** Content types from change_cipher_spec to application_data. */
const LEAST_TYPE = 20, LARGEST_TYPE = 23;

/**
 * Records in order of time, each at the instant of its last byte.
 *
 * @param pieces In order of time; connections and directions mixed.
 * @returns A stream that is no TLS gives each of its pieces as one record.
 */
export function tlsRecords(pieces: readonly TappedPiece[]): TlsRecord[] {
  const open = new Map<string, Buffer>(), records: TlsRecord[] = [];
  for (const { atUs, source, connection, direction, bytes } of pieces) {
    const stream = `${connection} ${direction}`;
    let waiting = Buffer.concat([open.get(stream) ?? Buffer.alloc(0), Buffer.from(bytes, "base64")]);
    for (let size = nextSize(waiting); size !== undefined; size = nextSize(waiting)) {
      records.push({ atUs, source, direction, bytes: size });
      waiting = waiting.subarray(size);
    }
    open.set(stream, waiting);
  }
  return records;
}

/** Size of the record at the front; undefined when it is not whole. */
function nextSize(bytes: Buffer): number | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0]! < LEAST_TYPE || bytes[0]! > LARGEST_TYPE) return bytes.length;
  if (bytes.length < HEAD_BYTES) return undefined;
  const size = HEAD_BYTES + bytes.readUInt16BE(LENGTH_AT);
  return size <= bytes.length ? size : undefined;
}
