/** EMSA-PSS with SHA-384: the padding of the message under an RSA signature. @source RFC 8017 sections 9.1.1 and B.2.1. */
import { createHash } from "node:crypto";
import { invariant } from "../../core/errors.js";

const HASH = "sha384", HASH_BYTES = 48;
const TRAILER = 0xbc;

/**
 * Encodes a message for signing.
 *
 * @param encodedBits One less than the bits of the modulus, so that the encoding is a smaller number.
 * @returns ceil(encodedBits / 8) bytes.
 */
export function encodePss(message: Uint8Array, salt: Uint8Array, encodedBits: number): Buffer {
  const bytes = Math.ceil(encodedBits / 8), maskedBytes = bytes - HASH_BYTES - 1, paddingBytes = maskedBytes - salt.length - 1;
  invariant(paddingBytes >= 0, "have a modulus with room for hash and salt", encodedBits);
  const hash = digest(Buffer.alloc(8), digest(message), salt);
  const block = Buffer.concat([Buffer.alloc(paddingBytes), Buffer.of(1), salt]), mask = expandMask(hash, maskedBytes);
  for (let at = 0; at < maskedBytes; at++) block[at]! ^= mask[at]!;
  block[0]! &= 0xff >>> (8 * bytes - encodedBits);
  return Buffer.concat([block, hash, Buffer.of(TRAILER)]);
}

/** MGF1. */
function expandMask(seed: Buffer, bytes: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes / HASH_BYTES) }, (_, counter) => digest(seed, Buffer.of(0, 0, counter >>> 8, counter & 255)));
  return Buffer.concat(blocks, bytes);
}

function digest(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash(HASH);
  for (const part of parts) hash.update(part);
  return hash.digest();
}
