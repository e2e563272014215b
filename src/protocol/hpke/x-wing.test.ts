/** Expected values: the draft's three test vectors as figures; npm's hpke on @noble, and @noble's own X-Wing, as oracles. */
import { ml_kem768_x25519 as oracleKem } from "@noble/post-quantum/hybrid.js";
import * as noble from "@panva/hpke-noble";
import fc from "fast-check";
import * as oracle from "hpke";
import { describe, expect, it } from "vitest";
import { ENCAPSULATED_KEY_BYTES } from "../envelope.js";
import { chooseConfig, strengthOf } from "../ohttp/choose-config.js";
import { encodeKeyConfig, encodeKeyConfigs, parseKeyConfig, parseKeyConfigs, type KeyConfig } from "../ohttp/key-config.js";
import { openRequest, openResponse, sealRequest, sealResponse } from "../ohttp/oblivious-message.js";
import { ProtocolError } from "../protocol-error.js";
import { DH_KEMS } from "./dh-kem.js";
import { DEFAULT_SUITE, findKem, HYBRID_SUITE } from "./find-suite.js";
import { openOnce, sealOnce, type Suite } from "./hpke.js";
import type { KeyPair } from "./key-groups.js";
import { encapsulateWith, X_WING } from "./x-wing.js";
import { X_WING_VECTORS } from "./x-wing-vectors.test-data.js";

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const NONE = Buffer.alloc(0), terms = { info: Buffer.from("test") }, words = Buffer.from("what is a safe dose");
const reasonOf = (act: () => unknown): string => {
  try { act(); } catch (error) { if (error instanceof ProtocolError) return error.reason; throw error; }
  return "accepted";
};

describe("X-Wing", () => {
  it.each(X_WING_VECTORS)("makes the published key, ciphertext and secret of seed $sk", (vector) => {
    const pair = X_WING.parsePrivateKey(hex(vector.sk)), { encapsulated, secret } = encapsulateWith(X_WING.parsePublicKey(hex(vector.pk)), hex(vector.eseed));
    expect(pair.bytes.toString("hex")).toBe(vector.pk);
    expect(encapsulated.toString("hex")).toBe(vector.ct);
    expect(secret.toString("hex")).toBe(vector.ss);
    expect(X_WING.decapsulate(hex(vector.ct), pair).toString("hex")).toBe(vector.ss);
  });

  it("agrees with @noble's X-Wing", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ minLength: 64, maxLength: 64 }), (seed, coins) => {
      const theirs = oracleKem.keygen(seed), own = X_WING.parsePrivateKey(seed), sent = oracleKem.encapsulate(theirs.publicKey, coins);
      expect(own.bytes.equals(theirs.publicKey)).toBe(true);
      const { encapsulated, secret } = encapsulateWith(own, Buffer.from(coins));
      expect(encapsulated.equals(sent.cipherText) && secret.equals(sent.sharedSecret)).toBe(true);
      expect(Buffer.from(oracleKem.decapsulate(encapsulated, theirs.secretKey)).equals(secret)).toBe(true);
    }), { seed: 8, numRuns: 8 });
  });

  it("opens what npm's hpke seals and is opened by it", async () => {
    const theirs = new oracle.CipherSuite(noble.KEM_MLKEM768_X25519, noble.KDF_HKDF_SHA256, noble.AEAD_AES_256_GCM), seed = Buffer.alloc(32, 9);
    const own = X_WING.parsePrivateKey(seed), other = await theirs.DeserializePrivateKey(seed, true), key = await theirs.DeserializePublicKey(own.bytes);
    const { encapsulatedSecret, ciphertext } = await theirs.Seal(key, words, terms);
    expect(openOnce(HYBRID_SUITE, Buffer.concat([encapsulatedSecret, ciphertext]), own, terms, NONE)).toEqual(words);
    const sealed = sealOnce(HYBRID_SUITE, own, terms, NONE, words);
    expect(Buffer.from(await theirs.Open({ privateKey: other, publicKey: key }, sealed.subarray(0, 1120), sealed.subarray(1120), terms))).toEqual(words);
  });

  it("refuses changed ciphertexts, numbers beyond the modulus, senders, other sizes and keys of other methods", () => {
    const pair = X_WING.generateKeyPair(), sealed = sealOnce(HYBRID_SUITE, pair, terms, NONE, words);
    expect(sealed.length).toBe(words.length + ENCAPSULATED_KEY_BYTES.xWing + 16);
    for (const at of [0, 500, 1087, 1088, 1119, 1120, sealed.length - 1]) {
      const copy = Buffer.from(sealed);
      copy[at]! ^= 1;
      expect(reasonOf(() => openOnce(HYBRID_SUITE, copy, pair, terms, NONE))).toBe("forged");
    }
    expect(reasonOf(() => X_WING.parsePublicKey(Buffer.alloc(1216, 0xff)))).toBe("malformed");
    expect(reasonOf(() => X_WING.parsePublicKey(Buffer.alloc(1215)))).toBe("malformed");
    expect(reasonOf(() => X_WING.decapsulate(Buffer.alloc(1119), pair))).toBe("malformed");
    expect(reasonOf(() => X_WING.encapsulate(pair, pair))).toBe("unknown-suite");
    expect(reasonOf(() => X_WING.decapsulate(Buffer.alloc(1120), pair, pair))).toBe("unknown-suite");
    expect(reasonOf(() => HYBRID_SUITE.kem.encapsulate(DH_KEMS.x25519.generateKeyPair()))).toBe("malformed");
  });
});

