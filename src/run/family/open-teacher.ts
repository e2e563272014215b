/** The teacher of a stage, in the forms in which it teaches. */
import { inferenceModel } from "../../models/llama/llama-inference.js";
import { openSession } from "../../models/onnx/open-session.js";
import type { StagePlan } from "./family-plan.js";
import { type FamilySetting, loadTrained } from "./member.js";
import { END_NAME, type Teaching } from "./text-stage.js";

/** Loads the teacher of a stage; nothing for a stage without one. The session of the speaker is the caller's to release. */
export async function openTeacher(setting: FamilySetting, name: string, { teacher: by, loss, texts }: StagePlan): Promise<Teaching> {
  if (by === undefined) return {};
  const teacher = loadTrained(setting, by, name), { tokenizer, family } = setting;
  const session = texts === "generated" ? await openSession(inferenceModel(teacher.shape, teacher.weights), { threads: family.threads }, `the teacher ${by}`) : undefined;
  return {
    ...(loss === undefined ? {} : { lesson: { teacher, temperature: loss.temperature, share: loss.share } }),
    ...(session === undefined ? {} : { speaker: { session, shape: teacher.shape, endToken: tokenizer.special(END_NAME) } }),
  };
}
