/** Suites by the identifiers that messages carry. */
import { ProtocolError } from "../protocol-error.js";
import { AEADS, type Aead } from "./aead.js";
import { DH_KEMS } from "./dh-kem.js";
import type { Suite } from "./hpke.js";
import type { Kem } from "./kem.js";
import type { KeyPair, PublicKey } from "./key-groups.js";
import { KDFS, type Kdf } from "./labeled-kdf.js";
import { X_WING } from "./x-wing.js";

/** The suite that the protocol speaks unless told otherwise: X25519, HKDF-SHA256, AES-128-GCM. */
export const DEFAULT_SUITE: Suite<KeyPair, PublicKey> = { kem: DH_KEMS.x25519, kdf: KDFS.hkdfSha256, aead: AEADS.aes128Gcm };

/** The suite that holds against quantum computers too: X-Wing, HKDF-SHA256, AES-256-GCM. Requests are 1088 bytes larger. */
export const HYBRID_SUITE: Suite<KeyPair, PublicKey> = { kem: X_WING, kdf: KDFS.hkdfSha256, aead: AEADS.aes256Gcm };

const KEMS: readonly Kem<KeyPair, PublicKey>[] = [...Object.values(DH_KEMS), X_WING];

/** @throws {ProtocolError} reason unknown-suite. */
export function findKem(id: number): Kem<KeyPair, PublicKey> { return find("a key encapsulation method", KEMS, id); }

/** @throws {ProtocolError} reason unknown-suite. */
export function findKdf(id: number): Kdf { return find<Kdf>("a key derivation function", Object.values(KDFS), id); }

/** @throws {ProtocolError} reason unknown-suite. */
export function findAead(id: number): Aead { return find<Aead>("an AEAD", Object.values(AEADS), id); }

function find<T extends { readonly id: number }>(subject: string, known: readonly T[], id: number): T {
  const found = known.find((method) => method.id === id);
  if (found !== undefined) return found;
  const names = known.map((method) => `0x${method.id.toString(16)}`).join(", ");
  throw new ProtocolError("unknown-suite", subject, `be one of ${names}`, `0x${id.toString(16)}`, "Fetch the key configuration again.");
}
