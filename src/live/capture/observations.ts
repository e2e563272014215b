/**
 * What each observer of the threat model has of a live system, and the file of a capture that it goes to: one line of JSON for each
 * observation, written as it is made. Instants are microseconds since 1970.
 */
import { join } from "node:path";
import { z } from "zod";
import { AREA_NAMES } from "../../world/knowledge/knowledge-area.js";

const instant = z.number().nonnegative(), hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Bytes as they passed a wire, whole and untouched: what someone on the path has. `source` is the address of the side that connected. */
export const tappedPieceForm = z.object({ atUs: instant, source: z.string(), connection: z.int(), direction: z.enum(["up", "down"]), bytes: z.base64() });

/** An exchange as the relay has it: the client's address, sizes and instants of sealed bytes. */
export const relayedForm = z.object({ clientId: z.number(), requestAtUs: instant, requestBytes: z.number(), chunks: z.array(z.object({ atUs: instant, bytes: z.number() })) });

/** A consult as the operator of gateway and experts has it, opened: words after redaction, the token's serial, its own answer. */
export const consultedForm = z.object({ arrivedAtUs: instant, area: z.enum(AREA_NAMES), requestBytes: z.int(), serial: hash, question: z.string(), answer: z.string() });

/** A booking as the ledger's operator has it. An account is the digest of its secret; a spent token names nobody but the payee. */
export const bookedForm = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("bought"), atUs: instant, account: hash, tokens: z.int() }),
  z.object({ kind: z.literal("spent"), atUs: instant, payee: z.string(), serial: hash }),
  z.object({ kind: z.literal("refunded"), atUs: instant, serial: hash }),
]);

/** One observation of each kind. */
export type TappedPiece = z.output<typeof tappedPieceForm>;
/** See `relayedForm`. */
export type SeenExchange = z.output<typeof relayedForm>;
/** See `consultedForm`. */
export type ConsultedQuestion = z.output<typeof consultedForm>;
/** See `bookedForm`. */
export type Booking = z.output<typeof bookedForm>;

/** Files of a capture, by who could have written them. */
export const captureFiles = {
  path: (folder: string): string => join(folder, "path.jsonl"), gatewayLink: (folder: string): string => join(folder, "gateway-link.jsonl"),
  relay: (folder: string): string => join(folder, "relay.jsonl"), expert: (folder: string): string => join(folder, "expert.jsonl"), ledger: (folder: string): string => join(folder, "ledger.jsonl"),
} as const;
