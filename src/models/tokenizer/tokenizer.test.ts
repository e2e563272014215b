import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../core/errors.js";
import { spellBytes, unspellBytes } from "./byte-alphabet.js";
import { learnTokenizer } from "./learn-tokenizer.js";
import { splitWords } from "./split-words.js";
import { formatTokenizer, parseTokenizer, Tokenizer } from "./tokenizer.js";

const TEXTS = ["low low low low low lower lower newest newest newest newest newest newest widest widest widest", "the lowest, the newest: 12 and 12 things", "größer als Größe 🦙🦙"];
const learned = learnTokenizer(TEXTS, { size: 280, specials: ["<end>", "<user>"] });
const texts = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), fc.array(fc.constantFrom("low", " newest", "  ", "\n", "'s", "12", "é", "🦙", "<end>")).map((parts) => parts.join("")));

/** With U+FFFD for each half of a surrogate pair. */
function wellFormed(text: string): string { return Buffer.from(text).toString("utf8"); }

describe("a tokenizer", () => {
  test("gives any well-formed text back, with and without merges", () => {
    const plain = new Tokenizer({ specials: [], merges: [] });
    fc.assert(fc.property(texts, (text) => {
      for (const tokenizer of [learned, plain]) expect(tokenizer.decode(tokenizer.encode(text))).toBe(wellFormed(text));
    }), { seed: 1, numRuns: 300 });
  });

  test("never makes a special token of a text, and leaves special tokens out of one", () => {
    expect(learned.encode("<end>").every((token) => token >= 2)).toBe(true);
    expect(learned.decode([...learned.encode("new"), learned.special("<end>")])).toBe("new");
    expect(() => learned.special("<begin>")).toThrow(DataError);
  });

  test("joins as the plain rule does: always the lowest rank, all of its places from the left", () => {
    fc.assert(fc.property(texts, (text) => {
      expect(learned.encode(text)).toEqual(splitWords(text).flatMap((word) => encodePlainly(learned, word)));
    }), { seed: 2, numRuns: 300 });
  });

  test("is the same after it was written and read", () => {
    const read = parseTokenizer(formatTokenizer(learned), "tokenizer.json");
    expect(read.table).toEqual(learned.table);
    expect(read.size).toBe(learned.size);
    for (const text of ["", "no", '{"specials": 3}']) expect(() => parseTokenizer(text, "t.json")).toThrow(DataError);
    expect(() => new Tokenizer({ specials: [], merges: [["ab", "c"]] })).toThrow(/join tokens that exist/);
    expect(() => learned.decode([learned.size])).toThrow(DataError);
  });
});

/** The rule without shortcuts: for each merge in order, join all its places. */
function encodePlainly(tokenizer: Tokenizer, word: string): number[] {
  const { specials, merges } = tokenizer.table;
  let parts = Array.from(spellBytes(new TextEncoder().encode(word)));
  for (const [left, right] of merges) {
    const next: string[] = [];
    for (const part of parts) {
      if (next.at(-1) === left && part === right) next.splice(-1, 1, left + right); else next.push(part);
    }
    parts = next;
  }
  const spellings = Array.from({ length: tokenizer.size }, (_, token) => tokenizer.spell(token));
  return parts.map((part) => spellings.indexOf(part, specials.length));
}

describe("learning", () => {
  // The classic example: "es" and "st" are the pairs seen most (9 times in newest and widest, 1 in lowest), then "est".
  test("joins the most frequent pairs first, and of equals those with the lowest numbers", () => {
    const found = learnTokenizer([TEXTS[0]!], { size: 256 + 6, specials: [] });
    expect(found.table.merges).toEqual([["e", "s"], ["es", "t"], ["l", "o"], ["lo", "w"], ["Ġ", "n"], ["Ġ", "low"]]);
  });

  test("gives the same tokens for the texts in any order, up to the size asked for", () => {
    fc.assert(fc.property(fc.shuffledSubarray(TEXTS, { minLength: 3 }), (shuffled) => {
      expect(learnTokenizer(shuffled, { size: 280, specials: ["<end>", "<user>"] }).table).toEqual(learned.table);
    }), { seed: 1, numRuns: 6 });
    expect(learned.size).toBe(280);
    expect(learnTokenizer(["ab"], { size: 400, specials: [] }).size).toBe(256);
    expect(() => learnTokenizer([], { size: 255, specials: [] })).toThrow(ConfigError);
  });
});

describe("the pieces of a text", () => {
  // Cuts of GPT-2's published expression.
  test("are contractions, words, numbers and signs with one space, and other white space", () => {
    expect(splitWords("I'm  here, it's 12% of\n\n x9é ")).toEqual(["I", "'m", " ", " here", ",", " it", "'s", " 12", "%", " of", "\n\n", " x", "9", "é", " "]);
  });

  test("make up the text", () => {
    fc.assert(fc.property(texts, (text) => { expect(splitWords(text).join("")).toBe(text); }), { seed: 3, numRuns: 300 });
  });
});

describe("the alphabet of bytes", () => {
  // In GPT-2's vocabulary a space is Ġ, a line end Ċ, and A is A.
  test("spells bytes as GPT-2 does, and back", () => {
    expect(spellBytes(new TextEncoder().encode(" A\n"))).toBe("ĠAĊ");
    fc.assert(fc.property(fc.uint8Array(), (bytes) => { expect(unspellBytes(spellBytes(bytes))).toEqual(bytes); }), { seed: 1 });
    expect(() => unspellBytes(" ")).toThrow(DataError);
  });
});
