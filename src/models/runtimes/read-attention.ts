/** Sizes of attention as a GGUF file says them, and whether llama.cpp is run with flash attention on it. */
import { usesFlash } from "../../devices/host/attention-work.js";
import type { GgufHeader } from "../gguf/gguf-file.js";
import { wholeSetting } from "../gguf/llama-gguf.js";

/** Heads, those of keys and values, and numbers of a key and of a value. */
export interface AttentionSizes { readonly heads: number; readonly kvHeads: number; readonly keySize: number; readonly valueSize: number }

/** Reads them. @throws {DataError} when settings are missing. */
export function readAttention(header: GgufHeader, where: string): AttentionSizes {
  const heads = ownSetting(header, "attention.head_count", where), keySize = ownSetting(header, "attention.key_length", where, ownSetting(header, "embedding_length", where) / heads);
  return { heads, kvHeads: ownSetting(header, "attention.head_count_kv", where, heads), keySize, valueSize: ownSetting(header, "attention.value_length", where, keySize) };
}

/** Whether to run a file with flash attention. Keys and values are kept in 16 bits; quantized values would need it always. */
export function takesFlash({ keySize, valueSize }: Pick<AttentionSizes, "keySize" | "valueSize">): boolean { return keySize === valueSize && usesFlash(keySize); }

/** A whole number among the settings of the file's own architecture. @throws {DataError} when it is absent and none is usual. */
export function ownSetting(header: GgufHeader, key: string, where: string, usual?: number): number {
  const setting = header.metadata.get("general.architecture"), name = `${setting?.type === "string" ? setting.value : ""}.${key}`;
  return usual !== undefined && !header.metadata.has(name) ? usual : wholeSetting(header, name, where);
}
