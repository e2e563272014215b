/** Whether an answer is right: exact match after normalisation, and token F1 for answers that say more. */
import type { Query } from "./query.js";

/** Scores of one answer. */
export interface AnswerScore {
  /** Equal to an accepted form after normalisation. */
  readonly isExact: boolean;
  /** Largest token F1 over the accepted forms. From 0 to 1. */
  readonly f1: number;
}

/** Letters that end nothing and stand between words; signs within numbers and blood groups stay. */
const PUNCTUATION = /[!?;:"'()[\]{}]|[.,](?!\d)/g;
const ARTICLES = /\b(a|an|the)\b(?![+-])/g;

/**
 * Lower case, without punctuation and articles, single blanks. "1.25%" and "AB-" keep their signs.
 *
 * @source Rajpurkar et al. 2016, SQuAD, EMNLP: evaluation script; there all punctuation goes, here signs that carry meaning stay.
 */
export function normalizeAnswer(text: string): string {
  const bare = text.toLowerCase().replaceAll(PUNCTUATION, " ").replaceAll(/\s+/g, " ").trim();
  const withoutArticles = bare.replaceAll(ARTICLES, " ").replaceAll(/\s+/g, " ").trim();
  // An answer that is an article, the grade A, stays.
  return withoutArticles === "" ? bare : withoutArticles;
}

/** Scores an answer to a query. */
export function scoreAnswer(query: Pick<Query, "accepted">, text: string): AnswerScore {
  const given = normalizeAnswer(text), forms = query.accepted.map(normalizeAnswer);
  return { isExact: forms.includes(given), f1: Math.max(...forms.map((form) => tokenF1(form, given))) };
}

/** Harmonic mean of precision and recall of words, counted with repeats. Both texts normalised; 1 when both are empty. */
export function tokenF1(expected: string, given: string): number {
  const wanted = words(expected), got = words(given);
  if (wanted.length === 0 || got.length === 0) return wanted.length === got.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  let same = 0;
  for (const word of got) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    same++;
  }
  return same === 0 ? 0 : 2 * same / (wanted.length + got.length);
}

function words(text: string): string[] { return text === "" ? [] : text.split(" "); }
