/**
 * Learns a tokenizer from texts: again and again the most frequent pair of neighbours becomes a token. Of pairs that are equally
 * frequent the one with the lowest numbers is taken, so the same texts give the same tokens on every machine and in any order.
 *
 * @source Sennrich, Haddow and Birch 2016, arXiv:1508.07909, algorithm 1.
 */
import { ConfigError } from "../../core/errors.js";
import { spellBytes } from "./byte-alphabet.js";
import { splitWords } from "./split-words.js";
import { Tokenizer } from "./tokenizer.js";

/** How to learn. */
export interface LearnTokenizerOptions {
  /** Tokens in all, special ones and bytes included. */
  readonly size: number;
  readonly specials: readonly string[];
}

const BYTES = 256;
const PAIR_SPAN = 2 ** 24;
/** A pair seen less often is not joined: it would teach nothing. */
const LEAST_COUNT = 2;

/** A word of the texts as bytes and joined bytes, numbered from 0 without special tokens. */
interface Word { tokens: number[]; readonly count: number }

/** Counts of neighbours, and the words that hold them. */
interface PairIndex {
  readonly counts: Map<number, number>;
  readonly words: Map<number, Set<Word>>;
}

/**
 * A tokenizer of at most `size` tokens; fewer when no pair is left that occurs twice.
 *
 * @throws {ConfigError} when `size` leaves no room for bytes.
 */
export function learnTokenizer(texts: Iterable<string>, { size, specials }: LearnTokenizerOptions): Tokenizer {
  const mergeCount = size - specials.length - BYTES;
  if (!(mergeCount >= 0)) throw new ConfigError({ subject: "the size of a vocabulary", rule: `be at least ${specials.length + BYTES}`, got: size, hint: "Every byte and every special token needs a number." });
  const spellings = Array.from({ length: BYTES }, (_, byte) => spellBytes(Uint8Array.of(byte))), index = indexPairs(countWords(texts));
  const merges: [string, string][] = [];
  while (merges.length < mergeCount) {
    const pair = mostFrequent(index.counts);
    if (pair === undefined) break;
    const [left, right] = [Math.floor(pair / PAIR_SPAN), pair % PAIR_SPAN], joined = spellings[left]! + spellings[right]!;
    const known = spellings.indexOf(joined, BYTES);
    if (known < 0) {
      merges.push([spellings[left]!, spellings[right]!]);
      spellings.push(joined);
    }
    joinPair(index, pair, known < 0 ? spellings.length - 1 : known);
  }
  return new Tokenizer({ specials, merges });
}

function countWords(texts: Iterable<string>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const encoder = new TextEncoder();
  return [...counts].map(([word, count]) => ({ tokens: [...encoder.encode(word)], count }));
}

function indexPairs(words: readonly Word[]): PairIndex {
  const index: PairIndex = { counts: new Map(), words: new Map() };
  for (const word of words) countPairs(index, word, 1);
  return index;
}

/** Adds the pairs of a word to the index, or takes them out. */
function countPairs({ counts, words }: PairIndex, word: Word, sign: 1 | -1): void {
  for (let i = 0; i + 1 < word.tokens.length; i++) {
    const pair = word.tokens[i]! * PAIR_SPAN + word.tokens[i + 1]!, count = (counts.get(pair) ?? 0) + sign * word.count;
    if (count === 0) counts.delete(pair); else counts.set(pair, count);
    const holders = words.get(pair) ?? new Set();
    if (sign === 1) holders.add(word); else holders.delete(word);
    words.set(pair, holders);
  }
}

function mostFrequent(counts: ReadonlyMap<number, number>): number | undefined {
  let best: number | undefined, most = LEAST_COUNT - 1;
  for (const [pair, count] of counts) {
    if (count > most || (count === most && best !== undefined && pair < best)) [best, most] = [pair, count];
  }
  return best;
}

function joinPair(index: PairIndex, pair: number, token: number): void {
  const left = Math.floor(pair / PAIR_SPAN), right = pair % PAIR_SPAN;
  for (const word of [...index.words.get(pair)!]) {
    countPairs(index, word, -1);
    const joined: number[] = [];
    for (let i = 0; i < word.tokens.length; i++) {
      const isPair = word.tokens[i] === left && word.tokens[i + 1] === right;
      joined.push(isPair ? token : word.tokens[i]!);
      if (isPair) i++;
    }
    word.tokens = joined;
    countPairs(index, word, 1);
  }
}
