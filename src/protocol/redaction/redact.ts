/** Minimises a text before it leaves: personal spans become pseudonyms or coarser words. */
import { findSpans, type Profile } from "./find-spans.js";
import { generalizeSpan } from "./generalize.js";
import type { PersonalSpan, SpanType } from "./personal-span.js";
import { PSEUDONYM_PATTERN, type PseudonymTable } from "./pseudonyms.js";

/** What is done with a type. */
export type Treatment = "pseudonym" | "generalize" | "keep";

/** How to minimise. */
export interface RedactionTerms {
  readonly table: PseudonymTable;
  /** The user's own values. */
  readonly profile?: Profile;
  /** By type; pseudonyms where nothing is said. */
  readonly treatments?: Readonly<Partial<Record<SpanType, Treatment>>>;
}

/** A text that may leave, and what was replaced in it, as places of the original. */
export interface RedactedText { readonly text: string; readonly spans: readonly PersonalSpan[] }

/** Replaces personal spans. With pseudonyms alone, `restoreText` gives back every text to the letter. */
export function redact(text: string, { table, profile = [], treatments = {} }: RedactionTerms): RedactedText {
  const literals = [...text.matchAll(PSEUDONYM_PATTERN)].map(({ 0: literal, index }) => ({ start: index, end: index + literal.length }));
  const spans = findSpans(text, profile).filter(({ start, end, type }) => treatments[type] !== "keep" && literals.every((literal) => end <= literal.start || start >= literal.end));
  let out = "", at = 0;
  for (const { type, start, end } of [...spans, ...literals.map((literal) => ({ ...literal, type: undefined }))].sort((a, b) => a.start - b.start)) {
    const original = text.slice(start, end), isCoarse = type !== undefined && treatments[type] === "generalize";
    out += text.slice(at, start) + (isCoarse ? generalizeSpan(type, original) : table.pseudonymOf(type, original));
    at = end;
  }
  return { text: out + text.slice(at), spans };
}
