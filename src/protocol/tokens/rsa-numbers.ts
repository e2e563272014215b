/**
 * RSA's numbers as bytes and as BigInt. BigInt takes a time that depends on its values, so only the client uses it, on
 * factors that it draws afresh for every token; whoever could time it would sit on the phone already. Work with the
 * private key is OpenSSL's, which blinds it once more.
 */
import { createPublicKey, publicEncrypt, randomBytes, constants, type KeyObject } from "node:crypto";
import { ProtocolError } from "../protocol-error.js";

/** A public RSA key: what OpenSSL works with, its modulus, and the modulus's size in bits. */
export interface RsaPublicKey { readonly handle: KeyObject; readonly modulus: bigint; readonly bits: number }

/** Smallest modulus accepted. Bits. */
const LEAST_BITS = 2048;

/** @throws {ProtocolError} reason malformed, when it is no RSA key of at least 2048 bits. */
export function parseRsaPublicKey(spki: Uint8Array): RsaPublicKey {
  try {
    return rsaPublicKeyOf(createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }));
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError("malformed", "a public key of tokens", "be an RSA key in DER", `${spki.length} bytes`, "Fetch the directory of token keys again.");
  }
}

/** @throws {ProtocolError} reason malformed, for another kind of key and for one that is too small. */
export function rsaPublicKeyOf(key: KeyObject): RsaPublicKey {
  const handle = key.type === "private" ? createPublicKey(key) : key;
  const bits = handle.asymmetricKeyType === "rsa" ? handle.asymmetricKeyDetails?.modulusLength ?? 0 : 0;
  if (bits < LEAST_BITS) throw new ProtocolError("malformed", "a public key of tokens", `be an RSA key of at least ${LEAST_BITS} bits`, `${handle.asymmetricKeyType}, ${bits} bits`, "Make a larger key.");
  return { handle, modulus: numberOf(Buffer.from(handle.export({ format: "jwk" }).n ?? "", "base64url")), bits };
}

/** Size of the modulus in bytes. */
export function modulusBytes({ bits }: RsaPublicKey): number { return Math.ceil(bits / 8); }

/** Big-endian bytes to a number. */
export function numberOf(bytes: Uint8Array): bigint { return BigInt(`0x0${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`); }

/** A number below 256^bytes to big-endian bytes. */
export function bytesOf(value: bigint, bytes: number): Buffer { return Buffer.from(value.toString(16).padStart(2 * bytes, "0"), "hex"); }

/** value^e modulo the modulus. @param value Below the modulus. */
export function raiseToPublic(key: RsaPublicKey, value: bigint): bigint {
  return numberOf(publicEncrypt({ key: key.handle, padding: constants.RSA_NO_PADDING }, bytesOf(value, modulusBytes(key))));
}

/** The inverse of a number modulo another, if they have no common factor. Extended Euclid. */
export function inverseModulo(value: bigint, modulus: bigint): bigint | undefined {
  let [older, newer, olderFactor, newerFactor] = [modulus, value % modulus, 0n, 1n];
  while (newer > 0n) {
    const quotient = older / newer;
    [older, newer, olderFactor, newerFactor] = [newer, older - quotient * newer, newerFactor, olderFactor - quotient * newerFactor];
  }
  if (older !== 1n) return undefined;
  return ((olderFactor % modulus) + modulus) % modulus;
}

/** A uniform number from 1 to modulus - 1, from the system's random numbers. */
export function randomBelow(key: RsaPublicKey): bigint {
  const excess = BigInt(8 * modulusBytes(key) - key.bits);
  for (;;) {
    const value = numberOf(randomBytes(modulusBytes(key))) >> excess;
    if (value > 0n && value < key.modulus) return value;
  }
}
