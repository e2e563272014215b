/**
 * The same model and step in TensorFlow.js, differentiated by its own autodiff: the oracle for our gradients and the yardstick for
 * our speed. Written as fast as its WASM backend allows: products as matMul with flags, rotation as a product with a signed swap.
 */
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
// The Node bundle of tfjs-core has no gradients; that of the layers registers them.
import "@tensorflow/tfjs-layers";
import type { Weights } from "../models/llama/initial-weights.js";
import { headSizeOf, type LlamaShape, weightSpecs } from "../models/llama/llama-shape.js";
import { type AdamwSettings, adamwRates } from "./adamw-graph.js";
import type { DistillationShare } from "./distillation.js";
import type { TrainingBatch } from "./training-batch.js";

const FORBIDDEN = -1e9;

/** Starts the WASM backend on one thread. */
export async function startTfjs(): Promise<void> {
  setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
}

/** What a step gave. */
export interface TfjsStep { readonly loss: number; readonly gradientNorm: number }

/** A teacher in TensorFlow.js, and how much it counts. */
export interface TfjsLesson extends DistillationShare { readonly teacher: TfjsLlama }

/** A model in training. */
export class TfjsLlama {
  private readonly variables: Map<string, tf.Variable>;
  private readonly moments: Map<string, { readonly first: tf.Variable; readonly second: tf.Variable }>;
  private steps = 0;

  constructor(private readonly shape: LlamaShape, weights: Weights) {
    const variable = (values: tf.Tensor): tf.Variable => tf.tidy(() => tf.variable(values));
    const specs = weightSpecs(shape);
    this.variables = new Map(specs.map(({ name, shape: sizes }) => [name, variable(tf.tensor(weights.get(name)!, [...sizes]))]));
    this.moments = new Map(specs.map(({ name, shape: sizes }) => [name, { first: variable(tf.zeros([...sizes])), second: variable(tf.zeros([...sizes])) }]));
  }

  /** Loss of a batch, and the gradient of each weight by name. */
  differentiate(batch: TrainingBatch, lesson?: TfjsLesson): { readonly loss: number; readonly gradients: ReadonlyMap<string, Float32Array> } {
    const gradients = new Map<string, Float32Array>();
    const loss = tf.tidy(() => {
      const { value, grads } = this.gradientsOf(batch, lesson);
      for (const [name, variable] of this.variables) gradients.set(name, grads[variable.name]!.dataSync() as Float32Array);
      return value.dataSync()[0]!;
    });
    return { loss, gradients };
  }

  /** One step of AdamW. */
  step(batch: TrainingBatch, learningRate: number, settings: AdamwSettings): TfjsStep {
    this.steps++;
    const rates = adamwRates(this.steps, learningRate, settings);
    return tf.tidy(() => {
      const { value, grads } = this.gradientsOf(batch);
      const norm = tf.sqrt(tf.addN(Object.values(grads).map((gradient) => tf.sum(tf.square(gradient))))), cut = tf.div(settings.largestNorm, tf.maximum(norm, settings.largestNorm));
      for (const [name, variable] of this.variables) {
        const { first, second } = this.moments.get(name)!, gradient = tf.mul(grads[variable.name]!, cut);
        first.assign(tf.add(tf.mul(first, settings.beta1), tf.mul(gradient, 1 - settings.beta1)));
        second.assign(tf.add(tf.mul(second, settings.beta2), tf.mul(tf.square(gradient), 1 - settings.beta2)));
        const change = tf.mul(tf.div(first, tf.add(tf.sqrt(second), rates.scaledEpsilon)), rates.stepSize);
        variable.assign(tf.sub(variable.rank > 1 ? tf.mul(variable, rates.keptShare) : variable, change));
      }
      return { loss: value.dataSync()[0]!, gradientNorm: norm.dataSync()[0]! };
    });
  }

  /** Numbers of a weight now. */
  weight(name: string): Float32Array { return this.variables.get(name)!.dataSync() as Float32Array; }

