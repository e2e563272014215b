/** Expected values: RFC 9180 appendix A as figures; all 128 published cases when PLMM_DATA has them; npm's hpke and @noble as oracles. */
import { gcm } from "@noble/ciphers/aes.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import * as oracle from "hpke";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HPKE_OVERHEAD_BYTES } from "../envelope.js";
import { ProtocolError } from "../protocol-error.js";
import { AEADS, sealAead } from "./aead.js";
import { DH_KEMS } from "./dh-kem.js";
import { DEFAULT_SUITE, findAead, findKdf, findKem } from "./find-suite.js";
import { nonceOf } from "./hpke-context.js";
import { openOnce, sealOnce, setupRecipient, setupSender, type ContextTerms, type Suite } from "./hpke.js";
import { HPKE_VECTORS, type HpkeVector } from "./hpke-vectors.test-data.js";
import { expand, extract, KDFS } from "./labeled-kdf.js";
import type { KeyPair, PublicKey } from "./key-groups.js";

const path = join(process.env["PLMM_DATA"] ?? "", "privacy", "hpke-test-vectors.json");
const hasAll = process.env["PLMM_DATA"] !== undefined && existsSync(path);
if (!hasAll) console.warn("Only the shipped HPKE vectors are checked: set PLMM_DATA to a folder with privacy/hpke-test-vectors.json.");
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const NONE = Buffer.alloc(0);
const terms = { info: Buffer.from("test") };

/** Replays a published case on both sides. @returns messages and exports compared. */
function checkVector(vector: HpkeVector): number {
  const suite: Suite<KeyPair, PublicKey> = { kem: findKem(vector.kem_id), kdf: findKdf(vector.kdf_id), aead: findAead(vector.aead_id) };
  const recipient = suite.kem.deriveKeyPair(hex(vector.ikmR)), ephemeral = suite.kem.deriveKeyPair(hex(vector.ikmE));
  expect(recipient.bytes.toString("hex")).toBe(vector.pkRm);
  expect(suite.kem.parsePrivateKey(hex(vector.skRm)).bytes.toString("hex")).toBe(vector.pkRm);
  const sender = vector.mode >= 2 ? suite.kem.deriveKeyPair(hex(vector.ikmS!)) : undefined;
  const preSharedKey = vector.mode % 2 === 1 ? { id: hex(vector.psk_id!), secret: hex(vector.psk!) } : undefined;
  const own: ContextTerms = { info: hex(vector.info), ...(preSharedKey === undefined ? {} : { preSharedKey }) };
  const { encapsulated, sealer } = setupSender(suite, suite.kem.parsePublicKey(hex(vector.pkRm)), own, sender, ephemeral);
  expect(encapsulated.toString("hex")).toBe(vector.enc);
  const opener = setupRecipient(suite, encapsulated, recipient, own, sender);
  for (const { aad, ct, pt } of vector.encryptions) {
    expect(sealer.seal(hex(aad), hex(pt)).toString("hex")).toBe(ct);
    expect(opener.open(hex(aad), hex(ct)).toString("hex")).toBe(pt);
  }
  for (const { exporter_context, L, exported_value } of vector.exports) {
    expect(opener.exportSecret(hex(exporter_context), L).toString("hex")).toBe(exported_value);
  }
  return vector.encryptions.length + vector.exports.length;
}

describe("published vectors", () => {
  it.each(HPKE_VECTORS.map((vector) => [vector.mode, vector.kem_id, vector.aead_id, vector] as const))("replays mode %i of KEM %i with AEAD %i", (_mode, _kem, _aead, vector) => {
    expect(checkVector(vector)).toBe(6);
  });

  it.skipIf(!hasAll)("replays all 128 cases of four KEMs, two KDFs, three AEADs and export-only", () => {
    const vectors = JSON.parse(readFileSync(path, "utf8")) as HpkeVector[];
    expect(vectors.length).toBe(128);
    const compared = vectors.reduce((sum, vector) => sum + checkVector(vector), 0);
    expect(compared).toBe(96 * 257 + 128 * 3);
  });
});

