/**
 * Keys of tokens by epoch. A key has one value and one time of issue, the same for everybody, so that a token tells of its
 * buyer only that they bought in that epoch. Clients compare the directory through the relay: a key of one's own would
 * be a mark. @source RFC 9578 sections 4 and 6.5.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { z } from "zod";
import { ProtocolError } from "../protocol-error.js";
import { TOKEN_SIGNATURE_BYTES } from "./token.js";
import { modulusBytes, rsaPublicKeyOf, type RsaPublicKey } from "./rsa-numbers.js";

/** When a key issues and redeems, and what a token of it is worth. Seconds since 1970; the end is excluded. */
export interface TokenEpoch { readonly issuesFromS: number; readonly issuesUntilS: number; readonly redeemsUntilS: number; readonly microUsd: number }

/** The public half. */
export interface TokenKey extends TokenEpoch {
  /** SHA-256 of `spki`. */
  readonly keyId: Buffer;
  readonly spki: Buffer;
  readonly publicKey: RsaPublicKey;
}

/** Both halves. */
export interface TokenSigningKey extends TokenKey { readonly privateKey: KeyObject }

/** Issuer and its keys, as published. */
export interface TokenDirectory { readonly issuer: string; readonly keys: readonly TokenKey[] }

/** Media type of a directory. @source RFC 9578 section 4. */
export const DIRECTORY_MEDIA_TYPE = "application/private-token-issuer-directory";

/** DER of a 2048-bit RSASSA-PSS key with SHA-384, MGF1 and 48 bytes of salt, up to the RSAPublicKey. @source RFC 9578 section 6.5. */
const SPKI_PREFIX: Buffer = Buffer.from("30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d010108300b0609608648016503040202a2030201300382010f00", "hex");
const RSA_BITS = 8 * TOKEN_SIGNATURE_BYTES;

const epochForm = { "not-before": z.int().min(0), "issues-until": z.int().min(0), "redeems-until": z.int().min(0), "value-micro-usd": z.int().min(1) };
const directoryForm = z.strictObject({
  issuer: z.string().min(1).max(255),
  "token-keys": z.array(z.strictObject({ "token-type": z.literal(2), "token-key": z.base64url(), ...epochForm })).max(64),
});
const signingKeysForm = z.array(z.strictObject({ "private-key": z.base64url(), ...epochForm })).max(64);

/** A fresh key. */
export function makeTokenKey(epoch: TokenEpoch): TokenSigningKey {
  return signingKeyOf(generateKeyPairSync("rsa", { modulusLength: RSA_BITS }).privateKey, epoch);
}

/** A signing key from its private half. @throws {ProtocolError} reason malformed. */
export function signingKeyOf(privateKey: KeyObject, epoch: TokenEpoch): TokenSigningKey {
  return { ...tokenKeyOf(rsaPublicKeyOf(privateKey), epoch), privateKey };
}

/** The directory as JSON. */
export function encodeTokenDirectory({ issuer, keys }: TokenDirectory): string {
  return JSON.stringify({ issuer, "token-keys": keys.map((key) => ({ "token-type": 2, "token-key": key.spki.toString("base64url"), ...encodeEpoch(key) })) });
}

/** @throws {ProtocolError} reason malformed. */
export function parseTokenDirectory(text: string): TokenDirectory {
  const { issuer, "token-keys": listed } = parseForm(directoryForm, text, "a directory of token keys");
  return { issuer, keys: listed.map((entry) => parseTokenKey(Buffer.from(entry["token-key"], "base64url"), parseEpoch(entry))) };
}

/** Signing keys as JSON, to be sealed at rest. */
export function encodeSigningKeys(keys: readonly TokenSigningKey[]): string {
  return JSON.stringify(keys.map((key) => ({ "private-key": key.privateKey.export({ format: "der", type: "pkcs8" }).toString("base64url"), ...encodeEpoch(key) })));
}

/** @throws {ProtocolError} reason malformed. */
export function parseSigningKeys(text: string): TokenSigningKey[] {
  return parseForm(signingKeysForm, text, "signing keys of tokens").map((entry) => {
    const key = readKey(() => createPrivateKey({ key: Buffer.from(entry["private-key"], "base64url"), format: "der", type: "pkcs8" }));
    return signingKeyOf(key, parseEpoch(entry));
  });
}

function tokenKeyOf(publicKey: RsaPublicKey, epoch: TokenEpoch): TokenKey {
  if (modulusBytes(publicKey) !== TOKEN_SIGNATURE_BYTES) throw badKey();
  const spki = Buffer.concat([SPKI_PREFIX, publicKey.handle.export({ format: "der", type: "pkcs1" })]);
  const { issuesFromS, issuesUntilS, redeemsUntilS, microUsd } = epoch;
  return { issuesFromS, issuesUntilS, redeemsUntilS, microUsd, spki, publicKey, keyId: createHash("sha256").update(spki).digest() };
}

function parseTokenKey(spki: Buffer, epoch: TokenEpoch): TokenKey {
  if (!spki.subarray(0, SPKI_PREFIX.length).equals(SPKI_PREFIX)) throw badKey();
  const handle = readKey(() => createPublicKey({ key: spki.subarray(SPKI_PREFIX.length), format: "der", type: "pkcs1" }));
  const key = tokenKeyOf(rsaPublicKeyOf(handle), epoch);
  if (!key.spki.equals(spki)) throw badKey();
  return key;
}

function encodeEpoch({ issuesFromS, issuesUntilS, redeemsUntilS, microUsd }: TokenEpoch): z.input<z.ZodObject<typeof epochForm>> {
  return { "not-before": issuesFromS, "issues-until": issuesUntilS, "redeems-until": redeemsUntilS, "value-micro-usd": microUsd };
}

function parseEpoch(entry: z.output<z.ZodObject<typeof epochForm>>): TokenEpoch {
  return { issuesFromS: entry["not-before"], issuesUntilS: entry["issues-until"], redeemsUntilS: entry["redeems-until"], microUsd: entry["value-micro-usd"] };
}

function parseForm<Form extends z.ZodType>(form: Form, text: string, subject: string): z.output<Form> {
  try {
    return form.parse(JSON.parse(text));
  } catch {
    throw new ProtocolError("malformed", subject, "be JSON of the stated form", `${text.length} characters`, "Fetch it again.");
  }
}

function readKey(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw badKey();
  }
}

function badKey(): ProtocolError {
  return new ProtocolError("malformed", "a key of tokens", `be an RSASSA-PSS key of ${RSA_BITS} bits with SHA-384`, "another key", "Fetch the directory again.");
}
