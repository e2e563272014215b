/** What a family of models is: its world, its tokenizer, and how each member is trained. */
import { z } from "zod";
import { parseYaml } from "../../config/parse-yaml.js";
import { toPlain } from "../../config/located-tree.js";
import { worldSection } from "../../config/sections/world-section.js";
import { ConfigError } from "../../core/errors.js";
import { checkLlamaShape, type LlamaShape } from "../../models/llama/llama-shape.js";
import { TEXT_ROLES } from "../../world/text/text-role.js";

const count = z.int().positive();

const stageSchema = z.strictObject({
  level: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).default(3).describe("Step of P's curriculum; other roles have one."),
  steps: count, batch: count.default(64).describe("Rows of a step."),
  length: count.describe("Tokens of a row. Texts that do not fit are left out."),
  textsPerRow: count.default(1), learned: z.enum(["completions", "everything"]).default("completions"), peak: z.number().positive().default(0.002).describe("Highest learning rate."),
});

const modelSchema = z.strictObject({
  role: z.enum(TEXT_ROLES),
  width: count, layers: count, heads: count, kvHeads: count, feedForward: count, context: count.default(256),
  seed: z.int().nonnegative().default(1), stages: z.array(stageSchema).min(1),
});

const familySchema = z.strictObject({
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

/**
 * The plan in a YAML text.
 *
 * @throws {ConfigError} for a text that holds none.
 */
export function parseFamilyPlan(text: string, name: string): FamilyPlan {
  const parsed = familySchema.safeParse(toPlain(parseYaml(text, name)));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new ConfigError({ subject: `${name}: ${issue.path.join(".")}`, rule: "be part of a family of models", got: issue.message, hint: "Compare with configs/family.yaml." });
  }
  for (const [model, plan] of Object.entries(parsed.data.models)) shapeOfPlan(plan, parsed.data, model);
  return parsed.data;
}

/** Sizes of a member. @throws {ConfigError} when they do not fit together. */
export function shapeOfPlan({ width, layers, heads, kvHeads, feedForward, context }: ModelPlan, { tokenizer: { size } }: Pick<FamilyPlan, "tokenizer">, name: string): LlamaShape {
  return checkLlamaShape({ vocabulary: size, width, layers, heads, kvHeads, feedForward, context, ropeBase: ROPE_BASE, normEpsilon: NORM_EPSILON, isTied: true }, name);
}
