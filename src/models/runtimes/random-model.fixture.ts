/** Small models with random weights for tests: real files, real tokenizer, nothing learnt. */
import { byteTokenizer } from "../gguf/tokenizer-metadata.js";
import { sampleWeights } from "../llama/initial-weights.js";
import type { LlamaShape } from "../llama/llama-shape.js";
import type { LlamaModelParts } from "../quantize/write-llama-gguf.js";

/** Weights so much larger than usual that distributions have clear peaks. */
const LOUDNESS = 4;

/** A shape that k-quants can have: two layers, two queries per key. */
export const SMALL_SHAPE: LlamaShape = {
  vocabulary: 264, width: 256, layers: 2, heads: 8, kvHeads: 4, feedForward: 512, context: 512, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true,
};

/** A model. */
export function randomModel(shape: LlamaShape = SMALL_SHAPE, seed = 1): LlamaModelParts {
  const weights = new Map([...sampleWeights(shape, seed)].map(([name, numbers]) => [name, name.endsWith("norm.weight") ? numbers : numbers.map((number) => LOUDNESS * number)]));
  return { name: `random-${seed}`, shape, weights, tokenizer: byteTokenizer(shape.vocabulary) };
}
