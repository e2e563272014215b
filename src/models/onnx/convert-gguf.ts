/** GGUF files of ours as ONNX files: the same weights for the other engine. */
import { loadLlamaGguf } from "../quantize/load-llama-gguf.js";
import { parseGgufTokenizer } from "../tokenizer/parse-gguf-tokenizer.js";
import { writeLlamaOnnx } from "./write-llama-onnx.js";

/**
 * Writes the model of a GGUF file as ONNX in float32, whole or not at all. The bytes depend on those of the GGUF file only.
 *
 * @returns Bytes of the new file.
 * @throws {DataError} for other architectures and tokenizers than ours; as `writeLlamaOnnx`.
 */
export function writeOnnxOfGguf(from: string, to: string): number {
  const { shape, weights, metadata } = loadLlamaGguf(from);
  return writeLlamaOnnx(to, { shape, ...parseGgufTokenizer(metadata, from) }, weights);
}
