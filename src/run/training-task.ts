/** What a process of the training benchmark is asked for and what it answers. */
import type { LlamaShape } from "../models/llama/llama-shape.js";

/** Some steps of one kind. */
export interface TrainingTask {
  /** Ours on ONNX Runtime, the same model in TensorFlow.js, or plain products of two square matrices on ONNX Runtime. */
  readonly variant: "onnx" | "tfjs-wasm" | "product";
  readonly shape: LlamaShape;
  readonly batch: number;
  readonly length: number;
  readonly threads: number;
  /** Steps that are measured. */
  readonly steps: number;
}

/** What they took. */
export interface TrainingTrial {
  /** Shortest step on the clock, and by processor time of all threads. */
  readonly wallS: number;
  readonly cpuS: number;
  /** Peak resident memory of the whole process. */
  readonly maxRssBytes: number;
  /** Before the first step; 0 for products. Shows that the same model read the same batch. */
  readonly firstLoss: number;
}

/** Rows and columns of the matrices of a product. */
export const PRODUCT_SIZE = 1024;
/** Floating-point operations of one product. */
export const PRODUCT_FLOPS: number = 2 * PRODUCT_SIZE ** 3;