describe("beside other software", () => {
  it("opens what npm's hpke seals and is opened by it", async () => {
    for (const [kem, theirKem] of [[DH_KEMS.x25519, oracle.KEM_DHKEM_X25519_HKDF_SHA256], [DH_KEMS.p256, oracle.KEM_DHKEM_P256_HKDF_SHA256]] as const) {
      const theirs = new oracle.CipherSuite(theirKem, oracle.KDF_HKDF_SHA256, oracle.AEAD_AES_128_GCM), suite = { ...DEFAULT_SUITE, kem };
      const material = Buffer.alloc(kem.publicBytes, 7), own = kem.deriveKeyPair(material), other = await theirs.DeriveKeyPair(material);
      expect(Buffer.from(await theirs.SerializePublicKey(other.publicKey))).toEqual(Buffer.from(own.bytes));
      const words = Buffer.from("what is a safe dose"), aad = Buffer.from("aad");
      const { encapsulatedSecret, ciphertext } = await theirs.Seal(other.publicKey, words, { info: terms.info, aad });
      expect(openOnce(suite, Buffer.concat([encapsulatedSecret, ciphertext]), own, terms, aad)).toEqual(words);
      const sealed = sealOnce(suite, own, terms, aad, words), split = kem.encapsulatedBytes;
      expect(Buffer.from(await theirs.Open(other, sealed.subarray(0, split), sealed.subarray(split), { info: terms.info, aad }))).toEqual(words);
    }
  });

  it("agrees with @noble on keys, HKDF and AES-GCM", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ maxLength: 300 }), (key, text) => {
      expect(Buffer.from(x25519.getPublicKey(key))).toEqual(Buffer.from(DH_KEMS.x25519.parsePrivateKey(key).bytes));
      expect(Buffer.from(hkdf(sha256, key, text, text, 100))).toEqual(expand(KDFS.hkdfSha256, extract(KDFS.hkdfSha256, text, key), text, 100));
      expect(Buffer.from(gcm(key, key.subarray(0, 12), text).encrypt(text))).toEqual(sealAead("aes-256-gcm", key, key.subarray(0, 12), text, text));
    }), { seed: 5, numRuns: 60 });
  });
});

describe("what is not genuine", () => {
  const recipient = DEFAULT_SUITE.kem.generateKeyPair(), aad = Buffer.from("aad");

  it("opens what was sealed, 48 bytes larger, and refuses every change of one bit", () => {
    const sealed = sealOnce(DEFAULT_SUITE, recipient, terms, aad, Buffer.from("hello"));
    expect(sealed.length).toBe(5 + HPKE_OVERHEAD_BYTES);
    expect(openOnce(DEFAULT_SUITE, sealed, recipient, terms, aad).toString()).toBe("hello");
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      // X25519 ignores the highest bit of a key (RFC 7748 section 5), yet it is bound by the KEM's context.
      expect(() => openOnce(DEFAULT_SUITE, changed, recipient, terms, aad)).toThrowError(ProtocolError);
    }
  });

  it("refuses another key, info, aad, sender, pre-shared key, a cut message and a key of small order", () => {
    const sender = DEFAULT_SUITE.kem.generateKeyPair(), preSharedKey = { id: Buffer.from("id"), secret: Buffer.alloc(32, 1) };
    const sealed = sealOnce(DEFAULT_SUITE, recipient, { ...terms, preSharedKey }, aad, Buffer.from("hello"), sender);
    const open = (own: KeyPair, all: ContextTerms, text: Buffer, from?: PublicKey) => () => openOnce(DEFAULT_SUITE, sealed, own, all, text, from);
    expect(open(recipient, { ...terms, preSharedKey }, aad, sender)().toString()).toBe("hello");
    for (const wrong of [
      open(sender, { ...terms, preSharedKey }, aad, sender), open(recipient, { info: NONE, preSharedKey }, aad, sender), open(recipient, { ...terms, preSharedKey }, NONE, sender),
      open(recipient, { ...terms, preSharedKey }, aad, recipient), open(recipient, terms, aad, sender), open(recipient, { ...terms, preSharedKey }, aad),
      () => openOnce(DEFAULT_SUITE, sealed.subarray(0, 31), recipient, terms, aad), () => openOnce(DEFAULT_SUITE, Buffer.alloc(60), recipient, terms, aad),
    ]) expect(wrong).toThrowError(ProtocolError);
    expect(() => sealOnce(DEFAULT_SUITE, recipient, { ...terms, preSharedKey: { id: NONE, secret: Buffer.alloc(32) } }, aad, NONE)).toThrowError(/pre-shared key must/);
    expect(() => DH_KEMS.p256.parsePublicKey(Buffer.alloc(65, 4))).toThrowError(/point of the curve/);
  });

  it("opens messages in their order only, and still opens the genuine one after a forged one", () => {
    const { encapsulated, sealer } = setupSender(DEFAULT_SUITE, recipient, terms), opener = setupRecipient(DEFAULT_SUITE, encapsulated, recipient, terms);
    const [first, second] = [sealer.seal(aad, Buffer.from("1")), sealer.seal(aad, Buffer.from("2"))];
    expect(() => opener.open(aad, second)).toThrowError(ProtocolError);
    expect(opener.open(aad, first).toString()).toBe("1");
    expect(() => opener.open(aad, first)).toThrowError(ProtocolError);
    expect(opener.open(aad, second).toString()).toBe("2");
    sealer.destroy();
    expect(() => sealer.seal(aad, first)).toThrowError(/living context/);
  });

  it("counts nonces beyond 2^32", () => {
    expect(nonceOf(Buffer.alloc(12), 2 ** 32 + 5).toString("hex")).toBe("000000000000000100000005");
    expect(AEADS.aes128Gcm.nonceBytes).toBe(12);
  });
});
