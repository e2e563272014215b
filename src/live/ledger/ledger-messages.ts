/** What the ledger is asked and answers: JSON with bytes in base64url. */
import { z } from "zod";
import { LiveError } from "../transport/live-error.js";

const bytes = z.string().max(8192).regex(/^[A-Za-z0-9_-]*$/).transform((text) => Buffer.from(text, "base64url"));
const serial = z.string().regex(/^[0-9a-f]{64}$/);

/** Bodies by path. */
export const LEDGER_FORMS = {
  /** Whoever knows the secret is the account: its name is the secret's digest. */
  "/issue": z.strictObject({ secret: bytes, orderId: z.string().min(1).max(100), requests: z.string().max(400_000).regex(/^[A-Za-z0-9_-]*$/).transform((text) => Buffer.from(text, "base64url")) }),
  "/redeem": z.strictObject({ token: bytes, claim: serial }),
  "/settle": z.strictObject({ serial }),
  "/refund": z.strictObject({ serial, request: bytes, secret: bytes.optional() }),
} as const;

/** A path of the ledger that takes a body. */
export type LedgerPath = keyof typeof LEDGER_FORMS;
/** A parsed body. */
export type LedgerBody<Path extends LedgerPath> = z.output<(typeof LEDGER_FORMS)[Path]>;
/** A body as it is sent. */
export type LedgerInput<Path extends LedgerPath> = z.input<(typeof LEDGER_FORMS)[Path]>;

/** Headers by which a payee names and proves itself. */
export const PAYEE_HEADERS = { name: "plmm-payee", secret: "plmm-payee-secret" } as const;

/** Parses a body. @throws {LiveError} bad-request. */
export function parseLedgerBody<Path extends LedgerPath>(path: Path, body: Uint8Array): LedgerBody<Path> {
  try {
    return LEDGER_FORMS[path].parse(JSON.parse(Buffer.from(body).toString("utf8"))) as LedgerBody<Path>;
  } catch {
    throw new LiveError("bad-request", "a request to the ledger", `be of the form of ${path}`, `${body.length} bytes`, "Update the side that is behind.");
  }
}
