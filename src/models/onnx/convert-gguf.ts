/** GGUF files of ours as ONNX files: the same weights for the other engine. */
import { parseLlamaShape } from "../gguf/llama-gguf.js";
import { loadGguf } from "../gguf/load-gguf.js";
import { dequantize } from "../quantize/dequantize.js";
import { parseGgufTokenizer } from "../tokenizer/parse-gguf-tokenizer.js";
import { writeLlamaOnnx } from "./write-llama-onnx.js";

/**
 * Writes the model of a GGUF file as ONNX in float32, whole or not at all. The bytes depend on those of the GGUF file only.
 *
 * @returns Bytes of the new file.
 * @throws {DataError} for other architectures and tokenizers than ours; as `writeLlamaOnnx`.
 */
export function writeOnnxOfGguf(from: string, to: string): number {
  const file = loadGguf(from);
  try {
    const shape = parseLlamaShape(file, from), { tokenizer, endName } = parseGgufTokenizer(file.metadata, from);
    const weights = new Map(file.tensors.map((tensor) => [tensor.name, dequantize(tensor.kind, file.readBytes(tensor))]));
    return writeLlamaOnnx(to, { shape, tokenizer, endName }, weights);
  } finally {
    file.close();
  }
}
