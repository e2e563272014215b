/**
 * GGUF files for measuring speed and memory: every matrix repeats a block of random rows, another one for each part of a layer. Engines
 * do the same work whatever the weights are, so such a file is as fast and as large as a trained one of its shape, and is written in
 * the time of a copy. (Were queries and keys one block, attention would find larger and larger scores along a context, and llama.cpp
 * rescales its sums at each of them.)
 */
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { rowLength, type TensorEntry, weightCount } from "../gguf/gguf-file.js";
import { llamaMetadata, llamaTensors } from "../gguf/llama-gguf.js";
import { packedBytes, type TensorKind } from "../gguf/tensor-kinds.js";
import { byteTokenizer } from "../gguf/tokenizer-metadata.js";
import { writeGguf } from "../gguf/write-gguf.js";
import { checkLlamaShape, type LlamaShape } from "../llama/llama-shape.js";
import { quantizeRows } from "./load-ggml.js";
import { findRecipe, planQuantization } from "./quantize-plan.js";

/** Rows of the block. Tokens repeat with it, and of equally likely ones engines take the first: never the last, which ends an answer. */
const PATTERN_ROWS = 32;
const SPREAD = 0.02;
const PARTS: readonly string[] = ["token_embd", "output", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"].map((name) => `${name}.weight`);

/**
 * Writes a model, whole or not at all.
 *
 * @param recipeName "F16" or a quantization, as for `plmm models quantize`.
 * @returns Bytes of the file.
 * @throws {ConfigError} for shapes that do not fit together; {ShapeError} when rows are no whole blocks of the kind; {LimitError} for a full disk.
 */
export function writePatternedGguf(path: string, shape: LlamaShape, recipeName: string): number {
  const tensors = llamaTensors(checkLlamaShape(shape), "F16"), kinds = planQuantization(tensors, findRecipe(recipeName));
  const packed = new Map<string, Uint8Array>();
  const written = tensors.map((tensor, i) => ({ ...tensor, kind: kinds[i]!, bytes: () => repeatPattern(tensor, kinds[i]!, packed) }));
  return writeGguf(path, llamaMetadata(`patterned-${recipeName}`, shape, byteTokenizer(shape.vocabulary), recipeName), written);
}

/** Packs the block of a part once per kind, and repeats its bytes. */
function repeatPattern(tensor: TensorEntry, kind: TensorKind, packed: Map<string, Uint8Array>): Uint8Array {
  if (tensor.shape.length === 1) return new Uint8Array(new Float32Array(weightCount(tensor)).fill(1).buffer);
  const row = rowLength(tensor), part = partOf(tensor), key = `${kind.name} ${part}`, pattern = packed.get(key) ?? quantizeRows(kind, sampleBlock(part, row), row, tensor.name);
  packed.set(key, pattern);
  return repeatTo(new Uint8Array(packedBytes(kind, weightCount(tensor))), pattern);
}

/** Name without the layer. */
function partOf({ name }: TensorEntry): string { return name.replace(/^blk\.\d+\./, ""); }

/** Random rows with a spread of 0.02, a function of the part. Shape [32, row]. */
function sampleBlock(part: string, row: number): Float32Array {
  const stream = new RandomStream(1, 0, Purpose.weights).seek(PARTS.indexOf(part) + 1, 0);
  return Float32Array.from({ length: PATTERN_ROWS * row }, () => SPREAD * stream.nextNormal());
}

/** Fills an array by copies of a pattern; the last one may be cut. */
function repeatTo<Numbers extends Uint8Array | Float32Array>(out: Numbers, pattern: Numbers): Numbers {
  out.set(pattern.subarray(0, out.length));
  for (let filled = pattern.length; filled < out.length; filled *= 2) out.copyWithin(filled, 0, Math.min(filled, out.length - filled));
  return out;
}

/** The same weights in float32, by name, for files of other engines. */
export function patternedWeights(shape: LlamaShape): ReadonlyMap<string, Float32Array> {
  const blocks = new Map<string, Float32Array>();
  return new Map(llamaTensors(checkLlamaShape(shape), "F16").map((tensor) => {
    const numbers = new Float32Array(weightCount(tensor)), row = rowLength(tensor);
    if (tensor.shape.length === 1) return [tensor.name, numbers.fill(1)] as const;
    const part = partOf(tensor), block = blocks.get(part) ?? sampleBlock(part, row);
    blocks.set(part, block);
    return [tensor.name, repeatTo(numbers, block)] as const;
  }));
}
