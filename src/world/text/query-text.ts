/** Texts made of a query: a prompt, and what the model should say. */
import type { Query } from "../queries/query.js";
import { renderCompletion } from "./render-prompt.js";
import type { TrainingText } from "./text-role.js";

/** A text from a query. @param facts False when the completion is right without them, so they are not stated. */
export function queryText(query: Query, practice: string, prompt: string, answer: string, areFactsStated: boolean = true): TrainingText {
  return { practice, prompt, completion: renderCompletion(answer), people: query.context.length > 0 ? [query.person] : [], facts: areFactsStated ? query.facts : [] };
}

/** Running text: no prompt. */
export function runningText(practice: string, sentences: readonly string[], sources: Pick<TrainingText, "people" | "facts">): TrainingText {
  return { practice, prompt: "", completion: `${sentences.join(" ")}\n`, ...sources };
}
