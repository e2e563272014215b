/**
 * Hybrid public key encryption: messages to whoever holds a private key. Modes: base; with a pre-shared key; with an
 * authenticated sender; with both. @source RFC 9180.
 */
import { ProtocolError } from "../protocol-error.js";
import type { Aead } from "./aead.js";
import { HpkeOpener, HpkeSealer, type ContextKeys } from "./hpke-context.js";
import type { Kem, KemPublicKey } from "./kem.js";
import { labeledExpand, labeledExtract, type Kdf } from "./labeled-kdf.js";

/** Methods that two sides agree on. */
export interface Suite<Pair extends KemPublicKey = KemPublicKey, Public extends KemPublicKey = KemPublicKey> {
  readonly kem: Kem<Pair, Public>;
  readonly kdf: Kdf;
  readonly aead: Aead;
}

/** A secret both sides had before. `secret` has at least 32 bytes of entropy. */
export interface PreSharedKey { readonly id: Uint8Array; readonly secret: Uint8Array }

/** What binds a context: the purpose, and whatever else both sides must agree on. */
export interface ContextTerms { readonly info: Uint8Array; readonly preSharedKey?: PreSharedKey }

/** A sealing context and the bytes the recipient needs to make the matching one. */
export interface SenderSetup { readonly encapsulated: Buffer; readonly sealer: HpkeSealer }

const NONE = Buffer.alloc(0);
const LEAST_PRE_SHARED_BYTES = 32;

/**
 * Begins sealing to a recipient.
 *
 * @param sender Authenticates the messages.
 * @param ephemeral Given by tests of published vectors only.
 * @throws {ProtocolError} when a pre-shared key is too short or half given.
 */
export function setupSender<Pair extends KemPublicKey, Public extends KemPublicKey>(
  suite: Suite<Pair, Public>, recipient: Public, terms: ContextTerms, sender?: Pair, ephemeral?: Pair,
): SenderSetup {
  const { encapsulated, secret } = suite.kem.encapsulate(recipient, sender, ephemeral);
  return { encapsulated, sealer: new HpkeSealer(suite, scheduleKeys(suite, secret, terms, sender !== undefined)) };
}

/**
 * Begins opening what was sealed with `setupSender`.
 *
 * @param sender Public key of the sender who must have sealed.
 * @throws {ProtocolError} when the encapsulated key is none.
 */
export function setupRecipient<Pair extends KemPublicKey, Public extends KemPublicKey>(
  suite: Suite<Pair, Public>, encapsulated: Uint8Array, recipient: Pair, terms: ContextTerms, sender?: Public,
): HpkeOpener {
  const secret = suite.kem.decapsulate(encapsulated, recipient, sender);
  return new HpkeOpener(suite, scheduleKeys(suite, secret, terms, sender !== undefined));
}

/** Seals one message. @returns Encapsulated key, then ciphertext with tag: 48 bytes more than `plaintext` over X25519. */
export function sealOnce<Pair extends KemPublicKey, Public extends KemPublicKey>(
  suite: Suite<Pair, Public>, recipient: Public, terms: ContextTerms, aad: Uint8Array, plaintext: Uint8Array, sender?: Pair,
): Buffer {
  const { encapsulated, sealer } = setupSender(suite, recipient, terms, sender);
  const sealed = sealer.seal(aad, plaintext);
  sealer.destroy();
  return Buffer.concat([encapsulated, sealed]);
}

/** Opens what `sealOnce` sealed. @throws {ProtocolError} when it is not genuine. */
export function openOnce<Pair extends KemPublicKey, Public extends KemPublicKey>(
  suite: Suite<Pair, Public>, message: Uint8Array, recipient: Pair, terms: ContextTerms, aad: Uint8Array, sender?: Public,
): Buffer {
  const split = suite.kem.encapsulatedBytes;
  if (!(message.length >= split)) {
    throw new ProtocolError("truncated", "a sealed message", `begin with an encapsulated key of ${split} bytes`, message.length, "Ask the sender to send it again.");
  }
  const opener = setupRecipient(suite, message.subarray(0, split), recipient, terms, sender);
  try {
    return opener.open(aad, message.subarray(split));
  } finally {
    opener.destroy();
  }
}

/** The key schedule. Clears `secret`. @source RFC 9180 section 5.1. */
function scheduleKeys({ kem, kdf, aead }: Suite, secret: Buffer, { info, preSharedKey }: ContextTerms, isAuthenticated: boolean): ContextKeys {
  if (preSharedKey !== undefined) checkPreSharedKey(preSharedKey);
  const suiteId = Buffer.from([0x48, 0x50, 0x4b, 0x45, ...[kem.id, kdf.id, aead.id].flatMap((id) => [id >>> 8, id & 255])]);
  const mode = (preSharedKey === undefined ? 0 : 1) + (isAuthenticated ? 2 : 0);
  const context = Buffer.concat([Buffer.of(mode), hashTerm(kdf, suiteId, "psk_id_hash", preSharedKey?.id ?? NONE), hashTerm(kdf, suiteId, "info_hash", info)]);
  const key = labeledExtract(kdf, suiteId, secret, "secret", preSharedKey?.secret ?? NONE);
  const derive = (label: string, bytes: number): Buffer => labeledExpand(kdf, suiteId, key, label, context, bytes);
  secret.fill(0);
  return { suiteId, key: derive("key", aead.keyBytes), baseNonce: derive("base_nonce", aead.nonceBytes), scheduleSecret: key, scheduleContext: context };
}

/** Hashes of terms, which are public and the same for message after message; forgotten all at once when there are many. */
const TERM_HASHES = new Map<string, Buffer>();
const MOST_TERM_HASHES = 256;
const LARGEST_KEPT_TERM_BYTES = 256;

function hashTerm(kdf: Kdf, suiteId: Buffer, label: string, term: Uint8Array): Buffer {
  if (term.length > LARGEST_KEPT_TERM_BYTES) return labeledExtract(kdf, suiteId, NONE, label, term);
  const name = label + suiteId.toString("latin1") + Buffer.from(term).toString("latin1"), known = TERM_HASHES.get(name);
  if (known !== undefined) return known;
  const hash = labeledExtract(kdf, suiteId, NONE, label, term);
  if (TERM_HASHES.size >= MOST_TERM_HASHES) TERM_HASHES.clear();
  TERM_HASHES.set(name, hash);
  return hash;
}

function checkPreSharedKey({ id, secret }: PreSharedKey): void {
  if (secret.length >= LEAST_PRE_SHARED_BYTES && id.length > 0) return;
  throw new ProtocolError("malformed", "a pre-shared key", `have an identifier and at least ${LEAST_PRE_SHARED_BYTES} bytes`,
    `${id.length} and ${secret.length} bytes`, "Draw the key from a generator, not from a password.");
}