  /** Gives the memory back. */
  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
    for (const { first, second } of this.moments.values()) tf.dispose([first, second]);
  }

  private gradientsOf({ tokens, targets, tokenWeights, batch, length }: TrainingBatch, lesson?: TfjsLesson): { value: tf.Scalar; grads: tf.NamedTensorMap } {
    const ids = (numbers: BigInt64Array): tf.Tensor1D => tf.tensor1d(Int32Array.from(numbers, Number), "int32");
    const rows = ids(tokens), hot = tf.oneHot(ids(targets), this.shape.vocabulary), shares = tf.tensor1d(tokenWeights);
    const taught = lesson?.teacher.logits(rows, batch, length);
    return tf.variableGrads(() => {
      const logits = this.logits(rows, batch, length), own = tf.neg(tf.sum(tf.mul(hot, tf.logSoftmax(logits)), -1));
      const losses = lesson === undefined ? own : tf.add(tf.mul(own, 1 - lesson.share), tf.mul(divergence(taught!, logits, lesson.temperature), lesson.share * lesson.temperature ** 2));
      return tf.div(tf.sum(tf.mul(losses, shares)), tf.maximum(tf.sum(shares), 1e-9));
    }, [...this.variables.values()]);
  }

  private logits(rows: tf.Tensor1D, batch: number, length: number): tf.Tensor2D {
    const { layers, isTied } = this.shape, table = this.named("token_embd");
    const frame: Frame = { batch, length, angles: rotaryTensors(length, headSizeOf(this.shape), this.shape.ropeBase), mask: causalMask(length) };
    let x = lookUp(table, rows);
    for (let layer = 0; layer < layers; layer++) x = this.feedForward(layer, this.attention(layer, x, frame));
    return project(this.norm(x, "output_norm"), isTied ? table : this.named("output"));
  }

  private attention(layer: number, x: tf.Tensor2D, { batch, length, angles, mask }: Frame): tf.Tensor2D {
    const { heads, kvHeads, width } = this.shape, size = width / heads;
    const normed = this.norm(x, `blk.${layer}.attn_norm`);
    const headsOf = (part: string, count: number): tf.Tensor4D =>
      tf.transpose(tf.reshape(project(normed, this.named(`blk.${layer}.${part}`)), [batch, length, count, size]), [0, 2, 1, 3]);
    const repeated = (keys: tf.Tensor4D): tf.Tensor4D => (heads === kvHeads ? keys
      : tf.reshape(tf.tile(tf.reshape(keys, [batch * kvHeads, 1, length * size]), [1, heads / kvHeads, 1]), [batch, heads, length, size]));
    const q = rotate(headsOf("attn_q", heads), angles), k = repeated(rotate(headsOf("attn_k", kvHeads), angles)), v = repeated(headsOf("attn_v", kvHeads));
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(size)), mask);
    const rows = tf.reshape(tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]), [batch * length, width]);
    return tf.add(x, project(rows as tf.Tensor2D, this.named(`blk.${layer}.attn_output`)));
  }

  private feedForward(layer: number, x: tf.Tensor2D): tf.Tensor2D {
    const normed = this.norm(x, `blk.${layer}.ffn_norm`), gate = project(normed, this.named(`blk.${layer}.ffn_gate`));
    const inner = tf.mul(tf.mul(gate, tf.sigmoid(gate)), project(normed, this.named(`blk.${layer}.ffn_up`)));
    return tf.add(x, project(inner as tf.Tensor2D, this.named(`blk.${layer}.ffn_down`)));
  }

  private norm(x: tf.Tensor2D, name: string): tf.Tensor2D {
    const gain = this.variables.get(`${name}.weight`)!;
    return tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), this.shape.normEpsilon))), gain);
  }

  private named(name: string): tf.Tensor2D { return this.variables.get(`${name}.weight`) as unknown as tf.Tensor2D; }
}

/** KL(taught | logits) of each row, both softened. */
function divergence(taught: tf.Tensor2D, logits: tf.Tensor2D, temperature: number): tf.Tensor {
  const expected = tf.logSoftmax(tf.div(taught, temperature)), found = tf.logSoftmax(tf.div(logits, temperature));
  return tf.sum(tf.mul(tf.exp(expected), tf.sub(expected, found)), -1);
}

interface Angles { readonly cosines: tf.Tensor2D; readonly sines: tf.Tensor2D; readonly swap: tf.Tensor2D }
interface Frame { readonly batch: number; readonly length: number; readonly angles: Angles; readonly mask: tf.Tensor2D }

function project(x: tf.Tensor2D, weights: tf.Tensor2D): tf.Tensor2D { return tf.matMul(x, weights, false, true); }

/** tf.gather has no gradient kernel for WASM, so the rows are scattered back by hand. */
function lookUp(table: tf.Tensor2D, rows: tf.Tensor1D): tf.Tensor2D {
  const operation = tf.customGrad((...inputs) => {
    const [own] = inputs as tf.Tensor[];
    return { value: tf.gather(own!, rows), gradFunc: (dy: tf.Tensor) => [tf.scatterND(tf.expandDims(rows, 1), dy, table.shape)] };
  });
  return operation(table) as tf.Tensor2D;
}

/** (x, y) to (x cos - y sin, x sin + y cos): x cosines + (x swap) sines, where swap sends a pair (x, y) to (-y, x). */
function rotate(x: tf.Tensor4D, { cosines, sines, swap }: Angles): tf.Tensor4D {
  const [batch, heads, length, size] = x.shape;
  const swapped = tf.reshape(tf.matMul(tf.reshape(x, [batch * heads * length, size]), swap), x.shape);
  return tf.add(tf.mul(x, cosines), tf.mul(swapped, sines));
}

function rotaryTensors(length: number, size: number, base: number): Angles {
  const angle = (i: number): number => Math.floor(i / size) * base ** (-2 * Math.floor(i % size / 2) / size);
  const table = (of: (angle: number) => number): tf.Tensor2D => tf.tensor2d(Float32Array.from({ length: length * size }, (_, i) => of(angle(i))), [length, size]);
  const swap = Float32Array.from({ length: size * size }, (_, i) => {
    const [from, to] = [Math.floor(i / size), i % size];
    return (from ^ 1) !== to ? 0 : to % 2 === 0 ? -1 : 1;
  });
  return { cosines: table(Math.cos), sines: table(Math.sin), swap: tf.tensor2d(swap, [size, size]) };
}

function causalMask(length: number): tf.Tensor2D {
  return tf.tensor2d(Float32Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? FORBIDDEN : 0)), [length, length]);
}
