/** Our tokenizer back from the settings of a GGUF file. */
import { DataError } from "../../core/errors.js";
import type { GgufMetadata } from "../gguf/gguf-file.js";
import { Tokenizer } from "./tokenizer.js";

/** A tokenizer and the special token that ends an answer. */
export interface EndedTokenizer { readonly tokenizer: Tokenizer; readonly endName: string }

/**
 * The inverse of `ggufTokenizer`.
 *
 * @throws {DataError} for tokenizers of another kind: ours has its special tokens first, then a token per byte, then one per merge.
 */
export function parseGgufTokenizer(metadata: GgufMetadata, where: string): EndedTokenizer {
  const tokens = textsOf(metadata, "tokens"), merges = textsOf(metadata, "merges"), end = metadata.get("tokenizer.ggml.eos_token_id");
  const tokenizer = new Tokenizer({ specials: tokens.slice(0, specialCount(metadata)), merges: merges.map((merge) => merge.split(" ") as [string, string]) });
  const foreign = tokens.findIndex((token, number) => number >= tokenizer.size || tokenizer.spell(number) !== token);
  const endName = tokenizer.table.specials[end?.type === "uint32" ? end.value : -1];
  if (foreign < 0 && tokens.length === tokenizer.size && endName !== undefined) return { tokenizer, endName };
  throw new DataError({
    subject: "the tokenizer", rule: "number special tokens first, then bytes, then merges, and end answers with a special token",
    got: foreign < 0 ? `${tokens.length} tokens that end with ${String(endName)}` : `"${tokens[foreign]}" as number ${foreign}`, where, hint: "Only files that plmm train wrote, or made from those, can be read here.",
  });
}

/** Control tokens at the beginning. */
function specialCount(metadata: GgufMetadata): number {
  const types = metadata.get("tokenizer.ggml.token_type"), CONTROL = 3;
  const items = types?.type === "array" && types.itemType === "int32" ? types.items : [];
  const first = items.findIndex((type) => type !== CONTROL);
  return first < 0 ? items.length : first;
}

function textsOf(metadata: GgufMetadata, name: string): readonly string[] {
  const found = metadata.get(`tokenizer.ggml.${name}`);
  return found?.type === "array" && found.itemType === "string" ? found.items : [];
}
