/** The variable-length integers that frame Oblivious HTTP and binary HTTP. @source RFC 9000 section 16. */
import { quicVarintBytes } from "./envelope.js";

/** An integer of 0 to 2^53 - 1 in the fewest bytes. */
export function encodeVarint(value: number): Buffer {
  const bytes = quicVarintBytes(value), out = Buffer.alloc(bytes);
  if (bytes === 8) out.writeBigUInt64BE(BigInt(value) | (3n << 62n));
  else out.writeUIntBE(value + (bytes === 1 ? 0 : bytes === 2 ? 0x4000 : 0x80000000), 0, bytes);
  return out;
}

/** An integer and where the next thing begins. */
export interface DecodedVarint { readonly value: number; readonly end: number }

/**
 * Reads an integer at `start`. Longer forms than needed are accepted, as the RFC asks.
 *
 * @returns Nothing when its bytes have not all come; a value beyond 2^53 - 1 comes as Infinity, so that every limit refuses it.
 */
export function decodeVarint(bytes: Buffer, start: number): DecodedVarint | undefined {
  const first = bytes[start];
  if (first === undefined) return undefined;
  const size = 1 << (first >> 6), end = start + size;
  if (end > bytes.length) return undefined;
  if (size < 8) return { value: bytes.readUIntBE(start, size) - [0, 0x4000, 0x80000000][first >> 6]!, end };
  const value = Number(bytes.readBigUInt64BE(start) & ((1n << 62n) - 1n));
  return { value: Number.isSafeInteger(value) ? value : Infinity, end };
}
