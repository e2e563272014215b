/**
 * A certificate for one server on the loopback interface: Ed25519, signed by itself, for one start of a system. Whoever is given the
 * certificate trusts this server and no other.
 */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** Key and certificate of a server. PEM. */
export interface ServerCertificate { readonly key: string; readonly cert: string }

/** ASN.1 tags. @source ITU-T X.690. */
const Tag = { integer: 0x02, bitString: 0x03, octetString: 0x04, utf8String: 0x0c, sequence: 0x30, set: 0x31, utcTime: 0x17, version: 0xa0, extensions: 0xa3, ipAddress: 0x87 } as const;
/** Object identifiers, encoded: 1.3.101.112 (Ed25519), 2.5.4.3 (common name), 2.5.29.17 (subject's alternative name). */
const ED25519 = der(Tag.sequence, Buffer.from("06032b6570", "hex")), COMMON_NAME = Buffer.from("0603550403", "hex"), ALTERNATIVE_NAME = Buffer.from("0603551d11", "hex");
const LOOPBACK = Buffer.of(127, 0, 0, 1), YEAR_MS = 365 * 86_400_000;

/** Makes a key and its certificate, valid for a year. @source RFC 5280 section 4.1; RFC 8410. */
export function makeCertificate(nowMs: number): ServerCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519"), serial = Buffer.concat([Buffer.of(1), randomBytes(8)]);
  const name = der(Tag.sequence, der(Tag.set, der(Tag.sequence, COMMON_NAME, der(Tag.utf8String, Buffer.from("plmm")))));
  const validity = der(Tag.sequence, utcTime(nowMs - 60_000), utcTime(nowMs + YEAR_MS)), address = der(Tag.octetString, der(Tag.sequence, der(Tag.ipAddress, LOOPBACK)));
  const body = der(Tag.sequence,
    der(Tag.version, der(Tag.integer, Buffer.of(2))), der(Tag.integer, serial), ED25519, name, validity, name, publicKey.export({ format: "der", type: "spki" }),
    der(Tag.extensions, der(Tag.sequence, der(Tag.sequence, ALTERNATIVE_NAME, address))));
  const certificate = der(Tag.sequence, body, ED25519, der(Tag.bitString, Buffer.of(0), sign(null, body, privateKey)));
  return { key: privateKey.export({ format: "pem", type: "pkcs8" }) as string, cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n` };
}

/** A tag, a length, contents. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents), { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

function utcTime(atMs: number): Buffer { return der(Tag.utcTime, Buffer.from(`${new Date(atMs).toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`)); }
