/** Quantizes our ONNX files. */
import { ConfigError } from "../../core/errors.js";
import { nearestName } from "../../config/nearest-name.js";
import { PACKED_KINDS, type PackedKind } from "../quantize/packed-matrix.js";
import { storeWeights } from "../quantize/store-weights.js";
import { storedWeightsOf } from "./llama-onnx.js";
import { loadLlamaOnnx, loadOnnxBytes } from "./load-llama-onnx.js";
import { writeLlamaOnnx } from "./write-llama-onnx.js";

/** What was written. */
export interface QuantizedOnnx { readonly bytesBefore: number; readonly bytesAfter: number }

/** A way to pack by its name. @throws {ConfigError} naming the nearest. */
export function findPackedKind(name: string): PackedKind {
  const kind = PACKED_KINDS.find((each) => each === name), nearest = nearestName(name, PACKED_KINDS);
  if (kind !== undefined) return kind;
  throw new ConfigError({ subject: "--to", rule: `be one of ${PACKED_KINDS.join(", ")} for an ONNX file`, got: name, hint: nearest === undefined ? "int8 is the fastest, int4-block the smallest." : `Did you mean ${nearest}?` });
}

/**
 * Writes a quantized copy of one of our files, whole or not at all.
 *
 * @throws {ConfigError} for another kind; {DataError} for files and weights that cannot be quantized; {LimitError} when the disk is full.
 */
export function writeQuantizedOnnx(from: string, to: string, kindName: string): QuantizedOnnx {
  const kind = findPackedKind(kindName), file = loadLlamaOnnx(from), weights = storeWeights(file.shape, storedWeightsOf(file, from), kind);
  return { bytesBefore: loadOnnxBytes(from).length, bytesAfter: writeLlamaOnnx(to, file, weights) };
}
