/** Which weight of an ONNX file takes which form. */
import { DataError } from "../../core/errors.js";
import { type LlamaShape, weightSpecs } from "../llama/llama-shape.js";
import { type PackedKind, type PackedMatrix, packMatrix, type StoredWeight, type StoredWeights } from "./packed-matrix.js";

/** Whether a matrix meets tokens: its errors go straight into all that follows, or into the logits. */
const MEETS_TOKENS = /^(token_embd|output)\./;

/**
 * Weights with all matrices packed; gains stay. In `int4-block` the token table and the matrix to the vocabulary get 8 bits.
 *
 * @throws {DataError} for weights that are packed already or no numbers; {ShapeError} for rows of broken blocks.
 */
export function storeWeights(shape: LlamaShape, weights: StoredWeights, kind: PackedKind): StoredWeights {
  return new Map(weightSpecs(shape).map(({ name, shape: sizes }) => {
    const weight = weights.get(name)!;
    return [name, sizes.length === 1 ? weight : storeMatrix(name, weight, sizes[1]!, MEETS_TOKENS.test(name) && kind === "int4-block" ? "int8-block" : kind)];
  }));
}

function storeMatrix(name: string, weight: StoredWeight, columns: number, kind: PackedKind): StoredWeight {
  if (weight instanceof Float32Array) return packMatrix(kind, weight, columns, name);
  if (weight.kind !== "factors") throw packedAlready(name, weight.kind);
  const pack = (part: string, factor: Float32Array | PackedMatrix, length: number): PackedMatrix => {
    if (factor instanceof Float32Array) return packMatrix(kind, factor, length, `${name}.${part}`);
    throw packedAlready(name, factor.kind);
  };
  return { ...weight, left: pack("left", weight.left, weight.rank), right: pack("right", weight.right, columns) };
}

function packedAlready(name: string, kind: PackedKind): DataError {
  return new DataError({ subject: `tensor ${name}`, rule: "be float32 before it is quantized", got: kind, hint: "Quantizing twice adds errors: start from the float32 file of the model." });
}
