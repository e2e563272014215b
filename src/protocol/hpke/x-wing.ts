/**
 * X-Wing: key encapsulation by X25519 and ML-KEM-768 at once, safe while either of the two is. Keys and messages sealed
 * with it stay closed to whoever records them today and has a quantum computer later. Senders cannot be authenticated.
 *
 * X25519, SHA-3 and SHAKE are OpenSSL's. ML-KEM-768 is @noble's: careful JavaScript, yet JavaScript promises no constant time.
 * @source Connolly, Schwabe and Westerbaan, draft-connolly-cfrg-xwing-kem; FIPS 203.
 */
import { createHash, randomBytes } from "node:crypto";
import { ml_kem768 as mlKem768, type KEMPrepared } from "@noble/post-quantum/ml-kem.js";
import { ENCAPSULATED_KEY_BYTES } from "../envelope.js";
import { ProtocolError, requireLength } from "../protocol-error.js";
import type { Encapsulation, Kem } from "./kem.js";
import { KEY_GROUPS, parsePrivateKey, parsePublicKey, sharedSecret, type KeyPair, type PublicKey } from "./key-groups.js";

/** A public key: ML-KEM's, then X25519's. The handle is X25519's. */
export interface XWingPublicKey extends PublicKey { readonly lattice: KEMPrepared; readonly curve: PublicKey }

/** A private key with its public half. */
export interface XWingKeyPair extends XWingPublicKey, KeyPair { readonly latticeSecret: Uint8Array; readonly curve: KeyPair }

const ID = 0x647a;
const SEED_BYTES = 32, LATTICE_SEED_BYTES = 64, COIN_BYTES = 32;
const CURVE_BYTES = ENCAPSULATED_KEY_BYTES.x25519, LATTICE_PUBLIC_BYTES = 1184, PUBLIC_BYTES = LATTICE_PUBLIC_BYTES + CURVE_BYTES;
const LABEL = Buffer.from("\\.//^\\");
const NAME = "a key of X-Wing";

/** The KEM. */
export const X_WING: Kem<XWingKeyPair, XWingPublicKey> = {
  id: ID, encapsulatedBytes: ENCAPSULATED_KEY_BYTES.xWing, publicBytes: PUBLIC_BYTES,
  generateKeyPair: () => parseXWingPrivateKey(randomBytes(SEED_BYTES)),
  deriveKeyPair: (material) => parseXWingPrivateKey(shake256(material, SEED_BYTES)),
  parsePublicKey: parseXWingPublicKey,
  parsePrivateKey: parseXWingPrivateKey,
  encapsulate(recipient, sender): Encapsulation {
    if (sender !== undefined) throw noSender();
    return encapsulateWith(recipient, randomBytes(2 * COIN_BYTES));
  },
  decapsulate(encapsulated, recipient, sender): Buffer {
    if (sender !== undefined) throw noSender();
    requireLength(encapsulated, ENCAPSULATED_KEY_BYTES.xWing, "an encapsulated key of X-Wing");
    requireXWing(recipient);
    const share = parsePublicKey(KEY_GROUPS.x25519, encapsulated.subarray(ENCAPSULATED_KEY_BYTES.mlKem768));
    const fromLattice = mlKem768.decapsulate(encapsulated.subarray(0, ENCAPSULATED_KEY_BYTES.mlKem768), recipient.latticeSecret);
    return combine(fromLattice, sharedSecret(recipient.curve, share), share.bytes, recipient.curve.bytes);
  },
};

/**
 * Encapsulates with given randomness.
 *
 * @param coins 64 bytes: ML-KEM's, then X25519's. Used up.
 */
export function encapsulateWith(recipient: XWingPublicKey, coins: Buffer): Encapsulation {
  requireXWing(recipient);
  const { cipherText, sharedSecret: fromLattice } = recipient.lattice.encapsulate(coins.subarray(0, COIN_BYTES));
  const own = parsePrivateKey(KEY_GROUPS.x25519, coins.subarray(COIN_BYTES));
  coins.fill(0);
  return { encapsulated: Buffer.concat([cipherText, own.bytes]), secret: combine(fromLattice, sharedSecret(own, recipient.curve), own.bytes, recipient.curve.bytes) };
}

/** @source The draft's section on the combiner. */
function combine(fromLattice: Uint8Array, fromCurve: Buffer, share: Buffer, recipient: Buffer): Buffer {
  const secret = createHash("sha3-256").update(fromLattice).update(fromCurve).update(share).update(recipient).update(LABEL).digest();
  fromLattice.fill(0);
  fromCurve.fill(0);
  return secret;
}

function parseXWingPublicKey(bytes: Uint8Array): XWingPublicKey {
  requireLength(bytes, PUBLIC_BYTES, "a public key of X-Wing");
  const own = Buffer.from(bytes), curve = parsePublicKey(KEY_GROUPS.x25519, own.subarray(LATTICE_PUBLIC_BYTES));
  try {
    return { bytes: own, handle: curve.handle, curve, lattice: mlKem768.prepare(own.subarray(0, LATTICE_PUBLIC_BYTES)) };
  } catch {
    throw new ProtocolError("malformed", "a public key of X-Wing", "hold numbers below ML-KEM's modulus", "another byte string", "Fetch the key configuration again.");
  }
}

/** A private key is a seed of 32 bytes. */
function parseXWingPrivateKey(seed: Uint8Array): XWingKeyPair {
  requireLength(seed, SEED_BYTES, "a private key of X-Wing");
  const expanded = shake256(seed, LATTICE_SEED_BYTES + CURVE_BYTES);
  const { publicKey, secretKey } = mlKem768.keygen(expanded.subarray(0, LATTICE_SEED_BYTES)), curve = parsePrivateKey(KEY_GROUPS.x25519, expanded.subarray(LATTICE_SEED_BYTES));
  expanded.fill(0);
  return { bytes: Buffer.concat([publicKey, curve.bytes]), handle: curve.handle, privateHandle: curve.privateHandle, curve, lattice: mlKem768.prepare(publicKey), latticeSecret: secretKey };
}

function shake256(bytes: Uint8Array, outputLength: number): Buffer { return createHash("shake256", { outputLength }).update(bytes).digest(); }

/** Keys of other methods fit the type that suites of all methods share, so they are told apart here. */
function requireXWing(key: Partial<XWingPublicKey>): void {
  if (key.lattice === undefined) throw new ProtocolError("malformed", NAME, "be made for X-Wing", "a key of another method", "Take a key of the same configuration.");
}

function noSender(): ProtocolError {
  return new ProtocolError("unknown-suite", NAME, "be used without an authenticated sender", "a sender's key", "Authenticate with a pre-shared key, or use DHKEM.");
}
