/** All ways to prune a model, one after another: parts first, then single weights, then rank. */
import { ConfigError } from "../../core/errors.js";
import { type LlamaShape, weightSpecs } from "../llama/llama-shape.js";
import type { StoredWeights } from "../quantize/packed-matrix.js";
import { factorMatrix } from "./factor-matrix.js";
import { pruneMagnitude } from "./prune-magnitude.js";
import { type NamedWeights, pruneChannels, silenceHeads } from "./prune-structure.js";

/** What to take away. What is left out is left alone. */
export interface PruneSteps {
  /** Feed-forward channels to keep in each layer. */
  readonly channels?: number;
  /** Groups of heads to keep in each layer. */
  readonly heads?: number;
  /** Share of the smallest weights of each matrix of a layer to set to zero. */
  readonly smallest?: number;
  /** Rank of the matrices of layers. Only where two factors are smaller than the matrix. */
  readonly rank?: number;
}

/** A pruned model. */
export interface PrunedWeights { readonly shape: LlamaShape; readonly weights: StoredWeights }

const IN_LAYER = /^blk\./;

/** @throws {ConfigError} for steps that the model does not allow. */
export function pruneModel(shape: LlamaShape, weights: NamedWeights, { channels, heads, smallest, rank }: PruneSteps): PrunedWeights {
  const narrow = channels === undefined ? { shape, weights } : pruneChannels(shape, weights, channels);
  const quiet = heads === undefined ? narrow.weights : silenceHeads(narrow.shape, narrow.weights, heads);
  const sparse = smallest === undefined ? quiet : zeroSmallest(narrow.shape, quiet, smallest);
  return { shape: narrow.shape, weights: rank === undefined ? sparse : lowerRank(narrow.shape, sparse, rank) };
}

function zeroSmallest(shape: LlamaShape, weights: NamedWeights, share: number): NamedWeights {
  if (!(share >= 0 && share <= 1)) throw new ConfigError({ subject: "the share of smallest weights", rule: "be from 0 to 1", got: share, hint: "0.3 is harmless for most models." });
  return new Map(weightSpecs(shape).map(({ name, shape: sizes }) => [name, sizes.length === 2 && IN_LAYER.test(name) ? pruneMagnitude(weights.get(name)!, share) : weights.get(name)!]));
}

function lowerRank(shape: LlamaShape, weights: NamedWeights, rank: number): StoredWeights {
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= shape.width)) throw new ConfigError({ subject: "the rank", rule: `be a whole number from 1 to ${shape.width}`, got: rank, hint: "Multiples of 32 can be quantized in blocks afterwards." });
  return new Map(weightSpecs(shape).map(({ name, shape: [rows, columns] }) => {
    const numbers = weights.get(name)!, isSmaller = columns !== undefined && rank * (rows! + columns) < rows! * columns;
    return [name, isSmaller && IN_LAYER.test(name) ? factorMatrix(numbers, columns, rank) : numbers];
  }));
}
