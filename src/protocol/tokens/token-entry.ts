/** What the ledger writes down about tokens. No entry joins an account with a token: the join does not exist. */
import { z } from "zod";

const serial = z.string().regex(/^[0-9a-f]{64}$/), digest = serial, name = z.string().min(1).max(200), microUsd = z.int().min(1), instantS = z.int().min(0);

const entryForm = z.discriminatedUnion("kind", [
  /** Money came in. */
  z.strictObject({ kind: z.literal("deposit"), account: name, orderId: name, microUsd }),
  /** An account paid for blind signatures. `digest` is SHA-256 of the blinded messages. */
  z.strictObject({ kind: z.literal("issue"), account: name, orderId: name, keyId: digest, count: z.int().min(1), microUsd, digest }),
  /** A token is spent with `payee`, until it is settled or refunded. `claim` is SHA-256 of a secret of the spender. */
  z.strictObject({ kind: z.literal("hold"), serial, keyId: digest, payee: name, claim: digest, untilS: instantS, microUsd }),
  /** The payee has served. */
  z.strictObject({ kind: z.literal("settle"), serial }),
  /** The value went back to the spender as a fresh token. `digest` is SHA-256 of its blinded message. */
  z.strictObject({ kind: z.literal("refund"), serial, keyId: digest, digest }),
  /** A token that bought nothing was paid out to an account. */
  z.strictObject({ kind: z.literal("return"), serial, keyId: digest, account: name, microUsd }),
]);

/** One line of the ledger's journal. Instants in seconds since 1970, money in micro-USD. */
export type TokenEntry = z.output<typeof entryForm>;

/** @throws {z.ZodError} when it is no entry. */
export function parseTokenEntry(value: unknown): TokenEntry { return entryForm.parse(value); }
