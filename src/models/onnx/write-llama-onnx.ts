/** Llama-architecture weights to an ONNX file. */
import type { Weights } from "../llama/initial-weights.js";
import { writeWholeFile } from "../write-whole-file.js";
import { llamaOnnx, type TokenizedModel } from "./llama-onnx.js";
import { encodeOnnx } from "./onnx-model.js";

/**
 * Writes a model in float32, whole or not at all.
 *
 * @returns Bytes of the file.
 * @throws as `llamaOnnx` and `writeWholeFile`.
 */
export function writeLlamaOnnx(path: string, parts: TokenizedModel, weights: Weights): number {
  const bytes = encodeOnnx(llamaOnnx(parts, weights));
  return writeWholeFile(path, bytes.length, (writeAt) => { writeAt(bytes, 0); });
}
