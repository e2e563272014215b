/** Quantizes GGUF files, one tensor in memory at a time. */
import type { GgufMetadata, PlacedTensor } from "../gguf/gguf-file.js";
import { rowLength } from "../gguf/gguf-file.js";
import { FILE_TYPES } from "../gguf/llama-gguf.js";
import { loadGguf } from "../gguf/load-gguf.js";
import type { TensorKind } from "../gguf/tensor-kinds.js";
import { writeGguf } from "../gguf/write-gguf.js";
import { dequantize } from "./dequantize.js";
import { quantizeRows } from "./load-ggml.js";
import { findRecipe, planQuantization } from "./quantize-plan.js";

/** What was written. */
export interface QuantizedFile {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Tensors by the kind they have now. */
  readonly kinds: ReadonlyMap<string, number>;
}

/**
 * Writes a quantized copy of a model, whole or not at all.
 *
 * @param recipeName A kind, or Q4_K_M, Q5_K_M.
 * @param say Hears the name of each tensor when its turn comes, and how many there are.
 * @throws {DataError} for files and weights that cannot be quantized; {LimitError} when the disk is full.
 */
export function writeQuantizedGguf(from: string, to: string, recipeName: string, say: (name: string, index: number, count: number) => void = () => undefined): QuantizedFile {
  const recipe = findRecipe(recipeName), file = loadGguf(from);
  try {
    const kinds = planQuantization(file.tensors, recipe);
    const tensors = file.tensors.map((tensor, i) => ({
      name: tensor.name, shape: tensor.shape, kind: kinds[i]!,
      bytes: () => {
        say(tensor.name, i, kinds.length);
        return repack(tensor, file.readBytes(tensor), kinds[i]!);
      },
    }));
    const bytesAfter = writeGguf(to, describe(file.metadata, recipeName), tensors);
    return { bytesBefore: file.byteLength, bytesAfter, kinds: countKinds(kinds) };
  } finally {
    file.close();
  }
}

function repack(tensor: PlacedTensor, bytes: Uint8Array, kind: TensorKind): Uint8Array {
  return kind === tensor.kind ? bytes : quantizeRows(kind, dequantize(tensor.kind, bytes), rowLength(tensor), tensor.name);
}

function describe(metadata: GgufMetadata, recipeName: string): GgufMetadata {
  const changed = new Map(metadata);
  changed.set("general.file_type", { type: "uint32", value: FILE_TYPES[recipeName] ?? 0 });
  changed.set("general.quantization_version", { type: "uint32", value: 2 });
  return changed;
}

function countKinds(kinds: readonly TensorKind[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of kinds) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
