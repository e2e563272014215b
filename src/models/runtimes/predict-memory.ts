/** Memory of a GGUF model in llama.cpp, before it is loaded. */
import { LimitError } from "../../core/errors.js";
import { alignUp, type GgufHeader } from "../gguf/gguf-file.js";
import { ownSetting, readAttention, takesFlash } from "./read-attention.js";
import type { LoadOptions, MemoryPrediction } from "./runtime.js";

/** llama.cpp rounds contexts up to this. */
export const CONTEXT_STEP = 256;
/** Prompt tokens that go through the model together. */
export const USUAL_BATCH = 512;
const CACHE_BYTES_PER_NUMBER = 2;
const FLOAT_BYTES = 4;
/** Buffers of the token's and of the inner width that live at once in a layer's graph. Fitted to what llama.cpp reports; a test compares. */
const LIVE_WIDTHS = 4;
const LIVE_INNER_WIDTHS = 3;
/** A 16-bit number says whether a token of the batch sees one of the context. */
const MASK_BYTES = 2;
/** Engine, its JavaScript, thread stacks, and tables. Measured with a model of 0.6 million weights: 54 MB beyond Node in all. */
export const ENGINE_BYTES = 52e6;

/**
 * Weights as in the file, 16-bit keys and values, logits or inner activations of a whole batch, its mask, and without flash attention
 * what every head makes of every pair of a token of the batch and one of its context.
 *
 * @throws {DataError} when the settings it needs are missing.
 */
export function predictGgufMemory(header: GgufHeader, { contextTokens, sequences = 1 }: LoadOptions, where: string): MemoryPrediction {
  const whole = (key: string, usual?: number): number => ownSetting(header, key, where, usual), attention = readAttention(header, where), { heads, kvHeads, keySize, valueSize } = attention;
  const width = whole("embedding_length"), window = alignUp(contextTokens, CONTEXT_STEP), tokens = window * sequences, batch = Math.min(USUAL_BATCH, tokens);
  const vocabulary = header.tensors.find(({ name }) => name === "token_embd.weight")?.shape[0] ?? whole("vocab_size", 0);
  const weightBytes = header.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const cacheBytes = tokens * whole("block_count") * kvHeads * (keySize + valueSize) * CACHE_BYTES_PER_NUMBER;
  const widest = Math.max(vocabulary, LIVE_INNER_WIDTHS * whole("feed_forward_length", 4 * width)) + LIVE_WIDTHS * width, pairs = takesFlash(attention) ? 0 : heads * window;
  const workBytes = batch * ((widest + pairs) * FLOAT_BYTES + tokens * MASK_BYTES) + ENGINE_BYTES;
  return { weightBytes, cacheBytes, workBytes, totalBytes: weightBytes + cacheBytes + workBytes };
}

/** @throws {LimitError} unless the model fits. */
export function requireMemory(prediction: MemoryPrediction, freeBytes: number, path: string): void {
  if (prediction.totalBytes <= freeBytes) return;
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  throw new LimitError({
    subject: path, rule: `fit into the ${megabytes(freeBytes)} of memory that are available`,
    got: `${megabytes(prediction.totalBytes)}: weights ${megabytes(prediction.weightBytes)}, context ${megabytes(prediction.cacheBytes)}, work ${megabytes(prediction.workBytes)}`,
    hint: "Give a smaller --context, a smaller quantization (plmm models quantize), or a smaller model.",
  });
}
