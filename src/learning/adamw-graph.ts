/** One step of AdamW as a part of the training graph, with the gradient cut to a largest norm. */
import { add, atLeast, divide, multiply, squareRoot, subtract } from "../models/graph/arithmetic.js";
import type { Graph, Value } from "../models/graph/graph.js";
import { sumOfSquares } from "../models/graph/reduction.js";

/** Settings that stay the same for a whole training. */
export interface AdamwSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Share of a matrix taken away per step at learning rate 1; gains are left alone. */
  readonly weightDecay: number;
  /** The gradient over all weights is scaled down to this norm if it is longer. */
  readonly largestNorm: number;
}

/** Usual settings for small language models. */
export const USUAL_ADAMW: AdamwSettings = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, largestNorm: 1 };

/** A weight, its two moments and its gradient. */
export interface TrainedValue {
  readonly weight: Value;
  readonly firstMoment: Value;
  readonly secondMoment: Value;
  readonly gradient: Value;
}

/** Numbers that change from step to step, as scalars given at each run. See `adamwRates`. */
export interface AdamwRates {
  /** Learning rate with both bias corrections. */
  readonly stepSize: Value;
  /** Epsilon with the bias correction of the second moment. */
  readonly scaledEpsilon: Value;
  /** 1 - learning rate * weight decay. */
  readonly keptShare: Value;
}

/** What a step gives. */
export interface AdamwStep {
  readonly gradientNorm: Value;
  /** In the order of the values given. */
  readonly next: readonly { readonly weight: Value; readonly firstMoment: Value; readonly secondMoment: Value }[];
}

/**
 * The next weights and moments.
 *
 * m' = b1 m + (1 - b1) c g and v' = b2 v + (1 - b2) c² g² with c = min(1, largestNorm / |g|); w' = keptShare w - stepSize m' / (√v' +
 * scaledEpsilon). Both corrections m / (1 - b1^t) and v / (1 - b2^t) are in the two scalars. Every new value depends on the norm of
 * all gradients, so none can be written before the old ones were read for the last time: a runtime may write in place.
 *
 * @source Loshchilov and Hutter 2019, Decoupled weight decay regularization, arXiv:1711.05101.
 */
export function adamwStep(graph: Graph, values: readonly TrainedValue[], rates: AdamwRates, settings: AdamwSettings): AdamwStep {
  const squares = values.map(({ gradient }) => sumOfSquares(gradient));
  const gradientNorm = squareRoot(graph.apply({ operator: "Sum", inputs: squares, type: squares[0]! }));
  const cut = divide(graph.scalar(settings.largestNorm), atLeast(gradientNorm, settings.largestNorm));
  const firstShare = multiply(cut, 1 - settings.beta1), secondShare = multiply(multiply(cut, cut), 1 - settings.beta2);
  const next = values.map(({ weight, firstMoment, secondMoment, gradient }) => {
    const m = add(multiply(firstMoment, settings.beta1), multiply(gradient, firstShare));
    const v = add(multiply(secondMoment, settings.beta2), multiply(multiply(gradient, gradient), secondShare));
    const change = multiply(divide(m, add(squareRoot(v), rates.scaledEpsilon)), rates.stepSize);
    const isMatrix = weight.shape.length > 1;
    return { weight: subtract(isMatrix ? multiply(weight, rates.keptShare) : weight, change), firstMoment: m, secondMoment: v };
  });
  return { gradientNorm, next };
}

/** Values of the scalars of a step, counted from 1. */
export function adamwRates(step: number, learningRate: number, { beta1, beta2, epsilon, weightDecay }: AdamwSettings): Readonly<Record<keyof AdamwRates, number>> {
  const rootOfSecond = Math.sqrt(1 - beta2 ** step);
  return { stepSize: learningRate * rootOfSecond / (1 - beta1 ** step), scaledEpsilon: epsilon * rootOfSecond, keptShare: 1 - learningRate * weightDecay };
}
