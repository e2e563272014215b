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

/** @throws {ProtocolError} as `parseKeyConfig`, and when a length does not fit. */
export function parseKeyConfigs(bytes: Uint8Array): KeyConfig[] {
  const own = Buffer.from(bytes), configs: KeyConfig[] = [];
  for (let at = 0; at < own.length;) {
    const start = at + 2, end = start + (start <= own.length ? own.readUInt16BE(at) : Infinity);
    if (!(end <= own.length)) throw badConfig(own.length);
    configs.push(parseKeyConfig(own.subarray(start, end)));
    at = end;
  }
  return configs;
}

function knownSuite(kem: Suite<KeyPair, PublicKey>["kem"], kdfId: number, aeadId: number): Suite<KeyPair, PublicKey> | undefined {
  try {
    const aead = findAead(aeadId);
    return aead.cipher === undefined ? undefined : { kem, kdf: findKdf(kdfId), aead };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function badConfig(bytes: number): ProtocolError {
  return new ProtocolError("malformed", "a key configuration", "have identifier, KEM, key and a list of suites of the stated length", `${bytes} bytes`, "Fetch it from the gateway again.");
}
