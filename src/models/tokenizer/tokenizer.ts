/**
 * Byte-level tokens: text to numbers and back. Any text can be encoded, because every byte is a token.
 *
 * Numbers: special tokens first, then the 256 bytes, then one per merge, in the order in which merges were learned.
 *
 * @source Sennrich, Haddow and Birch 2016, Neural machine translation of rare words with subword units, arXiv:1508.07909; on bytes as GPT-2.
 */
import { z } from "zod";
import { DataError } from "../../core/errors.js";
import { spellBytes, unspellBytes } from "./byte-alphabet.js";
import { splitWords } from "./split-words.js";

/** A tokenizer as it is stored. */
export interface TokenizerTable {
  /** Marks that no text can spell, such as the end of an answer. */
  readonly specials: readonly string[];
  /** Two tokens that are joined, in the alphabet of bytes, most frequent first. */
  readonly merges: readonly (readonly [string, string])[];
}

const tableSchema = z.strictObject({ specials: z.array(z.string().min(1)), merges: z.array(z.tuple([z.string().min(1), z.string().min(1)])) });

const BYTES = 256;
/** Words whose tokens are remembered. */
const LARGEST_CACHE = 50_000;
/** Multiplier that makes one key of two token numbers. */
const PAIR_SPAN = 2 ** 24;

/** Encodes and decodes. */
export class Tokenizer {
  /** Bytes of each token; those of special tokens are their name. */
  private readonly bytes: Uint8Array[];
  private readonly rankOfPair = new Map<number, number>();
  private readonly knownWords = new Map<string, readonly number[]>();
  private readonly firstByte: number;
  private readonly firstMerge: number;

  /** @throws {DataError} when a merge joins what no merge before it makes, or two are the same. */
  constructor(readonly table: TokenizerTable) {
    this.firstByte = table.specials.length;
    this.firstMerge = this.firstByte + BYTES;
    this.bytes = [...table.specials.map((name) => new TextEncoder().encode(name)), ...Array.from({ length: BYTES }, (_, byte) => Uint8Array.of(byte))];
    const numberOf = new Map(this.bytes.slice(this.firstByte).map((bytes, i) => [spellBytes(bytes), this.firstByte + i]));
    table.merges.forEach(([left, right], rank) => {
      const [a, b] = [numberOf.get(left), numberOf.get(right)], joined = left + right;
      if (a === undefined || b === undefined || numberOf.has(joined)) {
        throw new DataError({ subject: "a tokenizer", rule: "join tokens that exist to new ones", got: [left, right], where: `merge ${rank}`, hint: "Use the merges in the order in which they were learned." });
      }
      this.rankOfPair.set(a * PAIR_SPAN + b, rank);
      numberOf.set(joined, this.bytes.push(unspellBytes(joined)) - 1);
    });
  }

  /** Number of tokens. */
  get size(): number { return this.bytes.length; }

  /**
   * Number of a special token.
   *
   * @throws {DataError} when there is none of that name.
   */
  special(name: string): number {
    const found = this.table.specials.indexOf(name);
    if (found >= 0) return found;
    throw new DataError({ subject: `special token "${name}"`, rule: `be one of ${this.table.specials.join(", ")}`, got: name, hint: "Use a tokenizer made for this model." });
  }

  /** Tokens of a text. Special tokens are not looked for: what a user types cannot become one. Half a surrogate pair becomes U+FFFD. */
  encode(text: string): number[] { return splitWords(text).flatMap((word) => this.encodeWord(word)); }

  /** Text of tokens, special tokens left out. Bytes that are no UTF-8, as at the end of a cut character, become U+FFFD. */
  decode(tokens: Iterable<number>): string { return new TextDecoder().decode(this.decodeBytes(tokens)); }

  /**
   * Bytes of tokens, special tokens left out.
   *
   * @throws {DataError} for a number that is no token.
   */
  decodeBytes(tokens: Iterable<number>): Uint8Array {
    const parts = Array.from(tokens, (token) => {
      const bytes = this.bytes[token];
      if (bytes === undefined) throw new DataError({ subject: "a token", rule: `be an integer from 0 to ${this.size - 1}`, got: token, hint: "Decode with the tokenizer that encoded." });
      return token < this.firstByte ? new Uint8Array() : bytes;
    });
    return new Uint8Array(Buffer.concat(parts));
  }

  /** Spelling of a token as vocabulary files have it: special tokens by name, others in the alphabet of bytes. */
  spell(token: number): string { return token < this.firstByte ? this.table.specials[token]! : spellBytes(this.bytes[token]!); }

  private encodeWord(word: string): readonly number[] {
    const known = this.knownWords.get(word);
    if (known !== undefined) return known;
    const tokens = this.mergeAll(Array.from(new TextEncoder().encode(word), (byte) => this.firstByte + byte));
    if (this.knownWords.size >= LARGEST_CACHE) this.knownWords.clear();
    this.knownWords.set(word, tokens);
    return tokens;
  }

  /** Joins the pair of the lowest rank, at its first place, until no pair can be joined. */
  private mergeAll(tokens: number[]): number[] {
    for (;;) {
      let lowest = Infinity, place = -1;
      for (let i = 0; i + 1 < tokens.length; i++) {
        const rank = this.rankOfPair.get(tokens[i]! * PAIR_SPAN + tokens[i + 1]!) ?? Infinity;
        if (rank < lowest) [lowest, place] = [rank, i];
      }
      if (place < 0) return tokens;
      tokens.splice(place, 2, this.firstMerge + lowest);
    }
  }
}

/** Text of a tokenizer's file. */
export function formatTokenizer({ table: { specials, merges } }: Tokenizer): string {
  return `${JSON.stringify({ specials, merges }, undefined, 1)}\n`;
}

/**
 * The tokenizer in the text of a file.
 *
 * @throws {DataError} for a text that holds none.
 */
export function parseTokenizer(text: string, subject: string): Tokenizer {
  const fault = (got: unknown): DataError => new DataError({ subject, rule: "be JSON with specials and merges", got, hint: "Give the tokenizer.json that lies beside the model." });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault(`${text.length} characters that are no JSON`);
  }
  const parsed = tableSchema.safeParse(json);
  if (!parsed.success) throw fault(parsed.error.issues[0]?.message);
  return new Tokenizer(parsed.data);
}
