/** What an ONNX file of ours holds beside the graph, and files from models and back. */
import { DataError } from "../../core/errors.js";
import { inferenceModel, propertyOf, shapeOfModel } from "../llama/llama-inference.js";
import { type LlamaShape, weightSpecs } from "../llama/llama-shape.js";
import type { StoredWeights } from "../quantize/packed-matrix.js";
import { formatTokenizer, parseTokenizer, type Tokenizer } from "../tokenizer/tokenizer.js";
import { decodeOnnx, type OnnxModel } from "./onnx-model.js";
import { checkWeights, readWeight, weightSource } from "./stored-weights.js";

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
  /** Whether activations of all tokens of a run are quantized with one scale, so that tokens of one sequence would change those of another. */
  readonly sharesScales: boolean;
}

/** The graph for use, with the tokenizer in it. @throws as `inferenceModel`; {DataError} when the tokenizer is not of the model's size. */
export function llamaOnnx({ shape, tokenizer, endName }: TokenizedModel, weights: StoredWeights): OnnxModel {
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
  const sharesScales = model.graph?.nodes?.some(({ operator }) => operator === "DynamicQuantizeLinear") === true;
  return { model, shape, tokenizer, endName, sharesScales, weightBytes: checkWeights(weightSource(model, subject), weightSpecs(shape)) };
}

/** Weights of a model from a file, in the form in which the file holds them. */
export function storedWeightsOf({ model, shape }: Pick<LlamaOnnx, "model" | "shape">, subject: string): StoredWeights {
  const source = weightSource(model, subject);
  return new Map(weightSpecs(shape).map((spec) => [spec.name, readWeight(source, spec)]));
}

function requireSameSize({ vocabulary }: LlamaShape, { size }: Tokenizer, subject: string): void {
  if (size !== vocabulary) throw new DataError({ subject, rule: `have the ${vocabulary} tokens of the model`, got: size, hint: "Use the tokenizer that the model was trained with." });
}
