/** Byte-level BPE tokenizers as settings of a GGUF file, and the smallest one: a token per byte. */
import { BYTE_LETTERS } from "../tokenizer/byte-alphabet.js";
import type { GgufMetadata, GgufValue } from "./gguf-file.js";

/** What a GGUF file says of its tokenizer, for byte-level BPE ("gpt2"). */
export interface GgufTokenizer {
  /** Text of each token, with bytes written as printable letters; index is the token. */
  readonly tokens: readonly string[];
  /** Pairs to merge, first ones first: "Ġ t". */
  readonly merges: readonly string[];
  /** Tokens that stand for no text. */
  readonly controlTokens: readonly number[];
  /** How llama.cpp cuts text before merging: "gpt-2", "llama-bpe", "default", ... */
  readonly splitter: string;
  /** First token of a text; may be one with `endToken`. */
  readonly startToken: number;
  /** Ends an answer. */
  readonly endToken: number;
  readonly addsStart: boolean;
  /** Jinja template of a conversation. */
  readonly chatTemplate?: string;
}

/** Codes of token types in files. */
const TOKEN_TYPES = { normal: 1, control: 3 } as const;

/** Settings that describe a tokenizer. */
export function tokenizerMetadata(tokenizer: GgufTokenizer): GgufMetadata {
  const { tokens, merges, controlTokens, splitter, startToken, endToken, addsStart, chatTemplate } = tokenizer, controls = new Set(controlTokens);
  const settings: [string, GgufValue][] = [
    ["model", { type: "string", value: "gpt2" }],
    ["pre", { type: "string", value: splitter }],
    ["tokens", { type: "array", itemType: "string", items: tokens }],
    ["token_type", { type: "array", itemType: "int32", items: tokens.map((_, token) => (controls.has(token) ? TOKEN_TYPES.control : TOKEN_TYPES.normal)) }],
    ["merges", { type: "array", itemType: "string", items: merges }],
    ["bos_token_id", { type: "uint32", value: startToken }],
    ["eos_token_id", { type: "uint32", value: endToken }],
    ["add_bos_token", { type: "bool", value: addsStart }],
  ];
  const template: [string, GgufValue][] = chatTemplate === undefined ? [] : [["tokenizer.chat_template", { type: "string", value: chatTemplate }]];
  return new Map([...settings.map(([key, value]) => [`tokenizer.ggml.${key}`, value] as const), ...template]);
}

/** A tokenizer with a token per byte, a few merges of English, and an end token. 256 + merges + 1 tokens. */
export function byteTokenizer(size: number = 256 + FIRST_MERGES.length + 1): GgufTokenizer {
  const plain = [...BYTE_LETTERS, ...FIRST_MERGES.map((merge) => merge.replace(" ", ""))], fillerCount = size - plain.length - 1;
  const fillers = Array.from({ length: fillerCount }, (_, i) => `<|unused-${i}|>`), endToken = size - 1;
  return {
    tokens: [...plain, ...fillers, "<|end|>"], merges: FIRST_MERGES, controlTokens: [...fillers.map((_, i) => plain.length + i), endToken],
    splitter: "gpt-2", startToken: endToken, endToken, addsStart: false,
  };
}

/** "Ġ" is the space. */
const FIRST_MERGES: readonly string[] = ["Ġ t", "h e", "Ġ a", "i n", "r e", "o n", "Ġt he"];
