/** What a sealed message can be refused for. No secret, key or plaintext is ever part of such an error. */
import { DataError } from "../core/errors.js";

/** Why a message was refused. A gateway answers by reason; `forged` covers a wrong key too, for nobody can tell the two apart. */
export type RefusalReason = "malformed" | "oversized" | "forged" | "unknown-key" | "unknown-suite" | "replayed" | "truncated" | "rolled-back"
  | "wrong-key" | "downgraded" | "expired" | "unpaid" | "double-spent";

/** A message, file or token of the protocol that was refused. */
export class ProtocolError extends DataError {
  readonly reason: RefusalReason;

  /**
   * @param got Sizes and identifiers only.
   * @param cause Left out on purpose by callers when it could tell an attacker where opening failed.
   */
  constructor(reason: RefusalReason, subject: string, rule: string, got: unknown, hint: string) {
    super({ subject, rule, got, hint });
    this.reason = reason;
  }
}

/** The one answer to every message that does not open, whatever the cause. */
export function forgedMessage(subject: string): ProtocolError {
  return new ProtocolError("forged", subject, "open under the agreed key", "an authentication tag that does not fit",
    "The message was changed on its way, or sealed to another key; ask the sender to seal it again.");
}

/**
 * Refuses bytes that are not of the expected length.
 *
 * @throws {ProtocolError} reason malformed.
 */
export function requireLength(bytes: Uint8Array, expected: number, subject: string): void {
  if (bytes.length === expected) return;
  throw new ProtocolError("malformed", subject, `have ${expected} bytes`, bytes.length, "Check which suite both sides agreed on.");
}
