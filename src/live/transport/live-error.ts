/** Faults between processes: each has a status for the wire, a word for the log, and nothing of what was said. */
import { LimitError } from "../../core/errors.js";
import { ProtocolError, type RefusalReason } from "../../protocol/protocol-error.js";
import type { LogReason } from "../log-event.js";

const STATUS: Readonly<Record<Exclude<LogReason, RefusalReason>, number>> = {
  "bad-request": 400, "unauthorized": 401, "not-found": 404, "slow": 408, "gone": 410, "busy": 429,
  "bug": 500, "upstream": 502, "unreachable": 503, "deadline": 504,
};

/** @source RFC 9458 section 5.3 for keys; the rest as HTTP has them. */
const REFUSAL_STATUS: Readonly<Record<RefusalReason, number>> = {
  "malformed": 400, "oversized": 413, "forged": 400, "unknown-key": 422, "unknown-suite": 422, "replayed": 409, "truncated": 400, "rolled-back": 409,
  "downgraded": 400, "expired": 422, "unpaid": 402, "double-spent": 409, "wrong-key": 401,
};

/** A request that a process refuses or cannot serve. */
export class LiveError extends LimitError {
  readonly reason: LogReason;

  constructor(reason: LogReason, subject: string, rule: string, got: string | number, hint: string) {
    super({ subject, rule, got, hint });
    this.reason = reason;
  }
}

/** The word for a fault. */
export function reasonOf(error: unknown): LogReason {
  return error instanceof LiveError || error instanceof ProtocolError ? error.reason : error instanceof LimitError ? "busy" : "bug";
}

/** HTTP status of a fault. */
export function statusOf(reason: LogReason): number {
  return reason in STATUS ? STATUS[reason as keyof typeof STATUS] : REFUSAL_STATUS[reason as RefusalReason];
}

/** The fault behind a status of another process. */
export function errorOfStatus(status: number, subject: string): LiveError {
  const refusal = ({ 402: "unpaid", 409: "double-spent", 413: "oversized", 422: "unknown-key" } as const)[status];
  const reason = refusal ?? (Object.keys(STATUS) as (keyof typeof STATUS)[]).find((each) => STATUS[each] === status) ?? "upstream";
  return new LiveError(reason, subject, "answer with status 200", status, "See the log of the process behind it.");
}
