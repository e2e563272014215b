/** Small models and batches for tests. */
import { Purpose, RandomStream } from "../core/random-stream.js";
import type { LlamaShape } from "../models/llama/llama-shape.js";
import { batchOfRows, type TrainingBatch } from "./training-batch.js";

/** A small model with grouped queries. */
export const TOY_SHAPE: LlamaShape = { vocabulary: 11, width: 8, layers: 2, heads: 4, kvHeads: 2, feedForward: 12, context: 8, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true };

/** Random tokens; the first two places of each row are read and not learned. */
export function randomBatch(seed: number, step: number, { vocabulary }: LlamaShape, batch = 3, length = 6): TrainingBatch {
  const stream = new RandomStream(seed, 0, Purpose.test).seek(step, 0);
  const rows = Array.from({ length: batch }, () => Array.from({ length: length + 1 }, () => stream.nextInt(vocabulary)));
  return batchOfRows(rows, { isLearned: (_, place) => place > 2 });
}
