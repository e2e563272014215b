/** How good a member of the family is at what it is for, on what training has not seen. */
import { wilsonInterval } from "../../core/statistics.js";
import { scoreCalibration } from "../../learning/calibration.js";
import type { TaskScore } from "../../models/load-family.js";
import type { LoadedModel } from "../../models/runtimes/runtime.js";
import { copyChance, type QuerySplit } from "../../world/queries/query.js";
import type { TextRole } from "../../world/text/text-role.js";
import type { World } from "../../world/world.js";
import { askModel } from "./ask-model.js";
import { type Task, tasksOf, type Verdict } from "./tasks.js";

/** Puts `questions` questions per task and split to a model. */
export async function evaluateModel(model: LoadedModel, world: World, role: TextRole, questions: number): Promise<TaskScore[]> {
  const scores: TaskScore[] = [];
  for (const task of tasksOf(role)) for (const split of task.splits) scores.push(await scoreTask(model, world, task, split, questions));
  return scores;
}

async function scoreTask(model: LoadedModel, world: World, task: Task, split: QuerySplit, questions: number): Promise<TaskScore> {
  const verdicts: Verdict[] = [];
  let chance = 0;
  for (let index = 0; index < questions; index++) {
    const query = task.ask(world, split, index);
    verdicts.push(task.judge(query, await askModel(model, task.prompt(query))));
    chance += copyChance(query) / questions;
  }
  const names = Object.keys(verdicts[0]?.parts ?? {}), parts = Object.fromEntries(names.map((name) => [name, shareOf(verdicts.map((verdict) => verdict.parts![name]!))]));
  const { auroc, ...calibration } = scoreCalibration(verdicts.map(({ confidence, isBorneOut }) => ({ confidence, isRight: isBorneOut })));
  return {
    task: task.name, split, questions, ...shareOf(verdicts.map(({ isRight }) => isRight)), copyChance: chance, ...calibration,
    ...(auroc === undefined ? {} : { auroc }), ...(names.length === 0 ? {} : { parts }),
  };
}

function shareOf(successes: readonly boolean[]): Pick<TaskScore, "accuracy" | "interval"> {
  const count = successes.filter(Boolean).length;
  return { accuracy: count / successes.length, interval: wilsonInterval(count, successes.length) };
}
