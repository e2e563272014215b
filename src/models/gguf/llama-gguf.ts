/** Llama-architecture models as GGUF: settings from a shape and back, and whole files from weights. */
import { DataError } from "../../core/errors.js";
import { checkLlamaShape, headSizeOf, type LlamaShape, weightSpecs } from "../llama/llama-shape.js";
import type { GgufHeader, GgufMetadata, GgufValue, TensorEntry } from "./gguf-file.js";
import { rowLength } from "./gguf-file.js";
import { kindOfName } from "./tensor-kinds.js";
import { type GgufTokenizer, tokenizerMetadata } from "./tokenizer-metadata.js";

/** Codes of `general.file_type` for files that mostly hold one kind. @source enum llama_ftype of llama.cpp. */
export const FILE_TYPES: Readonly<Record<string, number>> = {
  F32: 0, F16: 1, Q4_0: 2, Q8_0: 7, Q2_K: 10, Q3_K: 11, Q4_K: 14, Q4_K_M: 15, Q5_K: 16, Q6_K: 18, IQ4_NL: 25, BF16: 32,
};

/** Settings of a model. */
export function llamaMetadata(name: string, shape: LlamaShape, tokenizer: GgufTokenizer, kindName: string): GgufMetadata {
  const whole = (value: number): GgufValue => ({ type: "uint32", value }), real = (value: number): GgufValue => ({ type: "float32", value });
  return new Map<string, GgufValue>([
    ["general.architecture", { type: "string", value: "llama" }], ["general.name", { type: "string", value: name }],
    ["general.file_type", whole(FILE_TYPES[kindName] ?? 0)], ["general.quantization_version", whole(2)],
    ["llama.vocab_size", whole(shape.vocabulary)], ["llama.context_length", whole(shape.context)], ["llama.embedding_length", whole(shape.width)],
    ["llama.block_count", whole(shape.layers)], ["llama.feed_forward_length", whole(shape.feedForward)],
    ["llama.attention.head_count", whole(shape.heads)], ["llama.attention.head_count_kv", whole(shape.kvHeads)],
    ["llama.attention.layer_norm_rms_epsilon", real(shape.normEpsilon)], ["llama.rope.freq_base", real(shape.ropeBase)],
    ["llama.rope.dimension_count", whole(headSizeOf(shape))],
    ...tokenizerMetadata(tokenizer),
  ]);
}

/** Tensors of a model in the order of a file: matrices in one kind, gains in F32. */
export function llamaTensors(shape: LlamaShape, kindName: "F32" | "F16" | "BF16" | "Q8_0"): TensorEntry[] {
  const gainKind = kindOfName("F32")!, matrixKind = kindOfName(kindName)!;
  return weightSpecs(shape).map(({ name, shape: sizes }) => ({ name, shape: sizes, kind: sizes.length === 1 ? gainKind : matrixKind }));
}

/** A whole number of the settings. @throws {DataError} when absent. */
export function wholeSetting(header: Pick<GgufHeader, "metadata">, key: string, where: string): number {
  const found = header.metadata.get(key), value = found === undefined || found.type === "array" ? undefined : Number(found.value);
  if (value !== undefined && Number.isSafeInteger(value) && value >= 0) return value;
  throw new DataError({ subject: `setting ${key}`, rule: "be a whole number", got: value, where, hint: "The file is not a model that plmm can read; make it again." });
}

/**
 * The shape of a Llama-architecture model.
 *
 * @throws {DataError} for other architectures, missing or misshapen weights.
 */
export function parseLlamaShape(header: GgufHeader, where: string): LlamaShape {
  const architecture = header.metadata.get("general.architecture")?.type === "string" ? header.metadata.get("general.architecture") as { value: string } : undefined;
  if (architecture?.value !== "llama") throw new DataError({ subject: "architecture", rule: "be llama", got: architecture?.value, where, hint: "This command handles Llama-architecture models only." });
  const whole = (key: string): number => wholeSetting(header, `llama.${key}`, where);
  const real = (key: string, usual: number): number => {
    const found = header.metadata.get(`llama.${key}`);
    return found?.type === "float32" ? shortestDecimal(found.value) : found?.type === "float64" ? found.value : usual;
  };
  const table = header.tensors.find(({ name }) => name === "token_embd.weight"), heads = whole("attention.head_count");
  const shape: LlamaShape = {
    vocabulary: table?.shape[0] ?? 0, width: whole("embedding_length"), layers: whole("block_count"), heads,
    kvHeads: header.metadata.has("llama.attention.head_count_kv") ? whole("attention.head_count_kv") : heads, feedForward: whole("feed_forward_length"),
    context: whole("context_length"), ropeBase: real("rope.freq_base", 10_000), normEpsilon: real("attention.layer_norm_rms_epsilon", 1e-5),
    isTied: !header.tensors.some(({ name }) => name === "output.weight"),
  };
  checkWeights(checkLlamaShape(shape, where), header, where);
  return shape;
}

/** The number with fewest digits that a float32 stands for: 1e-5 and not 0.000009999999747. */
function shortestDecimal(single: number): number {
  return [6, 7, 8].map((digits) => Number(single.toPrecision(digits))).find((number) => Math.fround(number) === single) ?? single;
}

function checkWeights(shape: LlamaShape, { tensors }: GgufHeader, where: string): void {
  const found = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, shape: sizes } of weightSpecs(shape)) {
    const tensor = found.get(name);
    if (tensor !== undefined && sizes.join() === tensor.shape.join()) continue;
    const got = tensor === undefined ? "nothing" : `[${tensor.shape.join(", ")}] with rows of ${rowLength(tensor)}`;
    throw new DataError({ subject: `tensor ${name}`, rule: `have shape [${sizes.join(", ")}]`, got, where, hint: "The weights do not fit the settings of the file; make it again." });
  }
}
