/** Key configurations: what a gateway publishes and a client seals to. @source RFC 9458 section 3. */
import { ProtocolError } from "../protocol-error.js";
import { DEFAULT_SUITE, findAead, findKdf, findKem } from "../hpke/find-suite.js";
import type { Suite } from "../hpke/hpke.js";
import type { KeyPair, PublicKey } from "../hpke/key-groups.js";

/** Media type of a list of key configurations. */
export const KEYS_MEDIA_TYPE = "application/ohttp-keys";

/** A gateway's public key under its identifier, with the suites it accepts, the preferred one first. */
export interface KeyConfig {
  /** 0 to 255. */
  readonly keyId: number;
  readonly publicKey: PublicKey;
  readonly suites: readonly Suite<KeyPair, PublicKey>[];
}

const SUITE_BYTES = 4;

/** Bytes of one configuration. */
export function encodeKeyConfig({ keyId, publicKey, suites }: KeyConfig): Buffer {
  const head = Buffer.alloc(3), kem = suites[0]?.kem ?? DEFAULT_SUITE.kem;
  head.writeUInt8(keyId);
  head.writeUInt16BE(kem.id, 1);
  const list = Buffer.alloc(2 + SUITE_BYTES * suites.length);
  list.writeUInt16BE(SUITE_BYTES * suites.length);
  suites.forEach(({ kdf, aead }, index) => {
    list.writeUInt16BE(kdf.id, 2 + SUITE_BYTES * index);
    list.writeUInt16BE(aead.id, 4 + SUITE_BYTES * index);
  });
  return Buffer.concat([head, publicKey.bytes, list]);
}

/**
 * Reads one configuration. Suites this side does not know are left out.
 *
 * @throws {ProtocolError} when the bytes are not exactly one configuration, or no suite is known.
 */
export function parseKeyConfig(bytes: Uint8Array): KeyConfig {
  const own = Buffer.from(bytes);
  if (!(own.length >= 3)) throw badConfig(own.length);
  const kem = findKem(own.readUInt16BE(1)), keyEnd = 3 + kem.publicBytes;
  if (!(own.length >= keyEnd + 2)) throw badConfig(own.length);
  const listBytes = own.readUInt16BE(keyEnd), listStart = keyEnd + 2;
  if (listBytes === 0 || listBytes % SUITE_BYTES !== 0 || own.length !== listStart + listBytes) throw badConfig(own.length);
  const suites: Suite<KeyPair, PublicKey>[] = [];
  for (let at = listStart; at < own.length; at += SUITE_BYTES) {
    const suite = knownSuite(kem, own.readUInt16BE(at), own.readUInt16BE(at + 2));
    if (suite !== undefined) suites.push(suite);
  }
  if (suites.length === 0) throw new ProtocolError("unknown-suite", "a key configuration", "offer a suite that this side knows", `${listBytes / SUITE_BYTES} others`, "Update the side that is behind.");
  return { keyId: own.readUInt8(0), publicKey: kem.parsePublicKey(own.subarray(3, keyEnd)), suites };
}

/** Several configurations, each after its length. */
export function encodeKeyConfigs(configs: readonly KeyConfig[]): Buffer {
  return Buffer.concat(configs.map(encodeKeyConfig).flatMap((config) => [Buffer.of(config.length >>> 8, config.length & 255), config]));
}

/** More configurations than this are no key rotation any more. */
const MOST_CONFIGS = 32;

/**
 * Reads a list. Configurations of methods that this side does not know are left out, as the RFC asks.
 *
 * @throws {ProtocolError} malformed, when a length or a known configuration does not fit, or two share an identifier;
 *   oversized, for more than 32; unknown-suite, when none is known.
 */
export function parseKeyConfigs(bytes: Uint8Array): KeyConfig[] {
  const configs = splitConfigs(Buffer.from(bytes)).flatMap((config) => parseKnownConfig(config) ?? []);
  if (configs.length === 0) throw new ProtocolError("unknown-suite", "a list of key configurations", "offer one that this side knows", "none", "Update the side that is behind.");
  if (new Set(configs.map(({ keyId }) => keyId)).size < configs.length) throw new ProtocolError("malformed", "a list of key configurations", "number its keys apart", configs.map(({ keyId }) => keyId), "Fetch it from the gateway again.");
  return configs;
}

function splitConfigs(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = at + 2, end = start + (start <= bytes.length ? bytes.readUInt16BE(at) : Infinity);
    if (!(end <= bytes.length)) throw badConfig(bytes.length);
    if (parts.length === MOST_CONFIGS) throw new ProtocolError("oversized", "a list of key configurations", `hold at most ${MOST_CONFIGS}`, "more", "Fetch it from the gateway again.");
    parts.push(bytes.subarray(start, end));
    at = end;
  }
  return parts;
}

function parseKnownConfig(bytes: Buffer): KeyConfig | undefined { return unlessUnknown(() => parseKeyConfig(bytes)); }

function knownSuite(kem: Suite<KeyPair, PublicKey>["kem"], kdfId: number, aeadId: number): Suite<KeyPair, PublicKey> | undefined {
  const suite = unlessUnknown(() => ({ kem, kdf: findKdf(kdfId), aead: findAead(aeadId) }));
  return suite?.aead.cipher === undefined ? undefined : suite;
}

/** What `read` gives, or nothing when it names a method that this side does not know. */
function unlessUnknown<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError && error.reason === "unknown-suite") return undefined;
    throw error;
  }
}

function badConfig(bytes: number): ProtocolError {
  return new ProtocolError("malformed", "a key configuration", "have identifier, KEM, key and a list of suites of the stated length", `${bytes} bytes`, "Fetch it from the gateway again.");
}
