/** What an engine on this host is asked to do: one step of a model, as plain numbers. A measured step says how long it took. */
import { z } from "zod";

const count = z.int().positive();

/** Weights that are packed alike and multiplied alike. */
const matrixGroup = z.strictObject({
  /** How they are packed: "F16", "Q4_K", ... */
  kind: z.string().min(1),
  weights: count,
  bytes: z.number().positive(),
  /** The matrix to the vocabulary: used for tokens whose successor is asked for. */
  isOutput: z.boolean(),
});

/** Schema of a model. */
export const hostModelSchema = z.strictObject({
  /** Engine: "llama.cpp", "ONNX Runtime". */
  runtime: z.string().min(1),
  /** Quantization as a user names it. */
  quant: z.string().min(1),
  layers: count, width: count, heads: count, kvHeads: count, headSize: count, feedForward: count, vocabulary: count,
  matrices: z.array(matrixGroup).min(1),
});

/** Schema of a step. */
export const hostStepSchema = z.strictObject({
  kind: z.enum(["prefill", "decode"]),
  threads: count,
  /** New tokens of each sequence; 1 when decoding. */
  tokens: count,
  /** Tokens of each sequence before the step. */
  context: z.int().min(0),
  /** Sequences that the step moves on together. */
  sequences: count,
});

/** Schema of a measured step. */
export const measuredStepSchema = hostStepSchema.extend({
  /** What the step takes: the least of all visits. */
  seconds: z.number().positive(),
  /** What each visit found. */
  visitsS: z.array(z.number().positive()).min(1),
});

/** A model as an engine works on it. */
export type HostModel = Readonly<z.output<typeof hostModelSchema>>;
/** A call of an engine. */
export type HostStep = Readonly<z.output<typeof hostStepSchema>>;
/** A call and how long it took. */
export type MeasuredStep = Readonly<z.output<typeof measuredStepSchema>>;

/**
 * Whether several sequences can be predicted on so many threads. llama.cpp's threads spin while they wait; without a processor to spare
 * they fight with the thread that asks for the next tokens of all sequences, and a step takes many times as long, or not.
 */
export function canPredictSeveral(threads: number, processors: number): boolean { return threads === 1 || threads < processors; }

/** Weights of all matrices. */
export function weightsOf({ matrices }: HostModel): number { return matrices.reduce((sum, { weights }) => sum + weights, 0); }

/** Bytes of all matrices. */
export function bytesOf({ matrices }: HostModel): number { return matrices.reduce((sum, { bytes }) => sum + bytes, 0); }
