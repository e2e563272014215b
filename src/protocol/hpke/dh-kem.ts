/**
 * Key encapsulation from Diffie-Hellman: a fresh key pair meets the recipient's key, and the shared secret is bound to
 * both public keys. @source RFC 9180 section 4.1.
 */
import { ProtocolError } from "../protocol-error.js";
import { generateGroupKeyPair, isMontgomery, KEY_GROUPS, parsePrivateKey, parsePublicKey, sharedSecret, type KeyGroup, type KeyPair, type PublicKey } from "./key-groups.js";
import type { Encapsulation, Kem } from "./kem.js";
import { KDFS, labeledExpand, labeledExtract, type Kdf } from "./labeled-kdf.js";

const NONE = Buffer.alloc(0);
const LARGEST_CANDIDATE_COUNT = 256;

/** Orders of the groups with a bounded private key, and the mask of its first byte. @source RFC 9180 section 7.1.3; SEC 2. */
const ORDERS: Readonly<Record<string, { readonly order: Buffer; readonly mask: number }>> = {
  "P-256": { order: Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex"), mask: 0xff },
  "P-521": { order: Buffer.from("01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409", "hex"), mask: 0x01 },
};

/** The four KEMs of RFC 9180 that the protocol can speak. */
export const DH_KEMS = {
  x25519: makeDhKem(0x0020, KEY_GROUPS.x25519, KDFS.hkdfSha256),
  x448: makeDhKem(0x0021, KEY_GROUPS.x448, KDFS.hkdfSha512),
  p256: makeDhKem(0x0010, KEY_GROUPS.p256, KDFS.hkdfSha256),
  p521: makeDhKem(0x0012, KEY_GROUPS.p521, KDFS.hkdfSha512),
} as const;

function makeDhKem(id: number, group: KeyGroup, kdf: Kdf): Kem<KeyPair, PublicKey> {
  const suiteId = Buffer.from([0x4b, 0x45, 0x4d, id >>> 8, id & 255]);
  const agree = (shares: readonly Buffer[], context: readonly Buffer[]): Buffer => extractAndExpand(kdf, suiteId, shares, context);
  return {
    id, encapsulatedBytes: group.publicBytes, publicBytes: group.publicBytes,
    generateKeyPair: () => generateGroupKeyPair(group),
    deriveKeyPair: (material) => deriveKeyPair(group, kdf, suiteId, material),
    parsePublicKey: (bytes) => parsePublicKey(group, bytes),
    parsePrivateKey: (bytes) => parsePrivateKey(group, bytes),
    encapsulate(recipient, sender, ephemeral = generateGroupKeyPair(group)): Encapsulation {
      const shares = [sharedSecret(ephemeral, recipient), ...(sender === undefined ? [] : [sharedSecret(sender, recipient)])];
      const context = [ephemeral.bytes, recipient.bytes, ...(sender === undefined ? [] : [sender.bytes])];
      return { encapsulated: ephemeral.bytes, secret: agree(shares, context) };
    },
    decapsulate(encapsulated, recipient, sender): Buffer {
      const ephemeral = parsePublicKey(group, encapsulated);
      const shares = [sharedSecret(recipient, ephemeral), ...(sender === undefined ? [] : [sharedSecret(recipient, sender)])];
      return agree(shares, [ephemeral.bytes, recipient.bytes, ...(sender === undefined ? [] : [sender.bytes])]);
    },
  };
}

function extractAndExpand(kdf: Kdf, suiteId: Buffer, shares: readonly Buffer[], context: readonly Buffer[]): Buffer {
  const joined = Buffer.concat(shares);
  const key = labeledExtract(kdf, suiteId, NONE, "eae_prk", joined);
  const secret = labeledExpand(kdf, suiteId, key, "shared_secret", Buffer.concat(context), kdf.bytes);
  for (const spent of [joined, key, ...shares]) spent.fill(0);
  return secret;
}

/** @source RFC 9180 section 7.1.3. */
function deriveKeyPair(group: KeyGroup, kdf: Kdf, suiteId: Buffer, material: Uint8Array): KeyPair {
  const key = labeledExtract(kdf, suiteId, NONE, "dkp_prk", material);
  if (isMontgomery(group)) return parsePrivateKey(group, labeledExpand(kdf, suiteId, key, "sk", NONE, group.privateBytes));
  const { order, mask } = ORDERS[group.curve]!;
  for (let counter = 0; counter < LARGEST_CANDIDATE_COUNT; counter++) {
    const candidate = labeledExpand(kdf, suiteId, key, "candidate", Buffer.of(counter), group.privateBytes);
    candidate[0]! &= mask;
    if (candidate.some((byte) => byte !== 0) && candidate.compare(order) < 0) return parsePrivateKey(group, candidate);
  }
  throw new ProtocolError("malformed", "key material", "give a private key within 256 candidates", material.length, "Use other key material.");
}
