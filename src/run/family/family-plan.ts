/** What a family of models is: its world, its tokenizer, and how each member is trained. */
import { z } from "zod";
import { worldSection } from "../../config/sections/world-section.js";
import { checkLlamaShape, type LlamaShape } from "../../models/llama/llama-shape.js";
import { TEXT_ROLES } from "../../world/text/text-role.js";

const count = z.int().positive();

const stageSchema = z.strictObject({
  level: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).default(3).describe("Step of P's curriculum; other roles have one."),
  steps: count, batch: count.default(64).describe("Rows of a step."),
  length: count.describe("Tokens of a row. Texts that do not fit are left out."),
  textsPerRow: count.default(1), learned: z.enum(["completions", "everything"]).default("completions"), peak: z.number().positive().default(0.002).describe("Highest learning rate."),
  teacher: z.string().optional().describe("A member that stands before this one."),
  loss: z.strictObject({ kind: z.literal("distill"), temperature: z.number().positive().default(2), share: z.number().min(0).max(1).default(0.5) }).optional()
    .describe("Learn what the teacher holds likely: share of the loss that is the distance from it."),
  texts: z.enum(["world", "generated"]).optional().describe("generated: the teacher completes the prompts of the world's texts."),
});

const modelSchema = z.strictObject({
  role: z.enum(TEXT_ROLES),
  width: count, layers: count, heads: count, kvHeads: count, feedForward: count, context: count.default(256),
  seed: z.int().nonnegative().default(1),
  from: z.strictObject({ model: z.string(), layers: z.array(z.union([z.int().nonnegative(), z.literal("new")])).min(1) }).optional()
    .describe("Start from another member: its layers by number, or new ones that change nothing at first."),
  stages: z.array(stageSchema).min(1),
});

/** Schema of a family. */
export const familySchema = z.strictObject({
  world: worldSection.prefault({}),
  tokenizer: z.strictObject({ size: count, texts: count.describe("Training texts per role that it is learned from.") }),
  threads: count.default(2).describe("Part of what fixes the bytes of a model."),
  checkpointSeconds: z.number().nonnegative().default(60),
  questions: count.default(400).describe("Per task and split of the evaluation."),
  models: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), modelSchema),
});

/** A part of a training with one kind of texts. */
export type StagePlan = z.output<typeof stageSchema>;
/** A member of the family. */
export type ModelPlan = z.output<typeof modelSchema>;
/** A family; members are trained in the order in which they stand. */
export type FamilyPlan = z.output<typeof familySchema>;

const ROPE_BASE = 10_000, NORM_EPSILON = 1e-5;

/** Sizes of a member. @throws {ConfigError} when they do not fit together. */
export function shapeOfPlan({ width, layers, heads, kvHeads, feedForward, context }: ModelPlan, { tokenizer: { size } }: Pick<FamilyPlan, "tokenizer">, name: string): LlamaShape {
  return checkLlamaShape({ vocabulary: size, width, layers, heads, kvHeads, feedForward, context, ropeBase: ROPE_BASE, normEpsilon: NORM_EPSILON, isTied: true }, name);
}
