/**
 * Caches of keys and values on ONNX Runtime. Sequences that step together share a block, each in a lane of its own; blocks are
 * replaced, never changed, so a cache that was kept stays good.
 */
import type { Tensor } from "onnxruntime-node";
import { headSizeOf, type LlamaShape } from "../llama/llama-shape.js";
import { tensorOver } from "../onnx/open-session.js";

/** Keys and values of some sequences, by the names of the model's outputs. Shape of each [lanes, kvHeads, places, headSize]. */
export interface CacheBlock { readonly lanes: number; readonly places: number; readonly tensors: Readonly<Record<string, Tensor>> }

/** A lane of a block: the first `length` places are its tokens, what lies behind them is meaningless. */
export interface Cache { readonly block: CacheBlock; readonly lane: number; readonly length: number }

/** A cache of no token. */
export function emptyCache(shape: LlamaShape): Cache {
  const names = Array.from({ length: shape.layers }, (_, layer) => [`keys.${layer}`, `values.${layer}`]).flat();
  const tensors = Object.fromEntries(names.map((name) => [name, tensorOver(new Float32Array(), [1, shape.kvHeads, 0, headSizeOf(shape)])]));
  return { block: { lanes: 1, places: 0, tensors }, lane: 0, length: 0 };
}

/** Bytes of the block that belong to a cache. */
export function cacheBytes({ block }: Cache): number {
  return Object.values(block.tensors).reduce((sum, { data }) => sum + (data as Float32Array).byteLength, 0) / block.lanes;
}

/** Caches as the lanes of one block, as long as the longest. Nothing is copied when they are that already. */
export function joinCaches(caches: readonly Cache[], shape: LlamaShape): CacheBlock {
  const { block } = caches[0]!, places = Math.max(...caches.map(({ length }) => length));
  const isWhole = caches.length === block.lanes && places === block.places && caches.every((cache, lane) => cache.block === block && cache.lane === lane);
  if (isWhole) return block;
  return { lanes: caches.length, places, tensors: Object.fromEntries(Object.keys(block.tensors).map((name) => [name, joinTensors(name, caches, places, shape)])) };
}

function joinTensors(name: string, caches: readonly Cache[], places: number, shape: LlamaShape): Tensor {
  const { kvHeads } = shape, headSize = headSizeOf(shape), joined = new Float32Array(caches.length * kvHeads * places * headSize);
  caches.forEach(({ block, lane, length }, to) => {
    const numbers = block.tensors[name]!.data as Float32Array;
    for (let head = 0; head < kvHeads; head++) {
      const start = (lane * kvHeads + head) * block.places * headSize;
      joined.set(numbers.subarray(start, start + length * headSize), (to * kvHeads + head) * places * headSize);
    }
  });
  return tensorOver(joined, [caches.length, kvHeads, places, headSize]);
}
