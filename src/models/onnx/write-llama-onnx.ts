/** Llama-architecture weights to an ONNX file. */
import type { StoredWeights } from "../quantize/packed-matrix.js";
import { writeWholeFile } from "../write-whole-file.js";
import { llamaOnnx, type TokenizedModel } from "./llama-onnx.js";
import { encodeOnnx } from "./onnx-model.js";

/**
 * Writes a model, whole or not at all. Weights take the form in which they are given.
 *
 * @returns Bytes of the file.
 * @throws as `llamaOnnx` and `writeWholeFile`.
 */
export function writeLlamaOnnx(path: string, parts: TokenizedModel, weights: StoredWeights): number {
  const bytes = encodeOnnx(llamaOnnx(parts, weights));
  return writeWholeFile(path, bytes.length, (writeAt) => { writeAt(bytes, 0); });
}
