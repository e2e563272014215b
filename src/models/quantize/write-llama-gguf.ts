/** Llama-architecture weights to a GGUF file. */
import { ShapeError } from "../../core/errors.js";
import { rowLength, weightCount } from "../gguf/gguf-file.js";
import { llamaMetadata, llamaTensors } from "../gguf/llama-gguf.js";
import type { GgufTokenizer } from "../gguf/tokenizer-metadata.js";
import { writeGguf } from "../gguf/write-gguf.js";
import type { LlamaShape } from "../llama/llama-shape.js";
import { quantizeRows } from "./load-ggml.js";

/** A model in memory. */
export interface LlamaModelParts {
  readonly name: string;
  readonly shape: LlamaShape;
  /** By name in a GGUF file. Matrices row-major, [out, in]. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly tokenizer: GgufTokenizer;
}

/**
 * Writes a model, whole or not at all. Matrices in `kindName`, gains in F32.
 *
 * @returns Bytes of the file.
 * @throws {ShapeError} when weights or tokens do not fit the shape; {DataError} for weights that are not finite; {LimitError} for a full disk.
 */
export function writeLlamaGguf(path: string, { name, shape, weights, tokenizer }: LlamaModelParts, kindName: "F32" | "F16" | "BF16" | "Q8_0"): number {
  if (tokenizer.tokens.length !== shape.vocabulary) throw misfit("tokens of the tokenizer", shape.vocabulary, tokenizer.tokens.length);
  const tensors = llamaTensors(shape, kindName).map((tensor) => {
    const numbers = weights.get(tensor.name);
    if (numbers?.length !== weightCount(tensor)) throw misfit(`numbers of ${tensor.name}`, weightCount(tensor), numbers?.length);
    const bytes = (): Uint8Array => (tensor.kind.name === "F32" ? new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength) : quantizeRows(tensor.kind, numbers, rowLength(tensor), tensor.name));
    return { ...tensor, bytes };
  });
  return writeGguf(path, llamaMetadata(name, shape, tokenizer, kindName), tensors);
}

function misfit(subject: string, wanted: number, got: unknown): ShapeError {
  return new ShapeError({ subject, rule: `number ${wanted}`, got, hint: "Give the shape that the weights were made with." });
}
