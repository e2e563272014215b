/** Pruned copies of model files, in the format of the original. */
import { ConfigError, DataError } from "../../core/errors.js";
import { rowLength } from "../gguf/gguf-file.js";
import { parseLlamaShape } from "../gguf/llama-gguf.js";
import { type GgufFile, loadGguf } from "../gguf/load-gguf.js";
import { writeGguf } from "../gguf/write-gguf.js";
import { weightSpecs } from "../llama/llama-shape.js";
import { storedWeightsOf } from "../onnx/llama-onnx.js";
import { loadLlamaOnnx, loadOnnxBytes } from "../onnx/load-llama-onnx.js";
import { writeLlamaOnnx } from "../onnx/write-llama-onnx.js";
import { dequantize } from "../quantize/dequantize.js";
import { quantizeRows } from "../quantize/load-ggml.js";
import type { StoredWeights } from "../quantize/packed-matrix.js";
import type { ModelFormat } from "../runtimes/load-model-file.js";
import { pruneModel, type PruneSteps } from "./prune-model.js";
import type { NamedWeights } from "./prune-structure.js";

/** What was written. */
export interface PrunedFile { readonly bytesBefore: number; readonly bytesAfter: number }

const UNPACKED: readonly string[] = ["F32", "F16", "BF16"];

/**
 * Writes a pruned copy, whole or not at all.
 *
 * @throws {ConfigError} for steps that model or format do not allow; {DataError} for files that cannot be used; {LimitError} when the disk is full.
 */
export function writePruned(format: ModelFormat, from: string, to: string, steps: PruneSteps): PrunedFile {
  return format === "gguf" ? writePrunedGguf(from, to, steps) : writePrunedOnnx(from, to, steps);
}

function writePrunedOnnx(from: string, to: string, steps: PruneSteps): PrunedFile {
  const file = loadLlamaOnnx(from), { shape, weights } = pruneModel(file.shape, requireDense(storedWeightsOf(file, from)), steps);
  return { bytesBefore: loadOnnxBytes(from).length, bytesAfter: writeLlamaOnnx(to, { ...file, shape }, weights) };
}

function writePrunedGguf(from: string, to: string, steps: PruneSteps): PrunedFile {
  if (steps.rank !== undefined) throw new ConfigError({ subject: "--rank", rule: "be given for ONNX files only", got: steps.rank, hint: "llama.cpp multiplies with whole matrices, so a GGUF file would not get smaller." });
  const file = loadGguf(from);
  try {
    const { shape, weights } = pruneModel(parseLlamaShape(file, from), loadDense(file), steps), metadata = new Map(file.metadata);
    metadata.set("llama.feed_forward_length", { type: "uint32", value: shape.feedForward });
    const kinds = new Map(file.tensors.map(({ name, kind }) => [name, kind]));
    const tensors = weightSpecs(shape).map(({ name, shape: sizes }) => {
      const entry = { name, shape: sizes, kind: kinds.get(name)! };
      return { ...entry, bytes: () => packed(entry.kind.name === "F32" ? undefined : entry.kind, weights.get(name) as Float32Array, rowLength(entry), name) };
    });
    return { bytesBefore: file.byteLength, bytesAfter: writeGguf(to, metadata, tensors) };
  } finally {
    file.close();
  }
}

function packed(kind: Parameters<typeof quantizeRows>[0] | undefined, numbers: Float32Array, length: number, name: string): Uint8Array {
  return kind === undefined ? new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength) : quantizeRows(kind, numbers, length, name);
}

function loadDense(file: GgufFile): NamedWeights {
  return new Map(file.tensors.map((tensor) => {
    if (tensor.shape.length > 1 && !UNPACKED.includes(tensor.kind.name)) throw quantizedAlready(tensor.name, tensor.kind.name);
    return [tensor.name, dequantize(tensor.kind, file.readBytes(tensor))];
  }));
}

function requireDense(weights: StoredWeights): NamedWeights {
  for (const [name, weight] of weights) if (!(weight instanceof Float32Array)) throw quantizedAlready(name, weight.kind);
  return weights as NamedWeights;
}

function quantizedAlready(name: string, kind: string): DataError {
  return new DataError({ subject: `tensor ${name}`, rule: "be dense before it is pruned", got: kind, hint: "Prune the F16 or float32 file of the model, then quantize." });
}
