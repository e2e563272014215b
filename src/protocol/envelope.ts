/**
 * Bytes that sealing adds to a message, as arithmetic on sizes: no keys, no bytes, no allocation.
 * Counted: HPKE, Oblivious HTTP, chunk framing and TLS records. Not counted: HTTP heads, TCP/IP headers, handshakes;
 * they are the same for every message of a run or belong to the link.
 */

/** Authentication tag of AES-128-GCM and ChaCha20-Poly1305. Bytes. @source RFC 5116 section 5.1; RFC 9180 table 5 (Nt). */
export const AEAD_TAG_BYTES = 16;

/**
 * Size of the encapsulated key by key encapsulation method. Bytes. The protocol uses X25519, and X-Wing when asked to.
 *
 * @source RFC 9180 table 2 (Nenc); ML-KEM-768 ciphertext: FIPS 203 table 3; X-Wing: draft-connolly-cfrg-xwing-kem (Nenc).
 */
export const ENCAPSULATED_KEY_BYTES = { x25519: 32, x448: 56, p256: 65, p521: 133, mlKem768: 1088, xWing: 1120 } as const;

/** Key identifier (1), KEM (2), KDF (2) and AEAD (2) in front of an encapsulated request. Bytes. @source RFC 9458 section 4.3. */
export const OHTTP_HEADER_BYTES = 7;

/** Random nonce in front of an encapsulated response: max(Nn, Nk) = max(12, 16) with AES-128-GCM. Bytes. @source RFC 9458 section 4.4. */
export const OHTTP_NONCE_BYTES = 16;

/** Record header (5), inner content type (1), tag (16). Bytes per record without TLS padding. @source RFC 8446 section 5.2. */
export const TLS_RECORD_OVERHEAD_BYTES = 22;

/** Largest plaintext of one TLS record. Bytes. @source RFC 8446 section 5.1: 2^14. */
export const TLS_RECORD_LIMIT_BYTES = 16_384;

/** What HPKE adds to a single sealed message: encapsulated X25519 key 32 + tag 16 = 48 bytes. @source RFC 9180 sections 4.1 and 6.1. */
export const HPKE_OVERHEAD_BYTES: number = ENCAPSULATED_KEY_BYTES.x25519 + AEAD_TAG_BYTES;

/** What Oblivious HTTP adds to a request: header 7 + encapsulated key 32 + tag 16 = 55 bytes. @source RFC 9458 section 4.3, appendix A: 25 -> 80. */
export const OHTTP_REQUEST_OVERHEAD_BYTES: number = OHTTP_HEADER_BYTES + HPKE_OVERHEAD_BYTES;

/** What Oblivious HTTP adds to a whole response: nonce 16 + tag 16 = 32 bytes. @source RFC 9458 section 4.4, appendix A: 3 -> 35. */
export const OHTTP_RESPONSE_OVERHEAD_BYTES: number = OHTTP_NONCE_BYTES + AEAD_TAG_BYTES;

/**
 * Size of an integer in the variable-length encoding that frames chunks.
 *
 * @param value Integer from 0 to 2^53 - 1.
 * @returns 1, 2, 4 or 8 bytes.
 * @source RFC 9000 section 16.
 */
export function quicVarintBytes(value: number): number {
  return value < 64 ? 1 : value < 16_384 ? 2 : value < 1_073_741_824 ? 4 : 8;
}

/**
 * TLS records that carry a message which is flushed on its own.
 *
 * @param bytes Bytes handed to TLS. Integer, at least 1.
 */
export function tlsRecordCount(bytes: number): number {
  return bytes <= TLS_RECORD_LIMIT_BYTES ? 1 : Math.ceil(bytes / TLS_RECORD_LIMIT_BYTES);
}

/**
 * Bytes on the wire of a message under TLS 1.3.
 *
 * @param bytes Bytes handed to TLS in one piece. Integer, at least 1.
 * @source RFC 8446 section 5.2.
 */
export function tlsWireBytes(bytes: number): number {
  return bytes + TLS_RECORD_OVERHEAD_BYTES * tlsRecordCount(bytes);
}

/**
 * Size of one sealed chunk of a streamed response with its length in front, before TLS. The final chunk of a response
 * has the one-byte indicator 0 in place of the length.
 *
 * @param plaintextBytes Integer, at least 0.
 * @param isFinal Whether the chunk ends the response.
 * @source Pauly and Thomson, Chunked Oblivious HTTP Messages, draft-ietf-ohai-chunked-ohttp-08, section on the response
 *   format; its example: nonce 16 + (1 + 17) + (1 + 18) + (1 + 16) = 70 bytes.
 */
export function sealedChunkBytes(plaintextBytes: number, isFinal: boolean): number {
  const sealedBytes = plaintextBytes + AEAD_TAG_BYTES;
  return sealedBytes + (isFinal ? 1 : quicVarintBytes(sealedBytes));
}
