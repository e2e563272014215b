/**
 * Trains a family: tokenizer, then one member after another, each in stages. What is finished is kept: a family that was stopped or
 * killed goes on from its last checkpoint, and ends in the same bytes.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CurveRow } from "../../learning/loss-curve.js";
import { startTraining, type TrainingState, weightsOf } from "../../learning/training-state.js";
import type { Weights } from "../../models/llama/initial-weights.js";
import { parameterCount } from "../../models/llama/llama-shape.js";
import { writeLlamaOnnx } from "../../models/onnx/write-llama-onnx.js";
import { writeLlamaGguf } from "../../models/quantize/write-llama-gguf.js";
import { loadOnnxRuntime } from "../../models/runtimes/load-onnx-runtime.js";
import { ggufTokenizer } from "../../models/tokenizer/gguf-tokenizer.js";
import type { Tokenizer } from "../../models/tokenizer/tokenizer.js";
import { writeWholeFile } from "../../models/write-whole-file.js";
import { makeWorld, type World } from "../../world/world.js";
import { trainModel } from "../train-model.js";
import { evaluateModel, type TaskScore } from "./evaluate-model.js";
import { type FamilyPlan, type ModelPlan, shapeOfPlan } from "./family-plan.js";
import { END_NAME, learnFamilyTokenizer, planStage } from "./text-stage.js";

/** Contents of model.json, beside the files of a member. */
export interface ModelRecord {
  readonly name: string;
  readonly parameters: number;
  /** All that the weights depend on. */
  readonly plan: unknown;
  /** Of each stage. */
  readonly curves: readonly (readonly CurveRow[])[];
  readonly scores: readonly TaskScore[];
  /** Of each file, by its name. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** Where a family goes and who hears of it. */
export interface FamilyKeeping {
  readonly folder: string;
  /** Members to train; all when left out. */
  readonly only?: readonly string[];
  /** Hears one line at a time. */
  readonly say: (line: string) => void;
}

/** A member in the making. */
interface Member { readonly name: string; readonly model: ModelPlan; readonly family: FamilyPlan; readonly world: World; readonly tokenizer: Tokenizer; readonly folder: string; readonly say: (line: string) => void }

/**
 * Trains what is not finished yet.
 *
 * @returns Records of members in order; fewer than asked for when SIGINT stopped it.
 * @throws {ConfigError} when a checkpoint is of another plan.
 */
export async function trainFamily(family: FamilyPlan, { folder, only, say }: FamilyKeeping): Promise<ModelRecord[]> {
  const world = makeWorld(family.world), tokenizer = learnFamilyTokenizer(world, family.tokenizer), records: ModelRecord[] = [];
  for (const [name, model] of Object.entries(family.models)) {
    if (only?.includes(name) === false) continue;
    const member: Member = { name, model, family, world, tokenizer, folder: join(folder, name), say: (line) => { say(`${name}: ${line}`); } };
    const record = loadFinished(member) ?? await trainMember(member);
    if (record === undefined) return records;
    records.push(record);
  }
  return records;
}

/** The record of a member that was finished by the same plan. */
function loadFinished({ folder, say, ...member }: Member): ModelRecord | undefined {
  const path = join(folder, "model.json");
  if (!existsSync(path)) return undefined;
  const record = JSON.parse(readFileSync(path, "utf8")) as ModelRecord;
  if (JSON.stringify(record.plan) !== JSON.stringify(planOf(member))) return undefined;
  say("is finished");
  return record;
}

/** All that weights and scores of a member depend on. */
function planOf({ model, family: { world, tokenizer, threads, questions } }: Pick<Member, "model" | "family">): unknown {
  return { model, world, tokenizer, threads, questions };
}

async function trainMember(member: Member): Promise<ModelRecord | undefined> {
  const { folder, model } = member, curves: (readonly CurveRow[])[] = [];
  mkdirSync(folder, { recursive: true });
  let start: number | Weights = model.seed;
  for (const [stage] of model.stages.entries()) {
    const state = await trainStage(member, stage, start);
    if (state === undefined) return undefined;
    curves.push(state.curve.rows);
    start = weightsOf(state);
  }
  const record = await finishMember(member, start as Weights, curves);
  for (const [stage] of model.stages.entries()) rmSync(checkpointOf(folder, stage));
  return record;
}

function checkpointOf(folder: string, stage: number): string { return join(folder, `stage-${stage}.safetensors`); }

/** Undefined when it was stopped. */
async function trainStage(member: Member, stage: number, start: number | Weights): Promise<TrainingState | undefined> {
  const { name, model, family, world, tokenizer, folder, say } = member, shape = shapeOfPlan(model, family, name);
  const plan = planStage({ world, tokenizer, role: model.role, threads: family.threads }, model.stages[stage]!), note = JSON.stringify({ stage, plan: planOf(member) });
  say(`stage ${stage + 1} of ${model.stages.length}`);
  const { state, isFinished } = await trainModel(() => startTraining(shape, start, note), plan, { path: checkpointOf(folder, stage), secondsPerCheckpoint: family.checkpointSeconds, say });
  return isFinished ? state : undefined;
}

/** Writes the files of a member, asks it questions, and writes its record last: where that is, all is. */
async function finishMember(member: Member, weights: Weights, curves: readonly (readonly CurveRow[])[]): Promise<ModelRecord> {
  const { name, model, family, world, tokenizer, folder, say } = member, shape = shapeOfPlan(model, family, name), pathOf = (file: string): string => join(folder, file);
  writeLlamaGguf(pathOf("model-f16.gguf"), { name, shape, weights, tokenizer: ggufTokenizer(tokenizer, END_NAME) }, "F16");
  writeLlamaOnnx(pathOf("model.onnx"), { shape, tokenizer, endName: END_NAME }, weights);
  say(`answers ${family.questions} questions per task and split`);
  const loaded = await loadOnnxRuntime().load(pathOf("model.onnx"), { contextTokens: shape.context, threads: family.threads });
  const scores = await evaluateModel(loaded, world, model.role, family.questions);
  await loaded.dispose();
  const sha256 = Object.fromEntries(["model-f16.gguf", "model.onnx"].map((file) => [file, createHash("sha256").update(readFileSync(pathOf(file))).digest("hex")]));
  const record: ModelRecord = { name, parameters: parameterCount(shape), plan: planOf(member), curves, scores, sha256 };
  const bytes = new TextEncoder().encode(`${JSON.stringify(record, undefined, 1)}\n`);
  writeWholeFile(pathOf("model.json"), bytes.length, (writeAt) => { writeAt(bytes, 0); });
  return record;
}
