/** Forward, loss, gradients and optimizer of a model in one ONNX graph. */
import { atLeast, divide, multiply } from "../models/graph/arithmetic.js";
import { emitOnnx, type NamedOutputs } from "../models/graph/emit-onnx.js";
import { gradientsOf } from "../models/graph/gradients.js";
import { Graph, type Value } from "../models/graph/graph.js";
import { placeRows, takeRows } from "../models/graph/lookup.js";
import { reshape } from "../models/graph/rearrangement.js";
import { reduceSum } from "../models/graph/reduction.js";
import { crossEntropy } from "../models/graph/softmax.js";
import { llamaLogits } from "../models/llama/llama-forward.js";
import { type LlamaShape, weightSpecs } from "../models/llama/llama-shape.js";
import type { OnnxModel } from "../models/onnx/onnx-model.js";
import { adamwStep, type AdamwSettings } from "./adamw-graph.js";
import { distillationLoss, type Lesson, teacherLogits } from "./distillation.js";

/** Size of the batches of a graph. */
export interface BatchSize { readonly batch: number; readonly length: number }

/** Loss of a batch, before and after taking the mean. */
export interface LossValues {
  /** Weighted mean over all tokens. Nats per token, shape []. */
  readonly loss: Value;
  /** Weighted mean over the tokens of each example. Shape [batch]. */
  readonly exampleLosses: Value;
}

/** A graph with its weights and its loss, to be extended. */
export interface LossGraph extends LossValues {
  readonly graph: Graph;
  /** In the order of `weightSpecs`. */
  readonly weights: readonly Value[];
  /** Of all positions, or of the learned ones. */
  readonly logits: Value;
}

/**
 * Positions whose logits a graph computes. "learned": those that the input `places` names, which must hold every position with a token
 * weight; loss and gradients are the same, and the others cost nothing.
 */
export type LossPositions = "all" | "learned";

/** A token weight of nothing at all counts as this in a mean, so that it is 0 and not NaN. */
const SMALLEST_WEIGHT = 1e-9;

/**
 * The loss of a model on a batch.
 *
 * Inputs: each weight under its name; `tokens` and `targets`, int64, `tokenWeights` and `textNumbers`, all of shape [batch, length].
 * A weight of 0 leaves a token out of the loss; a position sees only those before it with its text number. With learned positions alone also `places`, int64, of shape [n]: see `placesToLearn`.
 *
 * @param lesson Of a teacher, if there is one.
 */
export function buildLossGraph(shape: LlamaShape, { batch, length }: BatchSize, positions: LossPositions, lesson?: Lesson): LossGraph {
  const graph = new Graph(), weights = weightSpecs(shape).map((spec) => graph.input(spec.name, "float32", spec.shape));
  const tokens = graph.input("tokens", "int64", [batch, length]), targets = graph.input("targets", "int64", [batch, length]);
  const tokenWeights = graph.input("tokenWeights", "float32", [batch, length]), textNumbers = graph.input("textNumbers", "float32", [batch, length]);
  const places = positions === "all" ? undefined : graph.input("places", "int64", ["places"]);
  const rows = { tokens, textNumbers, ...(places === undefined ? {} : { wanted: places }) }, count = batch * length, column = reshape(targets, [count, 1]);
  const logits = llamaLogits(shape, new Map(weights.map((weight) => [weight.name, weight])), rows), columns = places === undefined ? column : takeRows(column, places);
  const found = lesson === undefined ? crossEntropy(logits, columns) : distillationLoss(logits, teacherLogits(lesson.teacher, rows), columns, lesson);
  const losses = places === undefined ? found : placeRows(found, places, count);
  return { graph, weights, logits, ...weightedMeans(reshape(losses, [batch, length]), tokenWeights) };
}

function weightedMeans(losses: Value, tokenWeights: Value): LossValues {
  const [batch] = losses.shape, weighted = multiply(losses, tokenWeights);
  const mean = (axes: readonly number[]): Value => divide(reduceSum(weighted, axes), atLeast(reduceSum(tokenWeights, axes), SMALLEST_WEIGHT));
  return { loss: reshape(mean([0, 1]), []), exampleLosses: reshape(mean([1]), [batch!]) };
}

/** A model that gives `loss` and `exampleLosses`, and `logits` of shape [batch * length, vocabulary]. */
export function evaluationModel(shape: LlamaShape, size: BatchSize): OnnxModel {
  const { graph, loss, exampleLosses, logits } = buildLossGraph(shape, size, "all");
  return emitOnnx(graph, { loss, exampleLosses, logits });
}

/** A model that gives `loss`, `exampleLosses` and `gradient.NAME` of each weight. */
export function gradientModel(shape: LlamaShape, size: BatchSize, positions: LossPositions = "all", lesson?: Lesson): OnnxModel {
  const { graph, weights, loss, exampleLosses } = buildLossGraph(shape, size, positions, lesson);
  const gradients = gradientsOf(loss, weights);
  return emitOnnx(graph, { loss, exampleLosses, ...named("gradient", weights, gradients) });
}

/**
 * A model that takes a whole training step, on learned positions alone.
 *
 * Inputs beyond those of the loss: `firstMoment.NAME` and `secondMoment.NAME` of each weight, and the scalars of `adamwRates`.
 * Outputs: `loss`, `exampleLosses`, `gradientNorm`, and `next.NAME`, `next.firstMoment.NAME`, `next.secondMoment.NAME`.
 */
export function trainingModel(shape: LlamaShape, size: BatchSize, settings: AdamwSettings, lesson?: Lesson): OnnxModel {
  const { graph, weights, loss, exampleLosses } = buildLossGraph(shape, size, "learned", lesson);
  const scalar = (name: string): Value => graph.input(name, "float32", []);
  const moments = (kind: string): Value[] => weights.map((weight) => graph.input(`${kind}.${weight.name}`, "float32", weight.shape));
  const [firstMoments, secondMoments] = [moments("firstMoment"), moments("secondMoment")];
  const gradients = gradientsOf(loss, weights);
  const values = weights.map((weight, i) => ({ weight, firstMoment: firstMoments[i]!, secondMoment: secondMoments[i]!, gradient: gradients[i]! }));
  const rates = { stepSize: scalar("stepSize"), scaledEpsilon: scalar("scaledEpsilon"), keptShare: scalar("keptShare") };
  const { gradientNorm, next } = adamwStep(graph, values, rates, settings);
  return emitOnnx(graph, {
    loss, exampleLosses, gradientNorm, ...named("next", weights, next.map(({ weight }) => weight)),
    ...named("next.firstMoment", weights, next.map(({ firstMoment }) => firstMoment)), ...named("next.secondMoment", weights, next.map(({ secondMoment }) => secondMoment)),
  });
}

function named(prefix: string, weights: readonly Value[], values: readonly Value[]): NamedOutputs {
  return Object.fromEntries(weights.map(({ name }, i) => [`${prefix}.${name}`, values[i]!]));
}
