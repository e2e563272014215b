/** Shape of a served model: from the fields of its config where a run carries them, or a model card by name. */
import { z } from "zod";
import { DataError } from "../core/errors.js";
import { loadModelCards } from "../devices/load-model-cards.js";
import type { ModelCard } from "../devices/model-card.js";

const count = z.number().int().positive();

/** Fields of a model's config.json on Hugging Face. Mixtures name their experts in one of three ways. */
export const modelShapeSchema = z.looseObject({
  hidden_size: count, num_hidden_layers: count, num_attention_heads: count, num_key_value_heads: count.optional(), head_dim: count.nullable().optional(),
  intermediate_size: count, vocab_size: count, tie_word_embeddings: z.boolean().optional(),
  num_experts: count.optional(), num_local_experts: count.optional(), n_routed_experts: count.optional(),
  num_experts_per_tok: count.optional(), moe_intermediate_size: count.optional(),
  shared_expert_intermediate_size: z.number().int().min(0).optional(), n_shared_experts: z.number().int().min(0).optional(),
});
/** A model's config. */
export type ModelShape = z.infer<typeof modelShapeSchema>;

/**
 * Card of a served model.
 *
 * @param name As on Hugging Face: "Qwen/Qwen3-32B".
 * @param shape Its config where there is one.
 * @throws {DataError} when there is neither a config nor a card whose name starts the model's.
 */
export function findServedModel(name: string, shape: ModelShape | undefined, where: string): ModelCard {
  if (shape !== undefined) return cardOfShape(name, shape);
  const short = name.split("/").at(-1)!.toLowerCase().replace(/^meta-/, "");
  const card = loadModelCards().filter((candidate) => short === candidate.name || short.startsWith(`${candidate.name}-`)).sort((a, b) => b.name.length - a.name.length)[0];
  if (card !== undefined) return card;
  throw new DataError({
    subject: "model", rule: "have a model card, or its config (hidden_size, num_hidden_layers, ...) in config.json", got: name, where,
    hint: "Add the fields of the model's own config.json to the run's. Cards: plmm models list.",
  });
}

function cardOfShape(name: string, shape: ModelShape): ModelCard {
  const { hidden_size: hiddenSize, num_hidden_layers: layers, num_attention_heads: heads, vocab_size: vocabulary } = shape;
  const kvHeads = shape.num_key_value_heads ?? heads, headDim = shape.head_dim ?? Math.floor(hiddenSize / heads), isEmbeddingTied = shape.tie_word_embeddings ?? false;
  const experts = shape.num_experts ?? shape.num_local_experts ?? shape.n_routed_experts ?? 1, activeExperts = Math.min(experts, shape.num_experts_per_tok ?? 1);
  const feedForwardSize = experts > 1 ? shape.moe_intermediate_size ?? shape.intermediate_size : shape.intermediate_size;
  const sharedSize = shape.shared_expert_intermediate_size ?? (shape.n_shared_experts ?? 0) * feedForwardSize;
  const attention = hiddenSize * headDim * (2 * heads + 2 * kvHeads), expert = 3 * hiddenSize * feedForwardSize;
  const outside = vocabulary * hiddenSize * (isEmbeddingTied ? 1 : 2) + hiddenSize;
  const perLayer = attention + 2 * hiddenSize + 3 * hiddenSize * sharedSize + (experts > 1 ? hiddenSize * experts : 0);
  return {
    name, title: name, parameters: outside + layers * (perLayer + experts * expert), activeParameters: outside + layers * (perLayer + activeExperts * expert),
    layers, hiddenSize, heads, kvHeads, headDim, feedForwardSize, extraPerLayer: 2 * hiddenSize, vocabulary, isEmbeddingTied, experts, activeExperts,
    quants: {}, origin: "published", source: "config.json of the run",
  };
}
