/** What an ONNX file of ours holds beside the graph, and files from models and back. */
import { DataError } from "../../core/errors.js";
import { inferenceModel, propertyOf, shapeOfModel } from "../llama/llama-inference.js";
import type { Weights } from "../llama/initial-weights.js";
import { type LlamaShape, weightSpecs } from "../llama/llama-shape.js";
import { formatTokenizer, parseTokenizer, type Tokenizer } from "../tokenizer/tokenizer.js";
import { decodeOnnx, ONNX_TYPES, type OnnxModel } from "./onnx-model.js";

const TOKENIZER_PROPERTY = "plmm.tokenizer", END_PROPERTY = "plmm.end";

/** A model with its tokenizer. */
export interface TokenizedModel {
  readonly shape: LlamaShape;
  readonly tokenizer: Tokenizer;
  /** Special token that ends an answer. */
  readonly endName: string;
}

/** A model from a file. */
export interface LlamaOnnx extends TokenizedModel {
  readonly model: OnnxModel;
  readonly weightBytes: number;
}

/** The graph for use, with the tokenizer in it. @throws as `inferenceModel`; {DataError} when the tokenizer is not of the model's size. */
export function llamaOnnx({ shape, tokenizer, endName }: TokenizedModel, weights: Weights): OnnxModel {
  requireSameSize(shape, tokenizer, "the tokenizer");
  tokenizer.special(endName);
  return inferenceModel(shape, weights, { [TOKENIZER_PROPERTY]: formatTokenizer(tokenizer), [END_PROPERTY]: endName });
}

/**
 * The model in the bytes of one of our files.
 *
 * @throws {DataError} for other files, missing or misshapen weights, and weights that are no numbers.
 */
export function parseLlamaOnnx(bytes: Uint8Array, subject: string): LlamaOnnx {
  const model = decodeOnnx(bytes, subject), shape = shapeOfModel(model, subject), tokenizer = parseTokenizer(propertyOf(model, TOKENIZER_PROPERTY, subject), subject);
  requireSameSize(shape, tokenizer, subject);
  const endName = propertyOf(model, END_PROPERTY, subject);
  tokenizer.special(endName);
  const sizes = weightSpecs(shape).map(({ name, shape: dims }) => checkWeight(model, name, dims, subject));
  return { model, shape, tokenizer, endName, weightBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The weights of a model from a file, as training takes them. */
export function weightsOfOnnx({ model, shape }: LlamaOnnx): Weights {
  const tensors = new Map(model.graph?.initializers?.map((tensor) => [tensor.name, tensor.rawData!]));
  return new Map(weightSpecs(shape).map(({ name }) => [name, new Float32Array(new Uint8Array(tensors.get(name)!).buffer)]));
}

/** Bytes of a weight. */
function checkWeight({ graph }: OnnxModel, name: string, dims: readonly number[], subject: string): number {
  const fault = (rule: string, got: unknown, where = subject): DataError =>
    new DataError({ subject: `tensor ${name}`, rule, got, where, hint: "The training diverged or the file is damaged; take an earlier checkpoint or make the file again." });
  const found = graph?.initializers?.find((tensor) => tensor.name === name), count = dims.reduce((product, size) => product * size, 1);
  if (found?.dims?.join() !== dims.join() || found.dataType !== ONNX_TYPES.float32 || found.rawData?.length !== 4 * count) throw fault(`have shape [${dims.join(", ")}] of float32`, found?.dims);
  const numbers = new Float32Array(new Uint8Array(found.rawData).buffer), broken = numbers.findIndex((number) => !Number.isFinite(number));
  if (broken >= 0) throw fault("hold finite weights", numbers[broken], `${subject}, weight ${broken}`);
  return 4 * count;
}

function requireSameSize({ vocabulary }: LlamaShape, { size }: Tokenizer, subject: string): void {
  if (size !== vocabulary) throw new DataError({ subject, rule: `have the ${vocabulary} tokens of the model`, got: size, hint: "Use the tokenizer that the model was trained with." });
}
