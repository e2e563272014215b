/**
 * Oblivious HTTP, whole messages: a relay carries them and sees sender, size and time; the gateway sees content and not
 * the sender. @source RFC 9458 section 4.
 */
import { randomBytes } from "node:crypto";
import { openAead, sealAead } from "../hpke/aead.js";
import { setupRecipient, setupSender } from "../hpke/hpke.js";
import type { KeyPair } from "../hpke/key-groups.js";
import { ProtocolError } from "../protocol-error.js";
import type { KeyConfig } from "./key-config.js";
import { chooseKey, encodeRequestHead, infoOf, MESSAGE_FORMS, type GatewayKey } from "./request-head.js";
import { deriveAnswerKeys, responseNonceBytes, type AnswerSecret } from "./response-keys.js";

const NONE = Buffer.alloc(0);

/** Largest whole request that a gateway opens unless told otherwise. Bytes. */
export const LARGEST_REQUEST_BYTES = 2 ** 20;

/** A sealed request, and what opens its answer. */
export interface SealedRequest { readonly bytes: Buffer; readonly answer: AnswerSecret }

/** An opened request, and what seals its answer. */
export interface OpenedRequest { readonly content: Buffer; readonly keyId: number; readonly answer: AnswerSecret }

/**
 * Seals a request to a gateway: 55 bytes more than `content` with the default suite.
 *
 * @param content A binary HTTP message.
 * @param ephemeral Given by tests of published vectors only.
 */
export function sealRequest({ keyId, publicKey, suites }: KeyConfig, content: Uint8Array, ephemeral?: KeyPair): SealedRequest {
  const suite = suites[0]!, head = encodeRequestHead(keyId, suite);
  const { encapsulated, sealer } = setupSender(suite, publicKey, { info: infoOf(MESSAGE_FORMS.whole, head) }, undefined, ephemeral);
  const bytes = Buffer.concat([head, encapsulated, sealer.seal(NONE, content)]);
  const secret = sealer.exportSecret(Buffer.from(MESSAGE_FORMS.whole.response), responseNonceBytes(suite));
  sealer.destroy();
  return { bytes, answer: { suite, encapsulated, secret } };
}

/**
 * Opens a request.
 *
 * @throws {ProtocolError} oversized, unknown-key, unknown-suite, truncated, malformed or forged.
 */
export function openRequest(keys: readonly GatewayKey[], bytes: Uint8Array, largestBytes: number = LARGEST_REQUEST_BYTES): OpenedRequest {
  if (bytes.length > largestBytes) throw new ProtocolError("oversized", "an encapsulated request", `have at most ${largestBytes} bytes`, bytes.length, "Send less.");
  const own = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), chosen = chooseKey(keys, own);
  if (chosen === undefined) throw new ProtocolError("truncated", "an encapsulated request", "hold its head and key", `${own.length} bytes`, "Send it again.");
  const { key, suite, head, encapsulated, bodyStart } = chosen;
  const opener = setupRecipient(suite, encapsulated, key.keyPair, { info: infoOf(MESSAGE_FORMS.whole, head) });
  try {
    const content = opener.open(NONE, own.subarray(bodyStart));
    const secret = opener.exportSecret(Buffer.from(MESSAGE_FORMS.whole.response), responseNonceBytes(suite));
    return { content, keyId: key.keyId, answer: { suite, encapsulated, secret } };
  } finally {
    opener.destroy();
  }
}

/**
 * Seals the whole answer to a request: 32 bytes more than `content` with the default suite.
 *
 * @param responseNonce Given by tests of published vectors only.
 */
export function sealResponse(answer: AnswerSecret, content: Uint8Array, responseNonce: Buffer = randomBytes(responseNonceBytes(answer.suite))): Buffer {
  const { cipher, key, baseNonce } = deriveAnswerKeys(answer, responseNonce);
  return Buffer.concat([responseNonce, sealAead(cipher, key, baseNonce, NONE, content)]);
}

/** Opens the whole answer to a request. @throws {ProtocolError} truncated or forged. */
export function openResponse(answer: AnswerSecret, bytes: Uint8Array): Buffer {
  const split = responseNonceBytes(answer.suite);
  if (!(bytes.length >= split)) throw new ProtocolError("truncated", "an encapsulated response", `begin with a nonce of ${split} bytes`, `${bytes.length} bytes`, "Ask again.");
  const { cipher, key, baseNonce } = deriveAnswerKeys(answer, bytes.subarray(0, split));
  return openAead(cipher, key, baseNonce, NONE, bytes.subarray(split));
}
