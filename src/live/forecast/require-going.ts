/** The end of a comparison that is stopped. */
import { LimitError } from "../../core/errors.js";

/** @throws {LimitError} when it was stopped. */
export function requireGoing(signal: AbortSignal): void {
  if (signal.aborted) throw new LimitError({ subject: "the comparison", rule: "run to its end", got: "a stop", hint: "Give the command again: finished parts are kept." });
}
