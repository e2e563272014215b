/**
 * The Diffie-Hellman groups of HPKE on Node's key objects. Private keys stay inside OpenSSL, which clears them when they
 * are freed. Public keys are imported as JWK, which OpenSSL 3 decodes about nine times faster than DER.
 * Pairs from Node's generator are exported as DER: a loop that exported them as JWK was seen to hang in Node 20.20.2.
 */
import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";
import { ENCAPSULATED_KEY_BYTES } from "../envelope.js";
import { forgedMessage, ProtocolError, requireLength } from "../protocol-error.js";

/** A group. Sizes in bytes: public key (Npk), private key (Nsk), coordinate or shared secret (Ndh). */
export interface KeyGroup {
  readonly curve: "X25519" | "X448" | "P-256" | "P-521";
  readonly publicBytes: number;
  readonly privateBytes: number;
  readonly sharedBytes: number;
  /** DER of a PKCS #8 private key up to the key itself. @source RFC 8410 section 7; RFC 5958 with RFC 5915. */
  readonly privatePrefix: Buffer;
}

/** @source RFC 9180 table 2. */
export const KEY_GROUPS = {
  x25519: { curve: "X25519", publicBytes: ENCAPSULATED_KEY_BYTES.x25519, privateBytes: 32, sharedBytes: 32, privatePrefix: hex("302e020100300506032b656e04220420") },
  x448: { curve: "X448", publicBytes: ENCAPSULATED_KEY_BYTES.x448, privateBytes: 56, sharedBytes: 56, privatePrefix: hex("3046020100300506032b656f043a0438") },
  p256: { curve: "P-256", publicBytes: ENCAPSULATED_KEY_BYTES.p256, privateBytes: 32, sharedBytes: 32, privatePrefix: hex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420") },
  p521: { curve: "P-521", publicBytes: ENCAPSULATED_KEY_BYTES.p521, privateBytes: 66, sharedBytes: 66, privatePrefix: hex("3060020100301006072a8648ce3d020106052b81040023044930470201010442") },
} as const satisfies Readonly<Record<string, KeyGroup>>;

/** A public key: its serialized bytes and the object OpenSSL works with. */
export interface PublicKey { readonly bytes: Buffer; readonly handle: KeyObject }

/** A private key with its public half. */
export interface KeyPair extends PublicKey { readonly privateHandle: KeyObject }

const UNCOMPRESSED = 4;

/** A fresh key pair from the system's random numbers. */
export function generateGroupKeyPair(group: KeyGroup): KeyPair {
  if (group.curve === "X25519") return importX25519(randomBytes(group.privateBytes));
  const { publicKey, privateKey } = group.curve === "X448" ? generateKeyPairSync("x448") : generateKeyPairSync("ec", { namedCurve: group.curve });
  return { bytes: exportPublicBytes(group, publicKey), handle: publicKey, privateHandle: privateKey };
}

function exportPublicBytes(group: KeyGroup, handle: KeyObject): Buffer {
  const spki = handle.export({ format: "der", type: "spki" });
  return spki.subarray(spki.length - group.publicBytes);
}

/**
 * Any 32 bytes are a private key of X25519 (RFC 7748 section 5). Half the time of Node's generator, whose pairs must be
 * exported as DER. Clears `secret`; the text that Node wants it in stays until it is collected.
 */
function importX25519(secret: Buffer): KeyPair {
  const privateHandle = createPrivateKey({ key: { kty: "OKP", crv: "X25519", x: ANY_X, d: secret.toString("base64url") }, format: "jwk" });
  secret.fill(0);
  const bytes = Buffer.from(createPublicKey(privateHandle).export({ format: "jwk" }).x ?? "", "base64url");
  return { bytes, handle: privateHandle, privateHandle };
}

/** OpenSSL works out the public half from the private one and does not look at this one. */
const ANY_X = Buffer.alloc(32).toString("base64url");

/**
 * Reads a serialized public key.
 *
 * @throws {ProtocolError} reason malformed, when it has another size or is no point of the group.
 */
export function parsePublicKey(group: KeyGroup, bytes: Uint8Array): PublicKey {
  requireLength(bytes, group.publicBytes, `a public key of ${group.curve}`);
  const own = Buffer.from(bytes), n = group.sharedBytes;
  try {
    if (isMontgomery(group)) return { bytes: own, handle: createPublicKey({ key: { kty: "OKP", crv: group.curve, x: own.toString("base64url") }, format: "jwk" }) };
    if (own[0] !== UNCOMPRESSED) throw badPoint(group);
    const point = { x: own.toString("base64url", 1, 1 + n), y: own.toString("base64url", 1 + n) };
    return { bytes: own, handle: createPublicKey({ key: { kty: "EC", crv: group.curve, ...point }, format: "jwk" }) };
  } catch {
    throw badPoint(group);
  }
}

/**
 * Reads a serialized private key.
 *
 * @throws {ProtocolError} reason malformed.
 */
export function parsePrivateKey(group: KeyGroup, bytes: Uint8Array): KeyPair {
  requireLength(bytes, group.privateBytes, `a private key of ${group.curve}`);
  const der = Buffer.concat([group.privatePrefix, bytes]);
  try {
    const privateHandle = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    const handle = createPublicKey(privateHandle);
    return { bytes: exportPublicBytes(group, handle), handle, privateHandle };
  } catch {
    throw new ProtocolError("malformed", `a private key of ${group.curve}`, "be a number of the group", "another number", "Make a new key pair.");
  } finally {
    der.fill(0);
  }
}

/**
 * The shared secret of two keys.
 *
 * @throws {ProtocolError} reason forged, when the other key is of small order, so that the secret would be known to all.
 */
export function sharedSecret(own: KeyPair, other: PublicKey): Buffer {
  try {
    return diffieHellman({ privateKey: own.privateHandle, publicKey: other.handle });
  } catch {
    throw forgedMessage("an encapsulated key");
  }
}

/** Whether keys are bare coordinates and every byte string of the right size is a key. */
export function isMontgomery(group: KeyGroup): boolean {
  return group.curve === "X25519" || group.curve === "X448";
}

function badPoint(group: KeyGroup): ProtocolError {
  return new ProtocolError("malformed", `a public key of ${group.curve}`, "be an uncompressed point of the curve", "another byte string", "Fetch the key configuration again.");
}

function hex(text: string): Buffer { return Buffer.from(text, "hex"); }
