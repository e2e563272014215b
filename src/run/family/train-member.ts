/** The stages of a member, one after another, each from its checkpoint if there is one. */
import { rmSync } from "node:fs";
import { deriveWeights } from "../../learning/derive-weights.js";
import type { CurveRow } from "../../learning/loss-curve.js";
import { startTraining, type TrainingState, weightsOf } from "../../learning/training-state.js";
import type { Weights } from "../../models/llama/initial-weights.js";
import { trainModel } from "../train-model.js";
import { shapeOfPlan } from "./family-plan.js";
import { type FamilySetting, loadTrained, memberPath, planOf } from "./member.js";
import { openTeacher } from "./open-teacher.js";
import { planStage } from "./text-stage.js";

/** Weights of a member, and its curve of each stage. */
export interface TrainedMember { readonly weights: Weights; readonly curves: readonly (readonly CurveRow[])[] }

/** Trains what is left of a member. Undefined when SIGINT stopped it. */
export async function trainMember(setting: FamilySetting, name: string, say: (line: string) => void): Promise<TrainedMember | undefined> {
  const curves: (readonly CurveRow[])[] = [];
  let start = startOf(setting, name);
  for (const [stage] of setting.family.models[name]!.stages.entries()) {
    const state = await trainStage(setting, name, stage, start, say);
    if (state === undefined) return undefined;
    curves.push(state.curve.rows);
    start = weightsOf(state);
  }
  return { weights: start as Weights, curves };
}

/** Removes what is needed no more once a member is finished. */
export function removeCheckpoints(setting: FamilySetting, name: string): void {
  for (const [stage] of setting.family.models[name]!.stages.entries()) rmSync(checkpointOf(setting, name, stage));
}

function checkpointOf(setting: FamilySetting, name: string, stage: number): string { return memberPath(setting, name, `stage-${stage}.safetensors`); }

/** A seed, or weights that come from another member. */
function startOf(setting: FamilySetting, name: string): number | Weights {
  const { family } = setting, model = family.models[name]!, { from, seed } = model;
  return from === undefined ? seed : deriveWeights(loadTrained(setting, from.model, name), shapeOfPlan(model, family, name), from.layers, seed);
}

/** Undefined when it was stopped. */
async function trainStage(setting: FamilySetting, name: string, stage: number, start: number | Weights, say: (line: string) => void): Promise<TrainingState | undefined> {
  const { family, world, tokenizer } = setting, model = family.models[name]!, plan = model.stages[stage]!, note = JSON.stringify({ stage, plan: planOf(setting, name) });
  say(`stage ${stage + 1} of ${model.stages.length}`);
  const teacher = await openTeacher(setting, name, plan), training = planStage({ world, tokenizer, role: model.role, threads: family.threads, ...teacher }, plan);
  try {
    const keeping = { path: checkpointOf(setting, name, stage), secondsPerCheckpoint: family.checkpointSeconds, say };
    const { state, isFinished } = await trainModel(() => startTraining(shapeOfPlan(model, family, name), start, note), training, keeping);
    return isFinished ? state : undefined;
  } finally {
    await teacher.speaker?.session.release();
  }
}
