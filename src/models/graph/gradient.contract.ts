/**
 * What every operation must fulfil: its value is that of a plain formula, and its gradient is that of central differences.
 *
 * The scalar that is differentiated is a weighted sum of the outputs with fixed uneven weights. Differences go 2^-7 to both sides in
 * float32, so truncation is about 1e-5 and rounding about 1e-6 times the sum; agreement is asked to 2e-3 of the largest gradient.
 */
import { expect } from "vitest";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { floatsOf, openSession, type Session, tensorOver } from "../onnx/open-session.js";
import { multiply } from "./arithmetic.js";
import { emitOnnx } from "./emit-onnx.js";
import { Graph, type Value } from "./graph.js";
import { gradientsOf } from "./gradients.js";
import { reshape } from "./rearrangement.js";
import { reduceSum } from "./reduction.js";
import { sizeOf } from "./shape.js";

const STEP = 2 ** -7;
const TOLERANCE = 2e-3;

/** A float input of the operation: shape and the range its numbers are drawn from. */
export interface TrialInput {
  readonly shape: readonly number[];
  /** From -1.5 to 1.5 when left out. */
  readonly low?: number;
  readonly high?: number;
}

/** An operation on trial. */
export interface Trial {
  readonly inputs: readonly TrialInput[];
  readonly build: (inputs: readonly Value[]) => Value;
  /** The plain formula: numbers of the output, or some way to them. Left out for operations whose gradient alone is in question. */
  readonly formula?: (inputs: readonly Float32Array[]) => ArrayLike<number>;
}

interface Built {
  readonly session: Session;
  readonly data: readonly Float32Array[];
  readonly feeds: Record<string, ReturnType<typeof tensorOver>>;
}

/** Checks an operation on random numbers of a seed. */
export async function expectGradients(trial: Trial, seed = 1): Promise<void> {
  const { session, data, feeds } = await buildTrial(trial, seed);
  const outputs = await session.run(feeds);
  if (trial.formula !== undefined) expectClose(floatsOf(outputs, "y"), trial.formula(data), 1e-5, "value");
  for (const [i, numbers] of data.entries()) {
    const found = floatsOf(outputs, `gradient${i}`), expected = new Float32Array(numbers.length);
    for (let k = 0; k < numbers.length; k++) expected[k] = await slope(session, feeds, numbers, k);
    expectClose(found, expected, TOLERANCE, `gradient of input ${i}`);
  }
  await session.release();
}

async function buildTrial({ inputs, build }: Trial, seed: number): Promise<Built> {
  const graph = new Graph(), stream = new RandomStream(seed, 0, Purpose.test).seek(0, 0);
  const values = inputs.map(({ shape }, i) => graph.input(`x${i}`, "float32", shape));
  const y = build(values), size = sizeOf(y.shape);
  const weights = graph.constant(Float32Array.from({ length: size }, () => 0.5 + stream.nextUniform()), y.shape);
  const loss = reshape(reduceSum(reshape(multiply(y, weights), [size]), [0]), []);
  const gradients = Object.fromEntries(gradientsOf(loss, values).map((gradient, i) => [`gradient${i}`, gradient]));
  const session = await openSession(emitOnnx(graph, { y, loss, ...gradients }), { threads: 1 });
  const data = inputs.map(({ shape, low = -1.5, high = 1.5 }) => Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * stream.nextUniform()));
  const feeds = Object.fromEntries(data.map((numbers, i) => [`x${i}`, tensorOver(numbers, inputs[i]!.shape)]));
  return { session, data, feeds };
}

async function slope(session: Session, feeds: Built["feeds"], numbers: Float32Array, k: number): Promise<number> {
  const at = numbers[k]!;
  const lossAt = async (x: number): Promise<number> => {
    numbers[k] = x;
    return floatsOf(await session.run(feeds, ["loss"]), "loss")[0]!;
  };
  const difference = await lossAt(at + STEP) - await lossAt(at - STEP);
  numbers[k] = at;
  return difference / (2 * STEP);
}

/** Largest distance, relative to the largest expected number; that counts as `smallestScale` when it is smaller. */
export function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string, smallestScale = 1): void {
  expect(found.length, what).toBe(expected.length);
  let largest = smallestScale, distance = 0;
  for (let i = 0; i < found.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    distance = Math.max(distance, Math.abs(found[i]! - expected[i]!));
  }
  expect(distance / largest, `${what}: largest relative distance`).toBeLessThan(tolerance);
}
