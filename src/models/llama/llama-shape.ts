/** Sizes of a Llama-architecture model, the names and shapes of its weights, and what follows from them. */
import { z } from "zod";
import { ConfigError } from "../../core/errors.js";

/** Sizes of a model. All models of the family are of this kind. */
export interface LlamaShape {
  /** Tokens it knows. */
  readonly vocabulary: number;
  /** Numbers per token between layers. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values, each read by heads / kvHeads queries. */
  readonly kvHeads: number;
  /** Inner width of the feed-forward part. */
  readonly feedForward: number;
  /** Longest context in tokens. */
  readonly context: number;
  /** Base of the rotary angles. */
  readonly ropeBase: number;
  /** Added to mean squares before the root. */
  readonly normEpsilon: number;
  /** Whether the table of tokens is also the output matrix. */
  readonly isTied: boolean;
}

/** A weight by its name in a GGUF file. Matrices are [out, in], as files store them. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

const count = z.int().positive();

/** Schema of a shape in files. */
export const llamaShapeSchema: z.ZodType<LlamaShape> = z.strictObject({
  vocabulary: count, width: count, layers: count, heads: count, kvHeads: count, feedForward: count, context: count,
  ropeBase: z.number().positive(), normEpsilon: z.number().positive(), isTied: z.boolean(),
});

/**
 * The shape, if its sizes fit together.
 *
 * @throws {ConfigError} otherwise.
 */
export function checkLlamaShape(shape: LlamaShape, where = "model shape"): LlamaShape {
  const parsed = llamaShapeSchema.safeParse(shape);
  if (!parsed.success) throw shapeFault(where, "have positive sizes", parsed.error.issues[0]?.path.join(".") ?? shape);
  const { width, heads, kvHeads } = shape;
  if (width % heads !== 0 || (width / heads) % 2 !== 0) throw shapeFault(`${where}: width`, "be an even number times heads", `${width} with ${heads} heads`);
  if (heads % kvHeads !== 0) throw shapeFault(`${where}: heads`, "be a multiple of kvHeads", `${heads} with ${kvHeads} kvHeads`);
  return parsed.data;
}

function shapeFault(subject: string, rule: string, got: unknown): ConfigError {
  return new ConfigError({ subject, rule, got, hint: "Change the sizes of the model." });
}

/** Size of a head. */
export function headSizeOf({ width, heads }: LlamaShape): number { return width / heads; }

/** Every weight, in the order of a file: tokens, layers, last norm, output. */
export function weightSpecs(shape: LlamaShape): WeightSpec[] {
  const layers = Array.from({ length: shape.layers }, (_, layer) => layerSpecs(shape, layer)).flat();
  const table = { name: "token_embd.weight", shape: [shape.vocabulary, shape.width] };
  const output = shape.isTied ? [] : [{ name: "output.weight", shape: [shape.vocabulary, shape.width] }];
  return [table, ...layers, { name: "output_norm.weight", shape: [shape.width] }, ...output];
}

function layerSpecs(shape: LlamaShape, layer: number): WeightSpec[] {
  const { width, feedForward } = shape, kvWidth = shape.kvHeads * headSizeOf(shape);
  const weight = (part: string, ...sizes: number[]): WeightSpec => ({ name: `blk.${layer}.${part}.weight`, shape: sizes });
  return [
    weight("attn_norm", width), weight("attn_q", width, width), weight("attn_k", kvWidth, width), weight("attn_v", kvWidth, width), weight("attn_output", width, width),
    weight("ffn_norm", width), weight("ffn_gate", feedForward, width), weight("ffn_up", feedForward, width), weight("ffn_down", width, feedForward),
  ];
}

/** Number of weights; a shared table counts once. */
export function parameterCount(shape: LlamaShape): number {
  return weightSpecs(shape).reduce((sum, { shape: sizes }) => sum + sizes.reduce((product, size) => product * size, 1), 0);
}

/**
 * Floating-point operations of one training step per token: forward and twice that backward.
 *
 * Products only, two operations per multiply-add; attention counts all pairs of positions, because a training graph without
 * causal kernels computes them.
 */
export function trainingFlopsPerToken(shape: LlamaShape, length: number): number {
  const matrices = weightSpecs(shape).filter(({ name, shape: sizes }) => sizes.length === 2 && (name !== "token_embd.weight" || shape.isTied));
  const products = matrices.reduce((sum, { shape: sizes }) => sum + sizes[0]! * sizes[1]!, 0);
  return 6 * (products + 2 * shape.layers * length * shape.width);
}
