/** Our tokenizer as a GGUF file states it, so that llama.cpp cuts texts into the same tokens. */
import type { GgufTokenizer } from "../gguf/tokenizer-metadata.js";
import type { Tokenizer } from "./tokenizer.js";

/**
 * Settings of a tokenizer for a GGUF file. Texts get no first token.
 *
 * @param endName Special token that ends an answer.
 * @throws {DataError} when the tokenizer has no such token.
 */
export function ggufTokenizer(tokenizer: Tokenizer, endName: string): GgufTokenizer {
  const { specials, merges } = tokenizer.table, endToken = tokenizer.special(endName);
  return {
    tokens: Array.from({ length: tokenizer.size }, (_, token) => tokenizer.spell(token)), merges: merges.map(([left, right]) => `${left} ${right}`),
    controlTokens: specials.map((_, token) => token), splitter: "gpt-2", startToken: endToken, endToken, addsStart: false,
  };
}
