/**
 * Blind RSA signatures: a signer signs what it cannot see. The client multiplies the encoded message by r^e for a secret r
 * and divides the signature by r. For every blinded message and every token there is exactly one r that would join
 * them, so the signer's view says nothing about who holds which token. @source RFC 9474.
 */
import { constants, privateEncrypt, randomBytes, timingSafeEqual, verify, type KeyObject } from "node:crypto";
import { forgedMessage, ProtocolError, requireLength } from "../protocol-error.js";
import { encodePss } from "./pss-encoding.js";
import { bytesOf, inverseModulo, modulusBytes, numberOf, raiseToPublic, randomBelow, rsaPublicKeyOf, type RsaPublicKey } from "./rsa-numbers.js";

/** A variant: bytes of salt, and bytes of randomness in front of the message. */
export interface BlindVariant { readonly saltBytes: number; readonly prefixBytes: number }

/** @source RFC 9474 section 5. */
export const BLIND_VARIANTS = {
  "RSABSSA-SHA384-PSS-Randomized": { saltBytes: 48, prefixBytes: 32 },
  "RSABSSA-SHA384-PSSZERO-Randomized": { saltBytes: 0, prefixBytes: 32 },
  "RSABSSA-SHA384-PSS-Deterministic": { saltBytes: 48, prefixBytes: 0 },
  "RSABSSA-SHA384-PSSZERO-Deterministic": { saltBytes: 0, prefixBytes: 0 },
} as const satisfies Readonly<Record<string, BlindVariant>>;

/** What goes to the signer, and what stays: the inverse of r, needed to unblind. */
export interface BlindedMessage { readonly bytes: Buffer; readonly inverse: bigint }

/** What tests of published vectors choose; drawn from the system's random numbers otherwise. */
export interface ChosenBlinding { readonly salt: Uint8Array; readonly blind: bigint }

/** The message as it will be signed: with fresh randomness in front, under the randomized variants. */
export function prepareMessage({ prefixBytes }: BlindVariant, message: Uint8Array): Buffer {
  return Buffer.concat([randomBytes(prefixBytes), message]);
}

/** Blinds a prepared message. @source RFC 9474 section 4.2. */
export function blindMessage(variant: BlindVariant, key: RsaPublicKey, prepared: Uint8Array, chosen?: ChosenBlinding): BlindedMessage {
  const message = numberOf(encodePss(prepared, chosen?.salt ?? randomBytes(variant.saltBytes), key.bits - 1));
  const blind = chosen?.blind ?? randomBelow(key), inverse = inverseModulo(blind, key.modulus);
  if (inverse === undefined || inverseModulo(message, key.modulus) === undefined) {
    throw new ProtocolError("malformed", "the modulus of a token key", "share no factor with a random number", "a common factor", "Trust this key no more: its factors are known.");
  }
  return { bytes: bytesOf(message * raiseToPublic(key, blind) % key.modulus, modulusBytes(key)), inverse };
}

/**
 * Signs a blinded message.
 *
 * @throws {ProtocolError} reason malformed, when it is no number below the modulus; forged, when the signature does not
 *   hold, for a signature with a computing fault in it would give the key away.
 * @source RFC 9474 section 4.3.
 */
export function blindSign(privateKey: KeyObject, blinded: Uint8Array): Buffer {
  const key = rsaPublicKeyOf(privateKey);
  requireLength(blinded, modulusBytes(key), "a blinded message");
  if (numberOf(blinded) >= key.modulus) throw new ProtocolError("malformed", "a blinded message", "be a number below the modulus", "a larger one", "Blind it with the key of this epoch.");
  const signature = privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, blinded);
  if (!timingSafeEqual(bytesOf(raiseToPublic(key, numberOf(signature)), blinded.length), blinded)) throw forgedMessage("a blind signature");
  return signature;
}

/**
 * Takes the blinding off a signature and checks it.
 *
 * @throws {ProtocolError} reason forged, when the signer signed something else.
 * @source RFC 9474 section 4.4.
 */
export function finalizeSignature(variant: BlindVariant, key: RsaPublicKey, prepared: Uint8Array, blindSignature: Uint8Array, inverse: bigint): Buffer {
  requireLength(blindSignature, modulusBytes(key), "a blind signature");
  const signature = bytesOf(numberOf(blindSignature) * inverse % key.modulus, modulusBytes(key));
  if (!verifyBlindRsa(variant, key, prepared, signature)) throw forgedMessage("a blind signature");
  return signature;
}

/** Whether a finalized signature is the signer's: plain RSASSA-PSS. */
export function verifyBlindRsa({ saltBytes }: BlindVariant, key: RsaPublicKey, prepared: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== modulusBytes(key)) return false;
  return verify("sha384", prepared, { key: key.handle, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltBytes }, signature);
}
