/** Padding of requests: the plaintext that makes a sealed request as large on the wire as the simulator says. */
import { TLS_RECORD_LIMIT_BYTES, TLS_RECORD_OVERHEAD_BYTES, tlsWireBytes } from "../envelope.js";
import type { WireShape } from "../message-sizes.js";
import { paddedBytes } from "../padding.js";

/**
 * Size to which a request's plaintext is filled with zero bytes; binary HTTP takes them at its end.
 *
 * @param contentBytes Bytes of the plaintext. Integer, at least 1.
 * @returns At least `contentBytes`. The sealed request then has the padded size on the wire; where no plaintext has
 *   exactly that size (it would begin a TLS record that holds nothing), up to 22 bytes more.
 */
export function requestPlaintextBytes({ padding, bucketBytes, constantRequestBytes, requestOverheadBytes }: WireShape, contentBytes: number): number {
  const wireBytes = paddedBytes(tlsWireBytes(contentBytes + requestOverheadBytes), padding, bucketBytes, constantRequestBytes);
  return handedBytes(wireBytes) - requestOverheadBytes;
}

/** Bytes handed to TLS that come out as `wireBytes`, or as the next possible size. */
export function handedBytes(wireBytes: number): number {
  const records = Math.ceil(wireBytes / (TLS_RECORD_LIMIT_BYTES + TLS_RECORD_OVERHEAD_BYTES));
  return Math.max(wireBytes - records * TLS_RECORD_OVERHEAD_BYTES, (records - 1) * TLS_RECORD_LIMIT_BYTES + 1);
}
