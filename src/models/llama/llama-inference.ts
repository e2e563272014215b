/**
 * A trained model as an ONNX file for use: tokens and a cache of keys and values go in, logits and the longer cache come out. A prompt
 * is one run with an empty cache, each further token a run of length 1.
 */
import { ConfigError, DataError } from "../../core/errors.js";
import { add, multiply, silu } from "../graph/arithmetic.js";
import { emitOnnx, type NamedOutputs } from "../graph/emit-onnx.js";
import { Graph, type Value } from "../graph/graph.js";
import { attendWithCache, type CachedAttentionInputs, rmsNorm, rotaryTable } from "../graph/llama-operations.js";
import { type ModelMatrix, openMatrix } from "../graph/stored-products.js";
import type { OnnxModel } from "../onnx/onnx-model.js";
import type { StoredWeights } from "../quantize/packed-matrix.js";
import { checkLlamaShape, headSizeOf, type LlamaShape, type WeightSpec, weightSpecs } from "./llama-shape.js";

/** Key under which a file says the shape of its model. */
const SHAPE_PROPERTY = "plmm.shape";

/** What all layers read, and the caches they make. */
interface LayerFrame {
  readonly shape: LlamaShape;
  readonly gains: ReadonlyMap<string, Value>;
  readonly matrices: ReadonlyMap<string, ModelMatrix>;
  readonly cache: Pick<CachedAttentionInputs, "lastPlaces" | "totalLength" | "angles">;
  readonly outputs: Record<string, Value>;
}

/**
 * The model for use.
 *
 * Inputs: `tokens`, int64 [batch, length]; `lastPlaces`, int32 [batch], the place of the last token of each sequence; `totalLength`,
 * int32 []; `pastKeys.N` and `pastValues.N` of layer N, [batch, kvHeads, past, headSize]. Outputs: `logits`, [batch, length, vocabulary];
 * `states`, [batch, length, width], after the last norm; `keys.N` and `values.N`, [batch, kvHeads, past + length, headSize]. Weights keep
 * their names and layout; parts of one are named after it.
 *
 * @param weights Gains dense, matrices in any form.
 * @param properties Texts to put into the file beside the shape.
 * @throws {ConfigError} when the size of a head is no multiple of 16, which ONNX Runtime's grouped attention needs.
 */
export function inferenceModel(shape: LlamaShape, weights: StoredWeights, properties: Readonly<Record<string, string>> = {}): OnnxModel {
  requireServableHeads(shape);
  const graph = new Graph(), outputs: Record<string, Value> = {};
  const specs = weightSpecs(shape), isGain = ({ shape: sizes }: WeightSpec): boolean => sizes.length === 1;
  const gains = new Map(specs.filter(isGain).map(({ name, shape: sizes }) => [name, graph.constant(weights.get(name) as Float32Array, sizes, name)]));
  const matrices = new Map(specs.filter((spec) => !isGain(spec)).map(({ name, shape: sizes }) => [name, openMatrix(graph, name, weights.get(name)!, sizes as [number, number])]));
  const tokens = graph.input("tokens", "int64", ["batch", "length"]);
  const cache = {
    lastPlaces: graph.input("lastPlaces", "int32", ["batch"]), totalLength: graph.input("totalLength", "int32", []),
    angles: rotaryTable(graph, shape.context, headSizeOf(shape), shape.ropeBase),
  };
  const frame: LayerFrame = { shape, gains, matrices, cache, outputs };
  let x = matrixOf(frame, "token_embd").lookUp(tokens);
  for (let layer = 0; layer < shape.layers; layer++) x = feedForward(frame, layer, attention(frame, layer, x));
  const states = rmsNorm(x, gainOf(frame, "output_norm"), shape.normEpsilon), logits = matrixOf(frame, shape.isTied ? "token_embd" : "output").project(states);
  return emitOnnx(graph, { logits, states, ...outputs } satisfies NamedOutputs, { ...properties, [SHAPE_PROPERTY]: JSON.stringify(shape) });
}

function requireServableHeads(shape: LlamaShape): void {
  const size = headSizeOf(shape);
  if (size % 16 !== 0) throw new ConfigError({ subject: "a model for ONNX Runtime", rule: "have heads of a multiple of 16 numbers", got: size, hint: "Choose width and heads so that width / heads is a multiple of 16." });
}

function attention(frame: LayerFrame, layer: number, x: Value): Value {
  const { shape, cache, outputs } = frame, { heads, kvHeads } = shape, { graph } = x, past = ["batch", kvHeads, "past", headSizeOf(shape)];
  const normed = rmsNorm(x, gainOf(frame, `blk.${layer}.attn_norm`), shape.normEpsilon);
  const projected = (part: string): Value => matrixOf(frame, `blk.${layer}.${part}`).project(normed);
  const { found, keys, values } = attendWithCache({
    queries: projected("attn_q"), keys: projected("attn_k"), values: projected("attn_v"), heads, kvHeads, ...cache,
    pastKeys: graph.input(`pastKeys.${layer}`, "float32", past), pastValues: graph.input(`pastValues.${layer}`, "float32", past),
  }, "total");
  outputs[`keys.${layer}`] = keys;
  outputs[`values.${layer}`] = values;
  return add(x, matrixOf(frame, `blk.${layer}.attn_output`).project(found));
}

function feedForward(frame: LayerFrame, layer: number, x: Value): Value {
  const matrix = (part: string): ModelMatrix => matrixOf(frame, `blk.${layer}.${part}`), normed = rmsNorm(x, gainOf(frame, `blk.${layer}.ffn_norm`), frame.shape.normEpsilon);
  return add(x, matrix("ffn_down").project(multiply(silu(matrix("ffn_gate").project(normed)), matrix("ffn_up").project(normed))));
}

function gainOf({ gains }: LayerFrame, name: string): Value { return gains.get(`${name}.weight`)!; }

function matrixOf({ matrices }: LayerFrame, name: string): ModelMatrix { return matrices.get(`${name}.weight`)!; }

/**
 * The shape that one of our files says it has.
 *
 * @throws {DataError} for a file without it.
 */
export function shapeOfModel(model: OnnxModel, subject: string): LlamaShape {
  const text = propertyOf(model, SHAPE_PROPERTY, subject);
  try {
    return checkLlamaShape(JSON.parse(text) as LlamaShape, subject);
  } catch (cause) {
    throw new DataError({ subject, rule: `say a shape that fits together as ${SHAPE_PROPERTY}`, got: text, hint: "The file is damaged; make it again.", cause });
  }
}

/**
 * A text that one of our files carries.
 *
 * @throws {DataError} for a file without it.
 */
export function propertyOf({ properties }: OnnxModel, key: string, subject: string): string {
  const text = properties?.find((property) => property.key === key)?.value;
  if (text !== undefined) return text;
  throw new DataError({ subject, rule: `carry ${key}`, got: properties?.map((property) => property.key), hint: "Give an ONNX file that plmm wrote." });
}
