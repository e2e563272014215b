/** Identity of a scenario: equal for equal meaning, whatever file, units or key order it was written in. */
import { createHash } from "node:crypto";
import type { Scenario } from "./scenario-schema.js";

/** SHA-256 of the canonical JSON of a normalised scenario. 64 lower-case hex digits. */
export function fingerprintScenario(scenario: Scenario): string {
  return createHash("sha256").update(renderCanonicalJson(scenario)).digest("hex");
}

/** JSON without spaces, keys sorted by code unit, undefined keys left out; numbers in JavaScript's shortest form (RFC 8785). */
export function renderCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => renderCanonicalJson(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([key, field]) => `${JSON.stringify(key)}:${renderCanonicalJson(field)}`);
  return `{${fields.join(",")}}`;
}
