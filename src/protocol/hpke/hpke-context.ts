/** Contexts of HPKE: one side seals, the other opens, in the same order. @source RFC 9180 sections 5.2 and 5.3. */
import { invariant } from "../../core/errors.js";
import { forgedMessage } from "../protocol-error.js";
import { openAead, sealAead, type Aead } from "./aead.js";
import { labeledExpand, type Kdf } from "./labeled-kdf.js";

/** Keys of a context. Cleared by `destroy`. The exporter's secret is derived from the schedule's when it is asked for. */
export interface ContextKeys { readonly suiteId: Buffer; readonly key: Buffer; readonly baseNonce: Buffer; readonly scheduleSecret: Buffer; readonly scheduleContext: Buffer }

/** Beyond this many messages a JavaScript number would no longer count; the RFC's own limit is 2^96 - 1. */
const LARGEST_SEQUENCE: number = Number.MAX_SAFE_INTEGER;
const WORD_SPAN = 2 ** 32;

/**
 * Nonce of a message: the base nonce XOR its number, big-endian, at the end.
 *
 * @param sequence Number of the message from 0. Safe integer.
 */
export function nonceOf(baseNonce: Buffer, sequence: number): Buffer {
  const nonce = Buffer.from(baseNonce), end = nonce.length;
  nonce.writeUInt32BE((nonce.readUInt32BE(end - 4) ^ sequence) >>> 0, end - 4);
  nonce.writeUInt32BE((nonce.readUInt32BE(end - 8) ^ Math.floor(sequence / WORD_SPAN)) >>> 0, end - 8);
  return nonce;
}

class HpkeContext {
  protected sequence = 0;

  constructor(private readonly methods: { readonly kdf: Kdf; readonly aead: Aead }, protected readonly keys: ContextKeys) {}

  /** A secret that both sides of the context have, for another use. @source RFC 9180 section 5.3. */
  exportSecret(exporterContext: Uint8Array, bytes: number): Buffer {
    const { kdf } = this.methods, { suiteId, scheduleSecret, scheduleContext } = this.keys;
    const exporter = labeledExpand(kdf, suiteId, scheduleSecret, "exp", scheduleContext, kdf.bytes);
    const secret = labeledExpand(kdf, suiteId, exporter, "sec", exporterContext, bytes);
    exporter.fill(0);
    return secret;
  }

  /** Clears the keys; the context is of no use afterwards. */
  destroy(): void {
    for (const key of [this.keys.key, this.keys.baseNonce, this.keys.scheduleSecret]) key.fill(0);
    this.sequence = NaN;
  }

  protected get cipher(): string {
    const { cipher } = this.methods.aead;
    invariant(cipher !== undefined, "seal and open under a suite with a cipher", "an export-only suite");
    return cipher;
  }

  protected nonce(): Buffer {
    invariant(this.sequence < LARGEST_SEQUENCE, "number the messages of a living context below 2^53", this.sequence);
    return nonceOf(this.keys.baseNonce, this.sequence);
  }
}

/** Seals messages, one after another. */
export class HpkeSealer extends HpkeContext {
  /** @returns Ciphertext and tag: 16 bytes more than `plaintext`. */
  seal(aad: Uint8Array, plaintext: Uint8Array): Buffer {
    const sealed = sealAead(this.cipher, this.keys.key, this.nonce(), aad, plaintext);
    this.sequence++;
    return sealed;
  }
}

/** Opens messages in the order in which they were sealed. */
export class HpkeOpener extends HpkeContext {
  /** @throws {ProtocolError} reason forged; the place in the order is kept, so the genuine message can still come. */
  open(aad: Uint8Array, sealed: Uint8Array): Buffer {
    if (sealed.length === 0) throw forgedMessage("a sealed message");
    const plaintext = openAead(this.cipher, this.keys.key, this.nonce(), aad, sealed);
    this.sequence++;
    return plaintext;
  }
}
