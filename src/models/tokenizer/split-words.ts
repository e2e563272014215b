/**
 * Cuts a text into the pieces within which tokens are merged: contractions, words, numbers and signs, each with one space before it,
 * and other white space.
 *
 * @source Radford et al. 2019, release of GPT-2, encoder.py; llama.cpp's pre-tokenizer "gpt-2" cuts alike.
 */
const PIECE = /'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Pieces in order; together they are the text. */
export function splitWords(text: string): string[] { return text.match(PIECE) ?? []; }
