/** Expected sizes are figures of RFC 8446, RFC 9000, RFC 9180, RFC 9458, FIPS 203 and the chunked OHTTP draft; each test names its own. */
import { expect, it } from "vitest";
import {
  ENCAPSULATED_KEY_BYTES, HPKE_OVERHEAD_BYTES, OHTTP_HEADER_BYTES, OHTTP_NONCE_BYTES, OHTTP_REQUEST_OVERHEAD_BYTES,
  OHTTP_RESPONSE_OVERHEAD_BYTES, quicVarintBytes, sealedChunkBytes, tlsRecordCount, tlsWireBytes,
} from "./envelope.js";

it("adds 48 bytes with HPKE over X25519: 2048 -> 2096 (RFC 9180: enc 32, tag 16)", () => {
  expect(2048 + HPKE_OVERHEAD_BYTES).toBe(2096);
});

it("knows the encapsulated key sizes of RFC 9180 table 2, FIPS 203 table 3 and X-Wing", () => {
  expect(ENCAPSULATED_KEY_BYTES).toEqual({ x25519: 32, x448: 56, p256: 65, p521: 133, mlKem768: 1088, xWing: 1088 + 32 });
});

it("turns the 25-byte request and 3-byte response of RFC 9458 appendix A into 80 and 35 bytes", () => {
  expect(25 + OHTTP_REQUEST_OVERHEAD_BYTES).toBe(80);
  expect(3 + OHTTP_RESPONSE_OVERHEAD_BYTES).toBe(35);
});

it("gives the 70-byte response and 115-byte request of the chunked OHTTP draft's appendix A", () => {
  const response = [[1, false], [2, false], [0, true]] as const;
  const request = [[12, false], [13, false], [0, true]] as const;
  const total = (chunks: readonly (readonly [number, boolean])[]): number => chunks.reduce((sum, [bytes, isFinal]) => sum + sealedChunkBytes(bytes, isFinal), 0);
  expect(OHTTP_NONCE_BYTES + total(response)).toBe(70);
  expect(OHTTP_HEADER_BYTES + ENCAPSULATED_KEY_BYTES.x25519 + total(request)).toBe(115);
});

it("encodes lengths in 1, 2, 4 and 8 bytes with the borders of RFC 9000 section 16", () => {
  expect([0, 63, 64, 16_383, 16_384, 1_073_741_823, 1_073_741_824].map(quicVarintBytes)).toEqual([1, 1, 2, 2, 4, 4, 8]);
});

it("adds 22 bytes per TLS record and starts a new record after 2^14 bytes (RFC 8446 sections 5.1 and 5.2)", () => {
  expect(tlsWireBytes(100)).toBe(122);
  expect(tlsWireBytes(16_384)).toBe(16_406);
  expect(tlsWireBytes(16_385)).toBe(16_429);
  expect(tlsRecordCount(3 * 16_384 + 1)).toBe(4);
});
