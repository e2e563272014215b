/** Sentences with marked personal data, in the format of Presidio Research. */
import { z } from "zod";
import { DataError } from "../../core/errors.js";
import { parseJsonText } from "./parse-json-text.js";

/** A marked piece of a sentence. */
export interface MarkedSpan {
  /** PERSON, PHONE_NUMBER, ... */
  readonly type: string;
  /** First letter and the one after the last, in UTF-16 units as JavaScript counts. */
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** A sentence with its spans by rising start, and the number of the template that it was made from. */
export interface MarkedSentence { readonly text: string; readonly template: number; readonly spans: readonly MarkedSpan[] }

const schema = z.array(z.object({
  full_text: z.string(), template_id: z.number().int().min(0),
  spans: z.array(z.object({ entity_type: z.string().min(1), entity_value: z.string(), start_position: z.number().int().min(0), end_position: z.number().int().min(0) })),
}));

/** Parses the file. @throws {DataError} when it is not of this form, or a span's letters are not where it says. */
export function parsePresidio(text: string, file: string): readonly MarkedSentence[] {
  return parseJsonText(text, file, schema, "a list of sentences with full_text and spans").map(({ full_text, template_id, spans }, row) => {
    const toUnits = unitPositions(full_text);
    const marked = spans.map(({ entity_type, entity_value, start_position, end_position }): MarkedSpan => {
      const start = toUnits(start_position), end = toUnits(end_position);
      if (full_text.slice(start, end) === entity_value) return { type: entity_type, start, end, value: entity_value };
      throw new DataError({
        subject: `a span of ${file}`, rule: `mark the letters "${entity_value}"`, got: full_text.slice(start, end), where: `sentence ${row}`, hint: "Use the file as it is published.",
      });
    });
    return { text: full_text, template: template_id, spans: marked.sort((a, b) => a.start - b.start) };
  });
}

/** The file counts code points, JavaScript UTF-16 units: they differ behind letters outside the basic plane. */
function unitPositions(text: string): (position: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (position) => position;
  const letters = Array.from(text);
  return (position) => letters.slice(0, position).join("").length;
}
