/**
 * The forward pass of a Llama-architecture model as plain loops, to check runtimes and files against: one token after another,
 * float32 weights, sums in float64. Slow on purpose: read it from top to bottom.
 *
 * @source Touvron et al. 2023, LLaMA, arXiv:2302.13971; rotary angles on neighbouring pairs as llama.cpp has them for this architecture.
 */
import { headSizeOf, type LlamaShape } from "../llama/llama-shape.js";

/** Numbers of a model's weights by their name in a GGUF file. Matrices row-major, [out, in]. */
export type ReferenceWeights = ReadonlyMap<string, Float32Array>;

/** What the model says after each token. */
export interface ReferencePass {
  /** Logits after each token. Shape [tokens, vocabulary]. */
  readonly logits: readonly Float64Array[];
  /** State after the last norm, from which the logits come. Shape [tokens, width]. */
  readonly states: readonly Float64Array[];
}

/** Keys and values of all positions so far, of one layer. */
interface LayerCache { readonly keys: Float64Array[]; readonly values: Float64Array[] }

/** Runs tokens from an empty context. */
export function referenceForward(shape: LlamaShape, weights: ReferenceWeights, tokens: readonly number[]): ReferencePass {
  const caches: LayerCache[] = Array.from({ length: shape.layers }, () => ({ keys: [], values: [] }));
  const states = tokens.map((token, position) => stateAfter(shape, weights, caches, token, position));
  const output = weights.get(shape.isTied ? "token_embd.weight" : "output.weight")!;
  return { states, logits: states.map((state) => multiply(output, state)) };
}

/** Natural logarithms of the probabilities that logits stand for. */
export function logSoftmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const logOfSum = largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
  return logits.map((logit) => logit - logOfSum);
}

function stateAfter(shape: LlamaShape, weights: ReferenceWeights, caches: readonly LayerCache[], token: number, position: number): Float64Array {
  const table = weights.get("token_embd.weight")!;
  let x: Float64Array = Float64Array.from(table.subarray(token * shape.width, (token + 1) * shape.width));
  caches.forEach((cache, layer) => {
    const part = (name: string): Float32Array => weights.get(`blk.${layer}.${name}.weight`)!;
    x = add(x, attention(shape, part, cache, rmsNorm(x, part("attn_norm"), shape.normEpsilon), position));
    x = add(x, feedForward(part, rmsNorm(x, part("ffn_norm"), shape.normEpsilon)));
  });
  return rmsNorm(x, weights.get("output_norm.weight")!, shape.normEpsilon);
}

function attention(shape: LlamaShape, part: (name: string) => Float32Array, cache: LayerCache, x: Float64Array, position: number): Float64Array {
  const headSize = headSizeOf(shape), queriesPerKey = shape.heads / shape.kvHeads, found = new Float64Array(shape.width);
  const queries = rotate(multiply(part("attn_q"), x), position, headSize, shape.ropeBase);
  cache.keys.push(rotate(multiply(part("attn_k"), x), position, headSize, shape.ropeBase));
  cache.values.push(multiply(part("attn_v"), x));
  for (let head = 0; head < shape.heads; head++) {
    const start = Math.floor(head / queriesPerKey) * headSize, query = queries.subarray(head * headSize, (head + 1) * headSize);
    const scores = cache.keys.map((key) => dot(query, key.subarray(start, start + headSize)) / Math.sqrt(headSize));
    const shares = logSoftmax(Float64Array.from(scores)).map(Math.exp);
    for (let i = 0; i < headSize; i++) {
      found[head * headSize + i] = cache.values.reduce((sum, value, past) => sum + shares[past]! * value[start + i]!, 0);
    }
  }
  return multiply(part("attn_output"), found);
}

function feedForward(part: (name: string) => Float32Array, x: Float64Array): Float64Array {
  const gate = multiply(part("ffn_gate"), x), up = multiply(part("ffn_up"), x);
  return multiply(part("ffn_down"), gate.map((g, i) => g / (1 + Math.exp(-g)) * up[i]!));
}

function rmsNorm(x: Float64Array, gain: Float32Array, epsilon: number): Float64Array {
  const scale = 1 / Math.sqrt(dot(x, x) / x.length + epsilon);
  return x.map((value, i) => value * scale * gain[i]!);
}

/** Turns numbers 2i and 2i + 1 of each head by position / base^(2i / headSize). */
function rotate(x: Float64Array, position: number, headSize: number, base: number): Float64Array {
  const turned = x.slice();
  for (let i = 0; i < x.length; i += 2) {
    const angle = position * base ** (-(i % headSize) / headSize), cosine = Math.cos(angle), sine = Math.sin(angle);
    turned[i] = x[i]! * cosine - x[i + 1]! * sine;
    turned[i + 1] = x[i]! * sine + x[i + 1]! * cosine;
  }
  return turned;
}

/** matrix x. */
function multiply(matrix: Float32Array, x: Float64Array): Float64Array {
  const rows = matrix.length / x.length, y = new Float64Array(rows);
  for (let row = 0; row < rows; row++) y[row] = dot(matrix.subarray(row * x.length, (row + 1) * x.length), x);
  return y;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(a: Float64Array, b: Float64Array): Float64Array { return a.map((value, i) => value + b[i]!); }
