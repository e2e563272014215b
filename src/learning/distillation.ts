/** Learning from what a teacher holds likely, not only from what a text says next. */
import { add, exponential, multiply } from "../models/graph/arithmetic.js";
import type { Value } from "../models/graph/graph.js";
import { reduceSum } from "../models/graph/reduction.js";
import { crossEntropy, logSoftmax, softCrossEntropy } from "../models/graph/softmax.js";
import { llamaLogits, type TextRows } from "../models/llama/llama-forward.js";
import { weightSpecs } from "../models/llama/llama-shape.js";
import type { TrainedModel } from "./derive-weights.js";

/** How much a teacher counts. */
export interface DistillationShare {
  /** Divides the logits of both: above 1, unlikely tokens count more. */
  readonly temperature: number;
  /** Share of the loss that is the distance from the teacher; the rest is that of the text. From 0 to 1. */
  readonly share: number;
}

/** A teacher whose weights stay as they are, and how much it counts. Same vocabulary as the learner. */
export interface Lesson extends DistillationShare { readonly teacher: TrainedModel }

/** Logits of a teacher on the rows that its learner reads, as a part of the learner's graph: weights are constants there. */
export function teacherLogits({ shape, weights }: TrainedModel, rows: TextRows): Value {
  const { graph } = rows.tokens;
  return graph.withoutTape(() =>
    llamaLogits(shape, new Map(weightSpecs(shape).map(({ name, shape: sizes }) => [name, graph.constant(weights.get(name)!, sizes, `teacher.${name}`)])), rows));
}

/**
 * Loss of each position: (1 - share) times the cross-entropy of the text and share times temperature² KL(teacher | learner), both
 * softened by the temperature. The square keeps the size of gradients when the temperature changes.
 *
 * @param logits Shape [n, vocabulary]; `taught` alike, without a gradient.
 * @param columns The right tokens. int64, shape [n, 1].
 * @returns Nats, shape [n, 1].
 * @source Hinton, Vinyals and Dean 2015, Distilling the knowledge in a neural network, arXiv:1503.02531, section 2.
 */
export function distillationLoss(logits: Value, taught: Value, columns: Value, { temperature, share }: DistillationShare): Value {
  const [probabilities, negativeEntropy] = logits.graph.withoutTape(() => {
    const logs = logSoftmax(multiply(taught, 1 / temperature)), softened = exponential(logs);
    return [softened, reduceSum(multiply(softened, logs), [-1])] as const;
  });
  const divergence = add(softCrossEntropy(multiply(logits, 1 / temperature), probabilities), negativeEntropy);
  return add(multiply(crossEntropy(logits, columns), 1 - share), multiply(divergence, share * temperature ** 2));
}