describe("the choice of a key configuration", () => {
  const configOf = (keyId: number, suite: typeof DEFAULT_SUITE): KeyConfig & { keyPair: KeyPair } => {
    const keyPair = suite.kem.generateKeyPair();
    return { keyId, publicKey: keyPair, keyPair, suites: [suite] };
  };
  const classical = configOf(1, DEFAULT_SUITE), hybrid = configOf(2, HYBRID_SUITE), p256 = configOf(3, { ...DEFAULT_SUITE, kem: DH_KEMS.p256 });

  it("takes the hybrid key wherever it stands in the list, and carries request and answer under it", () => {
    expect(findKem(0x647a)).toBe(X_WING);
    const list = parseKeyConfigs(encodeKeyConfigs([classical, p256, hybrid])), chosen = chooseConfig(list);
    expect([chosen.keyId, list.map(strengthOf)]).toEqual([2, ["classical", "classical", "hybrid"]]);
    const { bytes, answer } = sealRequest(chosen, words), opened = openRequest([classical, hybrid], bytes);
    expect(opened.content).toEqual(words);
    expect(openResponse(answer, sealResponse(opened.answer, words))).toEqual(words);
    expect(encodeKeyConfig(parseKeyConfig(encodeKeyConfig(hybrid)))).toEqual(encodeKeyConfig(hybrid));
  });

  it("refuses a list without the strength that was seen before, and a head that was changed to another key", () => {
    expect(reasonOf(() => chooseConfig([classical, p256], "hybrid"))).toBe("downgraded");
    expect(chooseConfig([p256, classical]).keyId).toBe(3);
    expect(reasonOf(() => chooseConfig([]))).toBe("unknown-suite");
    const { bytes } = sealRequest(hybrid, words), changed = Buffer.from(bytes);
    changed[0] = 1;
    expect(reasonOf(() => openRequest([classical, hybrid], changed))).toBe("unknown-suite");
    changed.writeUInt16BE(0x20, 1);
    changed.writeUInt16BE(1, 5);
    expect(reasonOf(() => openRequest([classical, hybrid], changed))).toBe("forged");
    expect(reasonOf(() => openRequest([hybrid], sealRequest(classical, words).bytes))).toBe("unknown-key");
  });

  it("leaves out methods it does not know, and refuses lists with one number twice or without end", () => {
    const unknown = encodeKeyConfig(classical);
    unknown.writeUInt16BE(0x7777, 1);
    const framed = (config: Buffer): Buffer => Buffer.concat([Buffer.of(config.length >>> 8, config.length & 255), config]);
    expect(parseKeyConfigs(Buffer.concat([framed(unknown), framed(encodeKeyConfig(hybrid))])).map(({ keyId }) => keyId)).toEqual([2]);
    expect(reasonOf(() => parseKeyConfigs(framed(unknown)))).toBe("unknown-suite");
    expect(reasonOf(() => parseKeyConfigs(encodeKeyConfigs([classical, { ...hybrid, keyId: 1 }])))).toBe("malformed");
    expect(reasonOf(() => parseKeyConfigs(Buffer.concat(Array.from({ length: 33 }, () => framed(unknown)))))).toBe("oversized");
    const suites: readonly Suite[] = parseKeyConfig(encodeKeyConfig(hybrid)).suites;
    expect(suites.map(({ aead }) => aead.id)).toEqual([2]);
  });
});
