/** Texts as features of a reader: each word, and each pair of neighbours, by its number. */
import type { FeatureTable } from "./attacks/attack.js";
import { NO_WORD } from "./attacks/word-bayes.js";

const WORDS = /[\p{L}\p{N}+-]+|\[[^\]]*\]/gu;
const FNV_OFFSET = 0x811c9dc5, FNV_PRIME = 0x01000193;

/** Words of a text in lower case; a placeholder in brackets is one word. */
export function splitWords(text: string): string[] { return text.toLowerCase().match(WORDS) ?? []; }

/** Number of a word: a 32-bit hash (FNV-1a over UTF-16 units). */
export function numberWord(word: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), FNV_PRIME);
  return hash >>> 0;
}

/**
 * Words and pairs of neighbouring words of texts.
 *
 * @returns Shape [texts, most words and pairs of any text].
 */
export function tabulateWords(texts: readonly string[]): FeatureTable {
  const rows = texts.map((text) => {
    const words = splitWords(text);
    return [...words.map(numberWord), ...words.slice(1).map((word, i) => numberWord(`${words[i]!} ${word}`))];
  });
  const columnCount = Math.max(1, ...rows.map((row) => row.length)), values = new Float64Array(rows.length * columnCount).fill(NO_WORD);
  rows.forEach((row, i) => { values.set(row, i * columnCount); });
  return { rowCount: rows.length, columnCount, values };
}
