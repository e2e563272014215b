/** The parts of a Llama layer that have a faster gradient as a whole than as the sum of their steps. */
import { multiply, power, subtract, add } from "./arithmetic.js";
import { compose, type Graph, type Value } from "./graph.js";
import { multiplyMatrices } from "./products.js";
import { reshape } from "./rearrangement.js";
import { reduceSum } from "./reduction.js";
import type { Dimension } from "./shape.js";
import { softmax } from "./softmax.js";

/**
 * Rows divided by their root mean square, times a gain: y = g x r with r = (mean x² + epsilon)^-½.
 *
 * With b = dy x: dg = sum over rows of r b, and dx = r g dy - x r³ (b g) / width.
 *
 * @param x Shape [rows, width]; with more dimensions there is a value and no gradient.
 * @param gain Shape [width].
 * @source Zhang and Sennrich 2019, Root mean square layer normalization, arXiv:1910.07467.
 */
export function rmsNorm(x: Value, gain: Value, epsilon: number): Value {
  const { graph } = x, width = gain.shape[0] as number, row = { elementType: x.elementType, shape: [...x.shape.slice(0, -1), 1] };
  const [y, r] = graph.addNode("SimplifiedLayerNormalization", "", [x, gain], [x, row], { axis: -1, epsilon: { float: epsilon }, stash_type: 1 }) as [Value, Value];
  return compose([x, gain], () => y, (dy) => {
    const b = multiply(dy, x);
    const pull = multiply(power(r, 3), multiplyMatrices(b, reshape(gain, [width, 1]), { scale: 1 / width }));
    const dx = subtract(multiply(multiply(dy, gain), r), multiply(x, pull));
    return [dx, reshape(multiplyMatrices(r, b, { transposeA: true }), [width])];
  });
}

/** Cosines and sines of the angle of each position and pair. Shape [positions, headSize / 2]. */
export interface RotaryTable { readonly cosines: Value; readonly sines: Value; readonly minusSines: Value }

/** What grouped attention with a cache reads. Batch, length and past are sizes known at each run. */
export interface CachedAttentionInputs {
  /** Shape [batch, length, heads * headSize], not yet rotated; keys and values with kvHeads in place of heads. */
  readonly queries: Value;
  readonly keys: Value;
  readonly values: Value;
  /** Shape [batch, kvHeads, past, headSize], keys rotated. */
  readonly pastKeys: Value;
  readonly pastValues: Value;
  /** int32, shape [batch]: place of the last real token of each sequence, counted from 0. */
  readonly lastPlaces: Value;
  /** int32, shape []: tokens of the longest sequence, past and new. */
  readonly totalLength: Value;
  readonly angles: Pick<RotaryTable, "cosines" | "sines">;
  readonly heads: number;
  readonly kvHeads: number;
}

/**
 * Causal attention over a cache and new tokens, rotation included, as one operator of ONNX Runtime. For use, not for training.
 *
 * @param total Name of the size past + length.
 * @returns Shape [batch, length, heads * headSize], and the caches with the new tokens, shape [batch, kvHeads, total, headSize].
 */
export function attendWithCache(inputs: CachedAttentionInputs, total: string): { readonly found: Value; readonly keys: Value; readonly values: Value } {
  const { queries, pastKeys, angles, heads, kvHeads } = inputs, { elementType, graph } = queries;
  const [batch, groups, , headSize] = pastKeys.shape as [Dimension, number, Dimension, number], cache = { elementType, shape: [batch, groups, total, headSize] };
  const [found, keys, values] = graph.addNode("GroupQueryAttention", "com.microsoft",
    [queries, inputs.keys, inputs.values, pastKeys, inputs.pastValues, inputs.lastPlaces, inputs.totalLength, angles.cosines, angles.sines],
    [queries, cache, cache], { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1, rotary_interleaved: 1 }) as [Value, Value, Value];
  return { found, keys, values };
}

/** The angles of rotary embeddings as constants: position / base^(2 pair / headSize). */
export function rotaryTable(graph: Graph, positions: number, headSize: number, base: number): RotaryTable {
  const pairs = headSize / 2, shape = [positions, pairs];
  const angle = (i: number): number => Math.floor(i / pairs) * base ** (-2 * (i % pairs) / headSize);
  const table = (name: string, of: (angle: number) => number): Value => graph.constant(Float32Array.from({ length: positions * pairs }, (_, i) => of(angle(i))), shape, name);
  return { cosines: table("cosines", Math.cos), sines: table("sines", Math.sin), minusSines: table("minus_sines", (x) => -Math.sin(x)) };
}

/**
 * Turns neighbouring pairs of each head by the angle of their position. Numbers 2i and 2i + 1 are a pair, as in llama.cpp's
 * rotation for the architecture "llama" (NORM, not NEOX), so that weights go into a GGUF file as they are. The gradient turns back.
 *
 * @param x Shape [batch, heads, length, headSize]; positions 0 to length - 1.
 * @source Su et al. 2021, RoFormer, arXiv:2104.09864.
 */
export function rotate(x: Value, { cosines, sines, minusSines }: RotaryTable): Value {
  return x.graph.apply({
    operator: "RotaryEmbedding", domain: "com.microsoft", inputs: [x, x.graph.integers([0]), cosines, sines], type: x, attributes: { interleaved: 1 },
    gradient: (dy) => [rotate(dy, { cosines, sines: minusSines, minusSines: sines })],
  });
}

/**
 * softmax(q kᵀ / √size + mask) v.
 *
 * With p the probabilities: dv = pᵀ dy, ds = p (dy vᵀ - rowsum(dy y)), dq = ds k / √size, dk = dsᵀ q / √size. The row sums go over
 * dy y in place of p dp, which is the same number from a smaller array.
 *
 * @param q Shape [batch, heads, queries, size].
 * @param k Shape [batch, heads, keys, size]; v alike.
 * @param mask Added to the scores, which it is broadcast to. Shape [batch, 1, queries, keys] or a part of it.
 * @source The row sums: Dao et al. 2022, FlashAttention, arXiv:2205.14135, appendix B.
 */
export function attend(q: Value, k: Value, v: Value, mask: Value): Value {
  const scale = 1 / Math.sqrt(q.shape.at(-1) as number);
  const p = q.graph.withoutTape(() => softmax(add(multiplyMatrices(q, k, { transposeB: true, scale }), mask)));
  return compose([q, k, v], () => multiplyMatrices(p, v), (dy, y) => {
    const ds = multiply(p, subtract(multiplyMatrices(dy, v, { transposeB: true }), reduceSum(multiply(dy, y), [-1])));
    return [multiplyMatrices(ds, k, { scale }), multiplyMatrices(ds, q, { transposeA: true, scale }), multiplyMatrices(p, dy, { transposeA: true })];
  });
}
