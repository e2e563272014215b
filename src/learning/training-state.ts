/** All that a training needs to go on from a step: weights, moments, the number of the step and the curve so far. */
import { z } from "zod";
import { DataError } from "../core/errors.js";
import { checkLlamaShape, type LlamaShape, weightSpecs } from "../models/llama/llama-shape.js";
import { sampleWeights, type Weights } from "../models/llama/initial-weights.js";
import { decodeTensorFile, encodeTensorFile, type NamedArray } from "../models/safetensors.js";
import { EMPTY_CURVE, type LossCurve, lossCurveSchema } from "./loss-curve.js";

/** The arrays of one weight. All have its shape. */
export interface TrainedArrays {
  readonly weight: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
}

/** A training at rest. */
export interface TrainingState {
  readonly shape: LlamaShape;
  /** Steps taken. */
  readonly step: number;
  /** By the name of the weight, in the order of a file. */
  readonly arrays: ReadonlyMap<string, TrainedArrays>;
  readonly curve: LossCurve;
  /** What the caller wants to keep with it: settings of the run, names of data. */
  readonly note: string;
}

/** Kinds of arrays, by the prefix of their name in graphs and files. */
export const ARRAY_PREFIXES: Readonly<Record<keyof TrainedArrays, string>> = { weight: "", firstMoment: "firstMoment.", secondMoment: "secondMoment." };
const KINDS = Object.keys(ARRAY_PREFIXES) as (keyof TrainedArrays)[];

/** A training that starts: fresh weights of a seed, or given ones (copied); no moments yet. */
export function startTraining(shape: LlamaShape, start: number | Weights, note = ""): TrainingState {
  const weights = typeof start === "number" ? sampleWeights(checkLlamaShape(shape), start) : start;
  const arrays = new Map(weightSpecs(shape).map(({ name, shape: sizes }) => {
    const weight = weights.get(name), size = sizes.reduce((product, count) => product * count, 1);
    if (weight?.length !== size) throw new DataError({ subject: `weight "${name}"`, rule: `have the ${size} numbers of shape [${sizes.join(", ")}]`, got: weight?.length, hint: "Start from weights of the same model shape." });
    return [name, { weight: weight.slice(), firstMoment: new Float32Array(size), secondMoment: new Float32Array(size) }];
  }));
  return { shape, step: 0, arrays, curve: EMPTY_CURVE, note };
}

/** The weights of a training alone, over the same arrays: what a model file holds. */
export function weightsOf({ arrays }: TrainingState): Weights { return new Map([...arrays].map(([name, { weight }]) => [name, weight])); }

const textsSchema = z.object({ step: z.coerce.number().int().nonnegative(), shape: z.string(), curve: z.string(), note: z.string() });

/** Bytes of a checkpoint: a safetensors file with weights and moments. */
export function encodeCheckpoint({ shape, step, arrays, curve, note }: TrainingState): Uint8Array {
  const tensors = new Map<string, NamedArray>();
  for (const kind of KINDS) for (const { name, shape: sizes } of weightSpecs(shape)) tensors.set(ARRAY_PREFIXES[kind] + name, { shape: sizes, data: arrays.get(name)![kind] });
  return encodeTensorFile({ tensors, texts: { step: String(step), shape: JSON.stringify(shape), curve: JSON.stringify(curve), note } });
}

/**
 * The training in the bytes of a checkpoint.
 *
 * @throws {DataError} for bytes that are no checkpoint, or lack an array.
 */
export function decodeCheckpoint(bytes: Uint8Array, subject: string): TrainingState {
  const { tensors, texts } = decodeTensorFile(bytes, subject);
  const fault = (rule: string, got: unknown): DataError => new DataError({ subject, rule, got, hint: "Give a checkpoint of a training, or start without one." });
  const parsed = textsSchema.safeParse(texts);
  if (!parsed.success) throw fault("carry step, shape, curve and note", Object.keys(texts));
  const shape = checkLlamaShape(JSON.parse(parsed.data.shape) as LlamaShape, `${subject}: shape`);
  const arrayOf = (name: string, sizes: readonly number[]): Float32Array => {
    const found = tensors.get(name);
    if (found?.shape.join() !== sizes.join()) throw fault(`hold "${name}" with shape [${sizes.join(", ")}]`, found?.shape);
    return found.data;
  };
  const arrays = new Map(weightSpecs(shape).map(({ name, shape: sizes }) =>
    [name, Object.fromEntries(KINDS.map((kind) => [kind, arrayOf(ARRAY_PREFIXES[kind] + name, sizes)])) as unknown as TrainedArrays]));
  return { shape, step: parsed.data.step, arrays, curve: lossCurveSchema.parse(JSON.parse(parsed.data.curve)), note: parsed.data.note };
}
