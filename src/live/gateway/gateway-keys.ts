/**
 * Keys that requests are sealed to. They live in memory and for one start of a gateway: what was recorded before opens never again.
 * The list is signed by the gateway's lasting identity, so a relay that hands out another is found out.
 */
import { randomInt, sign, verify, type KeyObject } from "node:crypto";
import { DEFAULT_SUITE, HYBRID_SUITE } from "../../protocol/hpke/find-suite.js";
import { AEADS } from "../../protocol/hpke/aead.js";
import type { Strength } from "../../protocol/ohttp/choose-config.js";
import { encodeKeyConfigs, parseKeyConfigs, type KeyConfig } from "../../protocol/ohttp/key-config.js";
import type { GatewayKey } from "../../protocol/ohttp/request-head.js";
import { forgedMessage } from "../../protocol/protocol-error.js";

const PURPOSE = Buffer.from("plmm gateway keys 1\0");
const SIGNATURE_BYTES = 64;
const KEY_IDS = 256;

/** Fresh keys under random identifiers, the strongest first. */
export function makeGatewayKeys(strength: Strength): readonly GatewayKey[] {
  const first = randomInt(KEY_IDS), kinds = strength === "hybrid" ? [HYBRID_SUITE, DEFAULT_SUITE] : [DEFAULT_SUITE];
  return kinds.map((suite, place) => ({ keyId: (first + place) % KEY_IDS, keyPair: suite.kem.generateKeyPair(), suites: [suite, { ...suite, aead: AEADS.chaCha20Poly1305 }] }));
}

/** Key configurations behind a signature. */
export function signKeyConfigs(identity: KeyObject, keys: readonly GatewayKey[]): Buffer {
  const configs = encodeKeyConfigs(keys.map(({ keyId, keyPair, suites }) => ({ keyId, publicKey: keyPair, suites })));
  return Buffer.concat([sign(null, Buffer.concat([PURPOSE, configs]), identity), configs]);
}

/** @throws {ProtocolError} forged, when the gateway did not sign it; malformed. */
export function openKeyConfigs(identity: KeyObject, bytes: Uint8Array): KeyConfig[] {
  const own = Buffer.from(bytes), configs = own.subarray(SIGNATURE_BYTES);
  if (own.length <= SIGNATURE_BYTES || !verify(null, Buffer.concat([PURPOSE, configs]), identity, own.subarray(0, SIGNATURE_BYTES))) throw forgedMessage("a list of gateway keys");
  return parseKeyConfigs(configs);
}
