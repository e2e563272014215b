/** From texts of the world to the batches of a stage. */
import { USUAL_ADAMW } from "../../learning/adamw-graph.js";
import type { Lesson } from "../../learning/distillation.js";
import { batchOfTexts, type TokenizedText } from "../../learning/text-rows.js";
import type { TrainingPlan } from "../../learning/train.js";
import type { ServedModel } from "../../models/runtimes/complete-batch.js";
import { learnTokenizer } from "../../models/tokenizer/learn-tokenizer.js";
import type { Tokenizer } from "../../models/tokenizer/tokenizer.js";
import { TEXT_ROLES, type TextRole } from "../../world/text/text-role.js";
import { trainingText } from "../../world/text/training-text.js";
import type { World } from "../../world/world.js";
import type { FamilyPlan, StagePlan } from "./family-plan.js";
import { GeneratedTexts } from "./generated-texts.js";

/** Ends every text, and so every answer. */
export const END_NAME = "<end>";
/** Steps over which the learning rate rises. */
const WARMUP_SHARE = 0.05;
const FINAL_SHARE = 0.1;
const CURVE_POINTS = 100;

/** What a teacher gives: its logits, its texts, or both. */
export interface Teaching { readonly lesson?: Lesson; readonly speaker?: ServedModel }

/** What batches are made of. */
export interface TextSource extends Teaching { readonly world: World; readonly tokenizer: Tokenizer; readonly role: TextRole; readonly threads: number }

/** The tokenizer of a family: learned from the first texts of every role. @throws as `learnTokenizer`. */
export function learnFamilyTokenizer(world: World, { size, texts }: FamilyPlan["tokenizer"]): Tokenizer {
  const whole = TEXT_ROLES.flatMap((role) => Array.from({ length: texts }, (_, index) => {
    const { prompt, completion } = trainingText(world, role, index);
    return prompt + completion;
  }));
  return learnTokenizer(whole, { size, specials: [END_NAME] });
}

/** The training of a stage. Step n reads the texts that follow those of step n - 1: none is read twice. */
export function planStage(source: TextSource, stage: StagePlan): TrainingPlan {
  const { steps, batch, length, textsPerRow, learned, peak } = stage, options = { length, endToken: source.tokenizer.special(END_NAME), learned };
  const { lesson, speaker, threads } = source, textAt = (index: number): TokenizedText => tokenizedText(source, index, stage), generated = speaker === undefined ? undefined : new GeneratedTexts(speaker, textAt);
  const rowAt = async (row: number): Promise<TokenizedText[]> =>
    await generated?.textsFrom(row * textsPerRow, textsPerRow) ?? Array.from({ length: textsPerRow }, (_, i) => textAt(row * textsPerRow + i));
  return {
    ...(lesson === undefined ? {} : { lesson }),
    size: { batch, length }, optimizer: USUAL_ADAMW, threads, curveSteps: Math.max(1, Math.floor(steps / CURVE_POINTS)),
    schedule: { peak, warmupSteps: Math.ceil(WARMUP_SHARE * steps), totalSteps: steps, finalShare: FINAL_SHARE },
    batchAt: async (step) => batchOfTexts(await Promise.all(Array.from({ length: batch }, (_, row) => rowAt((step - 1) * batch + row))), options),
  };
}

function tokenizedText({ world, tokenizer, role }: TextSource, index: number, { level }: StagePlan): TokenizedText {
  const { prompt, completion } = trainingText(world, role, index, role === "personal" ? { level } : {});
  return { prompt: tokenizer.encode(prompt), completion: tokenizer.encode(completion) };
}
