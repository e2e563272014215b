/** Llama-architecture models of GGUF files, unpacked. */
import type { GgufMetadata } from "../gguf/gguf-file.js";
import { parseLlamaShape } from "../gguf/llama-gguf.js";
import { loadGguf } from "../gguf/load-gguf.js";
import type { Weights } from "../llama/initial-weights.js";
import type { LlamaShape } from "../llama/llama-shape.js";
import { dequantize } from "./dequantize.js";

/** A model in memory. */
export interface UnpackedModel { readonly shape: LlamaShape; readonly weights: Weights; readonly metadata: GgufMetadata }

/** @throws {DataError} for other files, architectures and kinds of tensors. */
export function loadLlamaGguf(path: string): UnpackedModel {
  const file = loadGguf(path);
  try {
    const weights = new Map(file.tensors.map((tensor) => [tensor.name, dequantize(tensor.kind, file.readBytes(tensor))]));
    return { shape: parseLlamaShape(file, path), weights, metadata: file.metadata };
  } finally {
    file.close();
  }
}
