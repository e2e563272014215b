/**
 * Payment tokens as bytes: the publicly verifiable tokens of Privacy Pass. A token names the key it was signed with and a
 * random number, and nothing of who bought it. @source RFC 9577 section 2.1; RFC 9578 sections 6.1 to 6.3.
 */
import { createHash } from "node:crypto";
import { ProtocolError, requireLength } from "../protocol-error.js";
import { BLIND_VARIANTS, verifyBlindRsa, type BlindVariant } from "./blind-rsa.js";
import type { RsaPublicKey } from "./rsa-numbers.js";

/** Token type 0x0002: Blind RSA with 2048 bits. */
export const TOKEN_TYPE = 2;
/** Its variant: the nonce is the randomness, so nothing is put in front. */
export const TOKEN_VARIANT: BlindVariant = BLIND_VARIANTS["RSABSSA-SHA384-PSS-Deterministic"];
/** Size of its signatures. Bytes. */
export const TOKEN_SIGNATURE_BYTES = 256;
/** Size of the nonce, the challenge's digest and the key's identifier. Bytes. */
export const TOKEN_PART_BYTES = 32;

/** What is signed. */
export interface TokenInput { readonly nonce: Buffer; readonly challengeDigest: Buffer; readonly keyId: Buffer }

/** A token that can be spent once. */
export interface Token extends TokenInput { readonly signature: Buffer }

/** A token that is asked for: the last byte of the key's identifier and the blinded message. */
export interface TokenRequest { readonly keyIdEnd: number; readonly blinded: Buffer }

const INPUT_BYTES = 2 + 3 * TOKEN_PART_BYTES;
const REQUEST_BYTES = 3 + TOKEN_SIGNATURE_BYTES;

/** Size of a token. Bytes. */
export const TOKEN_BYTES: number = INPUT_BYTES + TOKEN_SIGNATURE_BYTES;

/** The bytes that are signed. */
export function encodeTokenInput({ nonce, challengeDigest, keyId }: TokenInput): Buffer {
  return Buffer.concat([Buffer.of(0, TOKEN_TYPE), nonce, challengeDigest, keyId]);
}

/** 354 bytes. */
export function encodeToken(token: Token): Buffer { return Buffer.concat([encodeTokenInput(token), token.signature]); }

/** @throws {ProtocolError} reason malformed. */
export function parseToken(bytes: Uint8Array): Token {
  requireLength(bytes, TOKEN_BYTES, "a token");
  const own = Buffer.from(bytes), part = (index: number): Buffer => own.subarray(2 + index * TOKEN_PART_BYTES, 2 + (index + 1) * TOKEN_PART_BYTES);
  requireType(own);
  return { nonce: part(0), challengeDigest: part(1), keyId: part(2), signature: own.subarray(INPUT_BYTES) };
}

/** Token requests one after another, 259 bytes each. */
export function encodeTokenRequests(requests: readonly TokenRequest[]): Buffer {
  return Buffer.concat(requests.flatMap(({ keyIdEnd, blinded }) => [Buffer.of(0, TOKEN_TYPE, keyIdEnd), blinded]));
}

/** @throws {ProtocolError} reason malformed; oversized, for more than `most` requests. */
export function parseTokenRequests(bytes: Uint8Array, most: number): TokenRequest[] {
  const count = bytes.length / REQUEST_BYTES;
  if (!Number.isInteger(count) || count === 0) throw new ProtocolError("malformed", "token requests", `have ${REQUEST_BYTES} bytes each`, bytes.length, "Ask for at least one token.");
  if (count > most) throw new ProtocolError("oversized", "token requests", `be at most ${most}`, count, "Ask for fewer tokens at once.");
  return Array.from({ length: count }, (_, index) => {
    const own = Buffer.from(bytes.subarray(index * REQUEST_BYTES, (index + 1) * REQUEST_BYTES));
    requireType(own);
    return { keyIdEnd: own.readUInt8(2), blinded: own.subarray(3) };
  });
}

/**
 * Digest of the challenge that the tokens of an issuer answer. It names the issuer alone, not the place of redemption or
 * the session, so all tokens of an issuer carry the same.
 */
export function challengeDigestOf(issuer: string): Buffer {
  const name = Buffer.from(issuer), head = Buffer.of(0, TOKEN_TYPE, name.length >>> 8, name.length & 255);
  return createHash("sha256").update(head).update(name).update(Buffer.alloc(3)).digest();
}

/** Number under which a token is booked as spent: SHA-256 of what was signed, in hex. */
export function serialOf(token: TokenInput): string { return createHash("sha256").update(encodeTokenInput(token)).digest("hex"); }

/** Whether a token carries a signature of the key. Anybody can tell. */
export function verifyToken(key: RsaPublicKey, token: Token): boolean {
  return verifyBlindRsa(TOKEN_VARIANT, key, encodeTokenInput(token), token.signature);
}

function requireType(bytes: Buffer): void {
  if (bytes.readUInt16BE(0) !== TOKEN_TYPE) throw new ProtocolError("malformed", "the type of a token", `be ${TOKEN_TYPE}`, bytes.readUInt16BE(0), "Update the side that is behind.");
}
