/** Weights of a model from those of another: layers left out, layers added that change nothing yet, feed-forward channels left out. */
import { ConfigError } from "../core/errors.js";
import { sampleWeights, type Weights } from "../models/llama/initial-weights.js";
import { type LlamaShape, weightSpecs } from "../models/llama/llama-shape.js";
import { pruneChannels } from "../models/prune/prune-structure.js";

/** Where a layer comes from: the parent's layer of this number, or nowhere. */
export type LayerSource = number | "new";

/** A trained model. */
export interface TrainedModel { readonly shape: LlamaShape; readonly weights: Weights }

/** Sizes that a model must share with the one it starts from. */
const SHARED = ["vocabulary", "width", "heads", "kvHeads", "ropeBase", "normEpsilon", "isTied"] as const;
/** The matrices through which a layer speaks. */
const OUTPUTS = /attn_output|ffn_down/;

/**
 * Weights to start from. A new layer is drawn from the seed, but for its two output matrices, which are zero: the model with it gives
 * the logits of the model without it, and its gradient is not zero. With fewer feed-forward channels the strongest are kept.
 *
 * @param layers One source per layer of `shape`.
 * @throws {ConfigError} when the sizes do not fit those of the parent.
 * @source Growing: Gong et al. 2019, Efficient training of BERT by progressively stacking, ICML, and, for outputs of zero, Chen, Goodfellow
 * and Shlens 2016, Net2Net, arXiv:1511.05641. Leaving out: Sanh et al. 2019, DistilBERT, arXiv:1910.01108.
 */
export function deriveWeights(parent: TrainedModel, shape: LlamaShape, layers: readonly LayerSource[], seed: number): Weights {
  checkDescent(parent.shape, shape, layers);
  const kept = parent.shape.feedForward === shape.feedForward ? parent.weights : pruneChannels(parent.shape, parent.weights, shape.feedForward).weights;
  const fresh = layers.includes("new") ? sampleWeights(shape, seed) : undefined;
  return new Map(weightSpecs(shape).map(({ name }) => {
    const [, layer, part] = /^blk\.(\d+)\.(.+)$/.exec(name) ?? [], source = layer === undefined ? undefined : layers[Number(layer)]!;
    if (source === undefined) return [name, kept.get(name)!.slice()];
    if (source !== "new") return [name, kept.get(`blk.${source}.${part!}`)!.slice()];
    const drawn = fresh!.get(name)!;
    return [name, OUTPUTS.test(name) ? new Float32Array(drawn.length) : drawn];
  }));
}

/**
 * Whether a model of one shape can start from one of another.
 *
 * @throws {ConfigError} when it cannot.
 */
export function checkDescent(parent: LlamaShape, shape: LlamaShape, layers: readonly LayerSource[], where = "a model that starts from another"): void {
  const fault = (rule: string, got: unknown): ConfigError => new ConfigError({ subject: where, rule, got, hint: "Change its sizes or start it from its seed." });
  const odd = SHARED.find((size) => parent[size] !== shape[size]);
  if (odd !== undefined) throw fault(`have the ${odd} of its parent, ${String(parent[odd])}`, shape[odd]);
  if (shape.feedForward > parent.feedForward) throw fault(`have a feedForward of at most its parent's ${parent.feedForward}`, shape.feedForward);
  if (layers.length !== shape.layers) throw fault(`name a source for each of its ${shape.layers} layers`, layers);
  const absent = layers.find((source) => source !== "new" && !(source >= 0 && source < parent.layers));
  if (absent !== undefined) throw fault(`take layers 0 to ${parent.layers - 1} of its parent`, absent);
}
