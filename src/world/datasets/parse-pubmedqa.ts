/** Medical questions with abstracts and decisions, in the format of PubMedQA's labelled part. */
import { z } from "zod";
import { parseJsonText } from "./parse-json-text.js";

/** A question on an abstract. */
export interface MedicalQuestion {
  /** Number of the article in PubMed. */
  readonly id: string;
  readonly question: string;
  /** Paragraphs of the abstract without its conclusion. */
  readonly contexts: readonly string[];
  /** The conclusion in words. */
  readonly longAnswer: string;
  readonly answer: "yes" | "no" | "maybe";
}

const schema = z.record(z.string(), z.object({
  QUESTION: z.string().min(1), CONTEXTS: z.array(z.string()), LONG_ANSWER: z.string(), final_decision: z.enum(["yes", "no", "maybe"]),
}));

/** Parses the file. @throws {DataError} when it is not of this form. */
export function parsePubmedqa(text: string, file: string): readonly MedicalQuestion[] {
  return Object.entries(parseJsonText(text, file, schema, "a map of articles with QUESTION, CONTEXTS, LONG_ANSWER and final_decision"))
    .map(([id, { QUESTION, CONTEXTS, LONG_ANSWER, final_decision }]) => ({ id, question: QUESTION, contexts: CONTEXTS, longAnswer: LONG_ANSWER, answer: final_decision }));
}
