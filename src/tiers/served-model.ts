/** Shape of a served model: from the fields of its config where a run carries them, or a model card by name. */
import { z } from "zod";
import { DataError } from "../core/errors.js";
import { loadModelCards } from "../devices/load-model-cards.js";
import type { ModelCard } from "../devices/model-card.js";

const count = z.number().int().positive(), maybe = z.number().int().min(0).nullable().optional();

/** Fields of a model's config.json on Hugging Face. Families name their experts, and how many of them work, in different ways. */
const modelShapeSchema = z.looseObject({
  hidden_size: count, num_hidden_layers: count, num_attention_heads: count, num_key_value_heads: count.nullable().optional(), head_dim: count.nullable().optional(),
  intermediate_size: count, vocab_size: count, tie_word_embeddings: z.boolean().nullable().optional(),
  num_experts: maybe, num_local_experts: maybe, n_routed_experts: maybe, moe_num_experts: maybe,
  num_experts_per_tok: maybe, num_experts_per_token: maybe, experts_per_token: maybe, moe_top_k: maybe, moe_topk: maybe, top_k_experts: maybe,
  moe_intermediate_size: maybe, expert_ffn_hidden_size: maybe, shared_expert_intermediate_size: maybe, n_shared_experts: maybe, num_shared_experts: maybe,
  decoder_sparse_step: maybe, first_k_dense_replace: maybe, mlp_only_layers: z.array(z.number()).nullable().optional(),
  kv_lora_rank: maybe,
});
/** A model's config. */
export type ModelShape = z.infer<typeof modelShapeSchema>;

/**
 * A model's config where config.json carries it, on its top or as the text part of a larger model.
 *
 * @returns Undefined when the file says nothing of the model's shape.
 * @throws {DataError} when it says it, but not all of it; or a kind of attention that is not simulated.
 */
export function readModelShape(config: unknown, file: string): ModelShape | undefined {
  const top = config as Readonly<Record<string, unknown>>, found = [top, top["text_config"]].find((place) => typeof place === "object" && place !== null && "hidden_size" in place);
  if (found === undefined) return undefined;
  const parsed = modelShapeSchema.safeParse(found), issue = parsed.error?.issues[0];
  if (!parsed.success) {
    throw new DataError({ subject: issue?.path.join(".") ?? "hidden_size", rule: "be a field of the model's config", got: issue?.message, where: file, hint: "Copy the fields from the model's own config.json, or leave all of them out: then a model card is looked for." });
  }
  if ((parsed.data.kv_lora_rank ?? 0) > 0) {
    throw new DataError({ subject: "kv_lora_rank", rule: "be absent: attention over compressed keys and values is not simulated", got: parsed.data.kv_lora_rank, where: file, hint: "Replay a model with grouped-query attention." });
  }
  return parsed.data;
}

/**
 * Card of a served model.
 *
 * @param name As on Hugging Face: "Qwen/Qwen3-32B".
 * @param shape Its config where there is one.
 * @throws {DataError} when there is neither a config nor a card whose name starts the model's, or a mixture does not say how many experts work on a token.
 */
export function findServedModel(name: string, shape: ModelShape | undefined, where: string): ModelCard {
  if (shape !== undefined) return cardOfShape(name, shape, where);
  const short = name.split("/").at(-1)!.toLowerCase().replace(/^meta-/, "");
  const card = loadModelCards().filter((candidate) => short === candidate.name || short.startsWith(`${candidate.name}-`)).sort((a, b) => b.name.length - a.name.length)[0];
  if (card !== undefined) return card;
  throw new DataError({
    subject: "model", rule: "have a model card, or its config (hidden_size, num_hidden_layers, ...) in config.json", got: name, where,
    hint: "Add the fields of the model's own config.json to the run's. Cards: plmm models list.",
  });
}

function cardOfShape(name: string, shape: ModelShape, where: string): ModelCard {
  const { hidden_size: hiddenSize, num_hidden_layers: layers, num_attention_heads: heads, vocab_size: vocabulary } = shape;
  const kvHeads = shape.num_key_value_heads ?? heads, headDim = shape.head_dim ?? Math.floor(hiddenSize / heads), isEmbeddingTied = shape.tie_word_embeddings ?? false;
  const experts = firstAbove(1, shape.num_experts, shape.num_local_experts, shape.n_routed_experts, shape.moe_num_experts) ?? 1;
  const working = firstAbove(0, shape.num_experts_per_tok, shape.num_experts_per_token, shape.experts_per_token, shape.moe_top_k, shape.moe_topk, shape.top_k_experts);
  if (experts > 1 && working === undefined) throw new DataError({ subject: "num_experts_per_tok", rule: `be said for a mixture of ${experts} experts`, got: undefined, where, hint: "Copy it from the model's own config.json." });
  const activeExperts = Math.min(experts, working ?? 1), sparse = experts > 1 ? countSparse(shape) : layers;
  const feedForwardSize = experts > 1 ? firstAbove(0, shape.moe_intermediate_size, shape.expert_ffn_hidden_size) ?? shape.intermediate_size : shape.intermediate_size;
  const sharedSize = firstAbove(0, shape.shared_expert_intermediate_size) ?? (shape.n_shared_experts ?? shape.num_shared_experts ?? 0) * feedForwardSize;
  const attention = hiddenSize * headDim * (2 * heads + 2 * kvHeads), expert = 3 * hiddenSize * feedForwardSize;
  const outside = vocabulary * hiddenSize * (isEmbeddingTied ? 1 : 2) + hiddenSize + layers * (attention + 2 * hiddenSize) + (layers - sparse) * 3 * hiddenSize * shape.intermediate_size;
  const besideExperts = experts > 1 ? 3 * hiddenSize * sharedSize + hiddenSize * experts : 0;
  return {
    name, title: name, parameters: outside + sparse * (besideExperts + experts * expert), activeParameters: outside + sparse * (besideExperts + activeExperts * expert),
    layers, hiddenSize, heads, kvHeads, headDim, feedForwardSize, extraPerLayer: 2 * hiddenSize, vocabulary, isEmbeddingTied, experts, activeExperts,
    quants: {}, tableParameters: 0, isCounted: true, origin: "published", source: "config.json of the run",
  };
}

/** Layers with experts: every decoder_sparse_step-th, without those that are named dense or come first. */
function countSparse({ num_hidden_layers: layers, decoder_sparse_step: step, first_k_dense_replace: first, mlp_only_layers: dense }: ModelShape): number {
  let sparse = 0;
  for (let layer = 0; layer < layers; layer++) {
    if (layer >= (first ?? 0) && (layer + 1) % Math.max(1, step ?? 1) === 0 && dense?.includes(layer) !== true) sparse++;
  }
  return sparse;
}

function firstAbove(bound: number, ...values: readonly (number | null | undefined)[]): number | undefined {
  return values.find((value): value is number => typeof value === "number" && value > bound);
}
