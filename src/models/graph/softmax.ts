/** Probabilities, and the loss that is their negative logarithm. */
import { atLeast, exponential, logarithm, multiply, negate, subtract } from "./arithmetic.js";
import { compose, type Value } from "./graph.js";
import { pick, scatterAdd } from "./lookup.js";
import { reduceSum } from "./reduction.js";

/** e^x over the sum of all e^x, on the last axis. */
export function softmax(x: Value): Value {
  return x.graph.apply({
    operator: "Softmax", inputs: [x], type: x, attributes: { axis: -1 },
    gradient: (dy, y) => [multiply(y, subtract(dy, reduceSum(multiply(dy, y), [-1])))],
  });
}

/** Logarithm of the softmax on the last axis. */
export function logSoftmax(x: Value): Value {
  return x.graph.apply({
    operator: "LogSoftmax", inputs: [x], type: x, attributes: { axis: -1 },
    gradient: (dy, y) => [subtract(dy, multiply(exponential(y), reduceSum(dy, [-1])))],
  });
}

/** Probabilities below this count as this, so that a loss stays finite: at most 85.2 nats. */
const SMALLEST_PROBABILITY = 1e-37;

/**
 * Cross-entropy of each row with one right class: -ln softmax(logits)[column].
 *
 * The gradient is (softmax - one-hot) times the one of the loss, in two passes over the probabilities of the way there.
 *
 * @param logits Shape [n, classes].
 * @param columns The right classes. int64, shape [n, 1].
 * @returns Nats, shape [n, 1].
 */
export function crossEntropy(logits: Value, columns: Value): Value {
  const probabilities = logits.graph.withoutTape(() => softmax(logits));
  return compose([logits],
    () => negate(logarithm(atLeast(pick(probabilities, columns), SMALLEST_PROBABILITY))),
    (dy) => [scatterAdd(multiply(probabilities, dy), columns, negate(dy), 1)]);
}

/**
 * Cross-entropy of each row with a distribution: -sum target ln softmax(logits). For learning from another model's probabilities.
 *
 * @param targets Probabilities, shape [n, classes]. Their gradient is not given.
 * @returns Nats, shape [n, 1].
 */
export function softCrossEntropy(logits: Value, targets: Value): Value {
  const logProbabilities = logits.graph.withoutTape(() => logSoftmax(logits));
  return compose([logits],
    () => negate(reduceSum(multiply(targets, logProbabilities), [-1])),
    (dy) => [multiply(subtract(exponential(logProbabilities), targets), dy)]);
}
