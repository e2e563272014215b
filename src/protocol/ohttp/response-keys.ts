/** Keys of an answer, known to the two ends of a request and to nobody else. @source RFC 9458 section 4.4; chunked draft section 6.2. */
import { expand, extract, type Kdf } from "../hpke/labeled-kdf.js";
import type { Aead } from "../hpke/aead.js";
import { OHTTP_NONCE_BYTES } from "../envelope.js";

/** What both ends keep of a request until its answer is through. */
export interface AnswerSecret { readonly suite: { readonly kdf: Kdf; readonly aead: Aead }; readonly encapsulated: Buffer; readonly secret: Buffer }

/** Cipher, key and nonce of one answer. */
export interface AnswerKeys { readonly cipher: string; readonly key: Buffer; readonly baseNonce: Buffer }

/** Size of the random nonce in front of an answer, and of the exported secret: max(Nn, Nk). Bytes. */
export function responseNonceBytes({ aead }: AnswerSecret["suite"]): number {
  return Math.max(OHTTP_NONCE_BYTES, aead.keyBytes, aead.nonceBytes);
}

/** @param responseNonce The gateway's random bytes, `responseNonceBytes` long. */
export function deriveAnswerKeys({ suite, encapsulated, secret }: AnswerSecret, responseNonce: Uint8Array): AnswerKeys {
  const key = extract(suite.kdf, Buffer.concat([encapsulated, responseNonce]), secret);
  return {
    cipher: suite.aead.cipher ?? "", key: expand(suite.kdf, key, Buffer.from("key"), suite.aead.keyBytes),
    baseNonce: expand(suite.kdf, key, Buffer.from("nonce"), suite.aead.nonceBytes),
  };
}
