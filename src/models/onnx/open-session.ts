/** An ONNX model loaded by ONNX Runtime, on the processor. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { DataError } from "../../core/errors.js";
import { encodeOnnx, type OnnxModel } from "./onnx-model.js";

/** A loaded model. */
export type Session = InferenceSession;

/** How to run. */
export interface SessionOptions {
  /** Threads within an operation; operations run one after another. */
  readonly threads: number;
}

/** Level of ONNX Runtime's log from which on it writes: 3 is errors. */
const ERRORS_ONLY = 3;

/**
 * Threads look for work this long before they sleep: longer than most gaps between two operations that are shared out. The runtime's
 * own choice is far longer and takes the processor from other programs.
 */
const SPIN_US = "50";

/** On processors without VNNI, 8-bit products are summed without saturating. */
const EXACT_SUMS = "1";

/**
 * Loads a model, with all optimisations of the graph.
 *
 * @param subject Names the model in errors.
 * @throws {DataError} when the runtime refuses it.
 */
export async function openSession(model: OnnxModel, { threads }: SessionOptions, subject = "the model"): Promise<Session> {
  try {
    return await InferenceSession.create(encodeOnnx(model), {
      graphOptimizationLevel: "all", executionMode: "sequential", intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: ERRORS_ONLY,
      extra: { session: { intra_op: { spin_duration_us: SPIN_US }, x64quantprecision: EXACT_SUMS } },
    });
  } catch (cause) {
    throw new DataError({
      subject, rule: "be a model that ONNX Runtime can run", got: cause instanceof Error ? cause.message : cause, cause,
      hint: "Its operators or shapes are not supported here; see the message for the node.",
    });
  }
}

/** A tensor over an array, without copying it. */
export function tensorOver(data: Float32Array | Int32Array | BigInt64Array, shape: readonly number[]): Tensor {
  if (data instanceof Float32Array) return new Tensor("float32", data, shape);
  return data instanceof Int32Array ? new Tensor("int32", data, shape) : new Tensor("int64", data, shape);
}

/** Numbers of a float output. */
export function floatsOf(outputs: InferenceSession.ReturnType, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new DataError({ subject: `output "${name}"`, rule: "be a float tensor of the model", got: Object.keys(outputs), hint: "Ask for an output that the model has." });
}
