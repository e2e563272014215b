/** Authenticated encryption on Node's synchronous ciphers: ciphertext and tag in one piece. */
import { createCipheriv, createDecipheriv, type CipherGCMTypes } from "node:crypto";
import { AEAD_TAG_BYTES } from "../envelope.js";
import { forgedMessage } from "../protocol-error.js";

/** A cipher of HPKE. Key size (Nk) and nonce size (Nn) in bytes; an export-only suite has no cipher. */
export interface Aead { readonly id: number; readonly cipher: string | undefined; readonly keyBytes: number; readonly nonceBytes: number }

/** @source RFC 9180 table 5. */
export const AEADS = {
  aes128Gcm: { id: 0x0001, cipher: "aes-128-gcm", keyBytes: 16, nonceBytes: 12 },
  aes256Gcm: { id: 0x0002, cipher: "aes-256-gcm", keyBytes: 32, nonceBytes: 12 },
  chaCha20Poly1305: { id: 0x0003, cipher: "chacha20-poly1305", keyBytes: 32, nonceBytes: 12 },
  exportOnly: { id: 0xffff, cipher: undefined, keyBytes: 0, nonceBytes: 0 },
} as const satisfies Readonly<Record<string, Aead>>;

/** Node's types know GCM alone by this signature; ChaCha20-Poly1305 takes the same calls. */
const TAG_LENGTH = { authTagLength: AEAD_TAG_BYTES };

/**
 * Encrypts and authenticates.
 *
 * @param cipher One of the ciphers of `AEADS`.
 * @returns Ciphertext and its 16-byte tag.
 */
export function sealAead(cipher: string, key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  const sealer = createCipheriv(cipher as CipherGCMTypes, key, nonce, TAG_LENGTH);
  sealer.setAAD(aad, { plaintextLength: plaintext.length });
  return Buffer.concat([sealer.update(plaintext), sealer.final(), sealer.getAuthTag()]);
}

/**
 * Decrypts what is genuine. The tag is compared in constant time by OpenSSL before anything is returned.
 *
 * @throws {ProtocolError} reason forged, for every fault alike.
 */
export function openAead(cipher: string, key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer {
  const bodyBytes = sealed.length - AEAD_TAG_BYTES;
  if (!(bodyBytes >= 0)) throw forgedMessage("a sealed message");
  const opener = createDecipheriv(cipher as CipherGCMTypes, key, nonce, TAG_LENGTH);
  opener.setAuthTag(sealed.subarray(bodyBytes));
  opener.setAAD(aad, { plaintextLength: bodyBytes });
  const body = opener.update(sealed.subarray(0, bodyBytes));
  try {
    opener.final();
  } catch {
    body.fill(0);
    throw forgedMessage("a sealed message");
  }
  return body;
}
