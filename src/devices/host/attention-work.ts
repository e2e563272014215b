/**
 * How much attention a step is, counted as the engines' loops go.
 *
 * llama.cpp with flash attention looks at keys in a window padded to 256 and passes by those that a token may not see. Batches below 64
 * tokens go pair by pair, others in tiles of 64 tokens by 64 keys, whole ones, of which those are left out that no token sees. Threads
 * take rows of tokens and heads in four portions each; a single token in a window from 512 on is split by keys instead, seen or not, so
 * that one thread may have most of those that are seen. Its kernel multiplies vectors of 64 numbers and what is left over number by
 * number: where heads leave something over, answers behind long contexts take two to three times as long as with plain attention.
 *
 * Plain attention is two products of matrices, seen or not: in llama.cpp of all tokens with the padded window, in ONNX Runtime with the
 * tokens that are there.
 *
 * @source llama.cpp of node-llama-cpp 3.21: `ggml_compute_forward_flash_attn_ext_f16` and `llama_kv_cache::get_n_kv`, both as functions of shapes.
 */
import type { HostModel, HostStep } from "./host-step.js";

/** Work of one layer with flash attention. */
export interface FlashWork {
  /** Pairs of a token and one that it sees, by head, and those that are passed by. */
  readonly pairs: number;
  readonly passed: number;
  /** Tiles that are computed, and those that are looked at. */
  readonly tiles: number;
  readonly looks: number;
  /** The largest share of it that one thread has. */
  readonly share: number;
}

/** Tokens and keys of a tile, and from how many tokens on tiles are used. */
const TILE = 64;
/** Numbers of 16 bits that the widest vector loop of the kernel takes at once. */
const VECTOR_NUMBERS = 64;
const WINDOW = 256;
/** Windows from here on are split by keys for a single token. */
const SPLIT_WINDOW = 512;
const PORTIONS = 4;

/** Whether llama.cpp is to run heads of this size with flash attention: where its vectors leave nothing over. */
export function usesFlash(headSize: number): boolean { return headSize % VECTOR_NUMBERS === 0; }

/** The work of llama.cpp with flash attention. */
export function flashWork({ heads }: Pick<HostModel, "heads">, { tokens, context, sequences, threads }: HostStep): FlashWork {
  const window = paddedWindow({ context, tokens });
  if (tokens >= TILE) return tileWork(heads, tokens, context, window, threads);
  const rows = sequences * tokens * heads, pairs = rows * (context + (tokens + 1) / 2), isSplit = rows === heads && window >= SPLIT_WINDOW;
  const share = isSplit ? Math.min(1, Math.ceil(window / threads) / (context + 1)) : shareOfRows(rows, threads);
  return { pairs, passed: rows * window - pairs, tiles: 0, looks: 0, share };
}

/** Pairs of a layer of plain attention with a window, by head. */
export function plainPairs({ heads }: Pick<HostModel, "heads">, { tokens, sequences }: HostStep, window: number): number { return sequences * tokens * heads * window; }

/** Keys that llama.cpp's attention looks at: whole 256. */
export function paddedWindow({ context, tokens }: Pick<HostStep, "context" | "tokens">): number { return Math.ceil((context + tokens) / WINDOW) * WINDOW; }

/** Rows are walked through in portions; a tile ends with its portion and with its head, and costs a whole one. */
function tileWork(heads: number, tokens: number, context: number, window: number, threads: number): FlashWork {
  const rows = tokens * heads, portion = portionOf(rows, threads);
  let tiles = 0, looks = 0;
  for (let row = 0; row < rows;) {
    const token = row % tokens, end = Math.min(row + TILE, row - token + tokens, (Math.floor(row / portion) + 1) * portion);
    tiles += Math.ceil((context + token + end - row) / TILE);
    looks += window / TILE;
    row = end;
  }
  return { pairs: 0, passed: 0, tiles, looks, share: shareOfRows(rows, threads) };
}

function portionOf(rows: number, threads: number): number {
  const portions = Math.ceil(rows / Math.ceil(rows / (PORTIONS * threads)));
  return Math.ceil(rows / (threads === 1 || portions < threads ? threads : portions));
}

/** Threads take the next portion when they are done. */
function shareOfRows(rows: number, threads: number): number {
  const portion = portionOf(rows, threads);
  return Math.min(1, Math.ceil(Math.ceil(rows / portion) / threads) * portion / rows);
}
