/** A question with everything needed to judge who should answer it, what it gives away, and whether an answer is right. */
import type { QUERY_KINDS } from "../../records/truth-record.js";
import type { AreaName, DomainName, FactRef } from "../knowledge/knowledge-area.js";
import type { AttributeId } from "../people/attributes.js";

/** What a question needs: personal data, a domain expert, both, general knowledge, or small talk. */
export type WorldQueryKind = (typeof QUERY_KINDS)[number];

/**
 * What a query has that training texts have not. train: nothing; people: the person; facts: the fact asked about;
 * phrasings: the way to ask; test: person and way to ask, about facts that training texts state.
 */
export const QUERY_SPLITS = ["train", "people", "facts", "phrasings", "test"] as const;
/** A split. */
export type QuerySplit = (typeof QUERY_SPLITS)[number];

/** One line of personal context as a retrieval hands it to P. */
export interface ContextLine { readonly attribute: AttributeId; readonly value: string }

/** The least that P must ask an expert for, and the expert's answer. */
export interface Consult {
  readonly domain: DomainName;
  readonly question: string;
  /** What the expert says back. */
  readonly note: string;
  /** Secrets of the person that the expert's question gives away. */
  readonly reveals: readonly AttributeId[];
}

/** A question. */
export interface Query {
  readonly kind: WorldQueryKind;
  readonly split: QuerySplit;
  readonly index: number;
  /** Number of the person who asks. */
  readonly person: number;
  /** Day on which it is asked; the answer is right as of then. */
  readonly day: number;
  /** Area of knowledge; absent for personal questions and small talk. */
  readonly area?: AreaName;
  readonly intent: string;
  /** The pattern behind the question, before slots are filled. */
  readonly pattern: string;
  /** As asked, with pleasantries. */
  readonly question: string;
  /** Without pleasantries. */
  readonly core: string;
  /** The few personal facts at hand: those needed and distractors, in random order. */
  readonly context: readonly ContextLine[];
  /** Attributes that the answer depends on. */
  readonly needed: readonly AttributeId[];
  /** Of the attributes that the question or its answer is about, those above open. */
  readonly secrets: readonly AttributeId[];
  readonly facts: readonly FactRef[];
  /** For mixed questions. */
  readonly consult?: Consult;
  readonly answer: string;
  /** Forms that count as right, the answer included. */
  readonly accepted: readonly string[];
}

/** What a model says that lacks what it needs. */
export const UNKNOWN_ANSWER = "i do not know";

/** The same question without the needed lines of context: the right answer is then that it is not known. */
export function hideNeeded(query: Query): Query {
  const context = query.context.filter(({ attribute }) => !query.needed.includes(attribute));
  return { ...query, context, answer: UNKNOWN_ANSWER, accepted: [UNKNOWN_ANSWER, "i don't know", "unknown"] };
}

/** Chance of a right answer by naming one of the context's values at random; 0 when the answer is none of them. */
export function copyChance(query: Query): number {
  const values = new Set(query.context.map(({ value }) => value));
  return values.has(query.answer) ? 1 / values.size : 0;
}
