/** From trained weights to the files of a member. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parameterCount } from "../../models/llama/llama-shape.js";
import { type FamilyMember, type MemberRecord, MEMBER_FILES, type TaskScore } from "../../models/load-family.js";
import { writeOnnxOfGguf } from "../../models/onnx/convert-gguf.js";
import { writeLlamaGguf } from "../../models/quantize/write-llama-gguf.js";
import { loadOnnxRuntime } from "../../models/runtimes/load-onnx-runtime.js";
import { ggufTokenizer } from "../../models/tokenizer/gguf-tokenizer.js";
import { writeWholeFile } from "../../models/write-whole-file.js";
import { evaluateModel } from "./evaluate-model.js";
import { shapeOfPlan } from "./family-plan.js";
import { type FamilySetting, memberPath, planOf } from "./member.js";
import { END_NAME } from "./text-stage.js";
import type { TrainedMember } from "./train-member.js";

/** Writes the files of a member, both with the weights rounded to half floats, asks it questions, and writes its record last: where that is, all is. */
export async function finishMember(setting: FamilySetting, name: string, { weights, curves }: TrainedMember, say: (line: string) => void): Promise<MemberRecord> {
  const { family, tokenizer } = setting, shape = shapeOfPlan(family.models[name]!, family, name), pathOf = (file: string): string => memberPath(setting, name, file);
  writeLlamaGguf(pathOf(MEMBER_FILES.gguf), { name, shape, weights, tokenizer: ggufTokenizer(tokenizer, END_NAME) }, "F16");
  writeOnnxOfGguf(pathOf(MEMBER_FILES.gguf), pathOf(MEMBER_FILES.onnx));
  say(`answers ${family.questions} questions per task and split`);
  const scores = await scoreMember(setting, name, shape.context);
  const sha256 = Object.fromEntries([MEMBER_FILES.gguf, MEMBER_FILES.onnx].map((file) => [file, createHash("sha256").update(readFileSync(pathOf(file))).digest("hex")]));
  const record: MemberRecord = { name, parameters: parameterCount(shape), plan: planOf(setting, name), curves: curves.map((rows) => [...rows]), scores, sha256 };
  return writeRecord(pathOf(MEMBER_FILES.record), record);
}

/** Asks a finished member again, as after a change of the questions, and writes its record anew. */
export async function scoreAgain(setting: FamilySetting, { record: { name, ...known } }: FamilyMember, say: (line: string) => void): Promise<MemberRecord> {
  const { family } = setting, { context } = shapeOfPlan(family.models[name]!, family, name);
  say(`answers ${family.questions} questions per task and split again`);
  return writeRecord(memberPath(setting, name, MEMBER_FILES.record), { name, ...known, scores: await scoreMember(setting, name, context) });
}

function writeRecord(path: string, record: MemberRecord): MemberRecord {
  const bytes = new TextEncoder().encode(`${JSON.stringify(record, undefined, 1)}\n`);
  writeWholeFile(path, bytes.length, (writeAt) => { writeAt(bytes, 0); });
  return record;
}

async function scoreMember(setting: FamilySetting, name: string, contextTokens: number): Promise<TaskScore[]> {
  const { family: { threads, questions, models }, world } = setting;
  const loaded = await loadOnnxRuntime().load(memberPath(setting, name, MEMBER_FILES.onnx), { contextTokens, threads });
  try {
    return await evaluateModel(loaded, world, models[name]!.role, questions);
  } finally {
    await loaded.dispose();
  }
}
