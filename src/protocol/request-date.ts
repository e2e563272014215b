/** The instant at which a request was sealed, as its own field inside the seal. @source RFC 9458 section 6.5.1; RFC 9110 section 6.6.1. */
import type { Fields } from "./binary-http.js";
import { ProtocolError } from "./protocol-error.js";

const FIELD = "date";

/** The field. @param nowS Whole seconds since 1970. */
export function dateField(nowS: number): readonly [name: string, value: string] { return [FIELD, new Date(nowS * 1000).toUTCString()]; }

/** Reads it. Seconds since 1970. @throws {ProtocolError} reason malformed, when there is none or more than one, or no date. */
export function sealedAtOf(fields: Fields): number {
  const dates = fields.filter(([name]) => name === FIELD), instant = Date.parse(dates[0]?.[1] ?? "") / 1000;
  if (dates.length === 1 && Number.isSafeInteger(instant)) return instant;
  throw new ProtocolError("malformed", "a request", "state one date", dates.length === 1 ? "no date" : dates.length, "Add a date field when sealing.");
}
