/**
 * A model in training on ONNX Runtime. Weights and moments live in typed arrays that the runtime reads and writes in place: the same
 * array is input and output of a step, and nothing is copied. See `adamwStep` for why that is safe.
 */
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { invariant } from "../core/errors.js";
import { type LlamaShape, weightSpecs } from "../models/llama/llama-shape.js";
import { floatsOf, openSession, type Session, type SessionOptions, tensorOver } from "../models/onnx/open-session.js";
import { type AdamwSettings, adamwRates } from "./adamw-graph.js";
import type { Lesson } from "./distillation.js";
import { placesToLearn, type TrainingBatch } from "./training-batch.js";
import { type BatchSize, trainingModel } from "./training-graph.js";
import { ARRAY_PREFIXES, type TrainedArrays, type TrainingState } from "./training-state.js";

/** What a step found, before it changed the weights. */
export interface StepFindings {
  /** Weighted mean. Nats per token. */
  readonly loss: number;
  /** Of each example. Shape [batch]. */
  readonly exampleLosses: Float32Array;
  /** Before it was cut. */
  readonly gradientNorm: number;
}

/** Takes steps. Not for two callers at once. */
export class Trainer {
  private constructor(
    private readonly session: Session, private readonly shape: LlamaShape, private readonly size: BatchSize, private readonly settings: AdamwSettings,
    private readonly arrays: ReadonlyMap<string, TrainedArrays>, private readonly held: Readonly<Record<string, Tensor>>, private stepsTaken: number,
  ) {}

  /** Loads the training graph. The arrays of `state` are taken over: steps change them. */
  static async open(state: TrainingState, size: BatchSize, settings: AdamwSettings, options: SessionOptions, lesson?: Lesson): Promise<Trainer> {
    const session = await openSession(trainingModel(state.shape, size, settings, lesson), options, "the training graph");
    return new Trainer(session, state.shape, size, settings, state.arrays, tensorsOf(state), state.step);
  }

  /** Steps taken since the training began. */
  get step(): number { return this.stepsTaken; }

  /** The training as it stands, over the same arrays. */
  stateWith({ curve, note }: Pick<TrainingState, "curve" | "note">): TrainingState {
    return { shape: this.shape, step: this.stepsTaken, arrays: this.arrays, curve, note };
  }

  /** One step of AdamW. The thread is busy until it ends. */
  async takeStep(batch: TrainingBatch, learningRate: number): Promise<StepFindings> {
    invariant(batch.batch === this.size.batch && batch.length === this.size.length, "train on batches of the size of the graph", [batch.batch, batch.length]);
    const outputs = await this.session.run({ ...this.held, ...batchTensors(batch), ...placeTensors(batch), ...this.rateTensors(learningRate) }, this.fetches());
    this.stepsTaken++;
    return { loss: floatsOf(outputs, "loss")[0]!, exampleLosses: floatsOf(outputs, "exampleLosses"), gradientNorm: floatsOf(outputs, "gradientNorm")[0]! };
  }

  /** Frees the runtime's memory. The arrays stay. */
  async close(): Promise<void> { await this.session.release(); }

  private rateTensors(learningRate: number): Record<string, Tensor> {
    const rates = adamwRates(this.stepsTaken + 1, learningRate, this.settings);
    return Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, tensorOver(Float32Array.of(rate), [])]));
  }

  /** New weights and moments go into the arrays of the old ones; null lets the runtime make an array. */
  private fetches(): InferenceSession.FetchesType {
    const inPlace = Object.fromEntries(Object.entries(this.held).map(([name, tensor]) => [`next.${name}`, tensor]));
    return { ...inPlace, loss: null, exampleLosses: null, gradientNorm: null };
  }
}

function tensorsOf({ shape, arrays }: TrainingState): Record<string, Tensor> {
  const kinds = Object.entries(ARRAY_PREFIXES) as [keyof TrainedArrays, string][];
  return Object.fromEntries(weightSpecs(shape).flatMap(({ name, shape: sizes }) => kinds.map(([kind, prefix]) => [prefix + name, tensorOver(arrays.get(name)![kind], sizes)])));
}

/** What a graph of learned positions takes beside the inputs of a batch. */
export function placeTensors(batch: TrainingBatch): { readonly places: Tensor } {
  const places = placesToLearn(batch);
  return { places: tensorOver(places, [places.length]) };
}

/** The inputs of a batch. */
export function batchTensors({ batch, length, tokens, targets, tokenWeights, textNumbers }: TrainingBatch): Record<string, Tensor> {
  const shape = [batch, length];
  return { tokens: tensorOver(tokens, shape), targets: tensorOver(targets, shape), tokenWeights: tensorOver(tokenWeights, shape), textNumbers: tensorOver(textNumbers, shape) };
}
