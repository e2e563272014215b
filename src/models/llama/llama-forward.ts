/** From tokens to logits as a graph with known batch and length: the form that is trained. */
import { add, multiply, silu, subtract } from "../graph/arithmetic.js";
import type { Graph, Value } from "../graph/graph.js";
import { attend, type RotaryTable, rmsNorm, rotaryTable, rotate } from "../graph/llama-operations.js";
import { lookUp, takeRows } from "../graph/lookup.js";
import { project } from "../graph/products.js";
import { concatenate, reshape, transpose } from "../graph/rearrangement.js";
import { headSizeOf, type LlamaShape } from "./llama-shape.js";

/** Weights by their name in a GGUF file. */
export type WeightValues = ReadonlyMap<string, Value>;

/** Added to scores of positions that may not be seen; e^-1e9 is 0. */
const FORBIDDEN = -1e9;

/** What a model reads. */
export interface TextRows {
  /** int64, shape [batch, length], length within the context. */
  readonly tokens: Value;
  /** Which text of its row a position belongs to: it sees no other. Whole numbers as float32, shape [batch, length]. */
  readonly textNumbers: Value;
  /** Positions to give logits at, counted over the whole batch: int64, shape [n], distinct. All when left out. */
  readonly wanted?: Value;
}

/** What all layers of one graph use. */
interface LayerFrame {
  readonly shape: LlamaShape;
  readonly weights: WeightValues;
  readonly batch: number;
  readonly length: number;
  readonly angles: RotaryTable;
  readonly mask: Value;
  /** Rows that go on from the attention of the last layer; all when left out. */
  readonly wanted: Value | undefined;
}

/**
 * Logits of the next token at each position, or at some of them. What only other positions need of the last layer is not computed.
 *
 * @returns Shape [batch * length, vocabulary], or [n, vocabulary].
 * @source Touvron et al. 2023, LLaMA, arXiv:2302.13971; grouped queries: Ainslie et al. 2023, arXiv:2305.13245.
 */
export function llamaLogits(shape: LlamaShape, weights: WeightValues, { tokens, textNumbers, wanted }: TextRows): Value {
  const { graph } = tokens, [batch, length] = tokens.shape as [number, number];
  const group = shape.heads / shape.kvHeads;
  const frame: LayerFrame = {
    shape, weights, batch, length, wanted, angles: rotaryTable(graph, length, headSizeOf(shape), shape.ropeBase), mask: add(apartMask(textNumbers, group), causalMask(graph, length, group)),
  };
  let x = lookUp(weightOf(frame, "token_embd"), reshape(tokens, [batch * length]));
  for (let layer = 0; layer < shape.layers; layer++) x = feedForward(frame, layer, attention(frame, layer, x));
  const last = rmsNorm(x, weightOf(frame, "output_norm"), shape.normEpsilon);
  return project(last, weightOf(frame, shape.isTied ? "token_embd" : "output"));
}

/**
 * x + attention(norm(x)) W; in the last layer only the rows that are wanted. Queries that read one key head stand one below the
 * other: shape [batch, kvHeads, group * length, headSize].
 */
function attention(frame: LayerFrame, layer: number, x: Value): Value {
  const { shape: { heads, kvHeads, width, layers, normEpsilon }, batch, length, angles, mask, wanted } = frame, headSize = width / heads;
  const weight = (part: string): Value => weightOf(frame, `blk.${layer}.${part}`);
  const normed = rmsNorm(x, weight("attn_norm"), normEpsilon);
  const headsOf = (part: string, count: number): Value =>
    transpose(reshape(project(normed, weight(part)), [batch, length, count, headSize]), [0, 2, 1, 3]);
  const q = reshape(rotate(headsOf("attn_q", heads), angles), [batch, kvHeads, heads / kvHeads * length, headSize]);
  const found = attend(q, rotate(headsOf("attn_k", kvHeads), angles), headsOf("attn_v", kvHeads), mask);
  const rows = reshape(transpose(reshape(found, [batch, heads, length, headSize]), [0, 2, 1, 3]), [batch * length, width]);
  const going = (all: Value): Value => (wanted === undefined || layer < layers - 1 ? all : takeRows(all, wanted));
  return add(going(x), project(going(rows), weight("attn_output")));
}

/** x + (silu(norm(x) G) norm(x) U) D. */
function feedForward(frame: LayerFrame, layer: number, x: Value): Value {
  const weight = (part: string): Value => weightOf(frame, `blk.${layer}.${part}`);
  const normed = rmsNorm(x, weight("ffn_norm"), frame.shape.normEpsilon);
  const inner = multiply(silu(project(normed, weight("ffn_gate"))), project(normed, weight("ffn_up")));
  return add(x, project(inner, weight("ffn_down")));
}

/** 0 where a query may look and a large negative number at later keys. Shape [group * length, length]. */
function causalMask(graph: Graph, length: number, group: number): Value {
  const rows = group * length;
  return graph.constant(Float32Array.from({ length: rows * length }, (_, i) => (i % length > Math.floor(i / length) % length ? FORBIDDEN : 0)), [rows, length], "mask");
}

/** 0 where query and key are of one text and a large negative number elsewhere. Shape [batch, 1, group * length, length]. */
function apartMask(textNumbers: Value, group: number): Value {
  const [batch, length] = textNumbers.shape as [number, number], queries = concatenate(new Array<Value>(group).fill(textNumbers), 1);
  const distance = subtract(reshape(queries, [batch, 1, group * length, 1]), reshape(textNumbers, [batch, 1, 1, length]));
  return multiply(multiply(distance, distance), FORBIDDEN);
}

function weightOf({ weights }: LayerFrame, name: string): Value { return weights.get(`${name}.weight`)!; }
