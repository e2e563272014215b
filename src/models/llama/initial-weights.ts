/** Weights to start training from. */
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { type LlamaShape, weightSpecs } from "./llama-shape.js";

/** Numbers of a model's weights by their name in a GGUF file. Float32, row-major. */
export type Weights = ReadonlyMap<string, Float32Array>;

const USUAL_SPREAD = 0.02;
/** Matrices that write into the residual stream: two per layer add up. */
const WRITES_TO_STREAM = /attn_output|ffn_down/;

/**
 * Gains of 1, tokens and matrices from a normal law with standard deviation 0.02; those that write into the residual stream
 * divided by √(2 layers). Each weight is a function of seed, tensor and place.
 *
 * @source Radford et al. 2019, Language models are unsupervised multitask learners, section 2.3.
 */
export function sampleWeights(shape: LlamaShape, seed: number): Weights {
  const stream = new RandomStream(seed, 0, Purpose.weights);
  return new Map(weightSpecs(shape).map(({ name, shape: sizes }, tensor) => {
    const length = sizes.reduce((product, size) => product * size, 1);
    if (sizes.length === 1) return [name, new Float32Array(length).fill(1)];
    const spread = WRITES_TO_STREAM.test(name) ? USUAL_SPREAD / Math.sqrt(2 * shape.layers) : USUAL_SPREAD;
    stream.seek(tensor, 0);
    return [name, Float32Array.from({ length }, () => spread * stream.nextNormal())];
  }));
}
