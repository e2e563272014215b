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

/** Answers on one task and split, in the order of the questions, which is the same for every model. */
export interface JudgedTask {
  readonly task: string;
  readonly split: QuerySplit;
  readonly verdicts: readonly Verdict[];
  /** Expected accuracy of naming one of the values shown at random. */
  readonly copyChance: number;
}

/** Puts `questions` questions per task and split to a model. */
export async function evaluateModel(model: LoadedModel, world: World, role: TextRole, questions: number): Promise<TaskScore[]> {
  return (await judgeModel(model, world, role, questions)).map(scoreTask);
}

/** Answers to `questions` questions per task and split, or per task and those of its splits that are `wanted`. */
export async function judgeModel(model: LoadedModel, world: World, role: TextRole, questions: number, wanted?: readonly QuerySplit[]): Promise<JudgedTask[]> {
  const judged: JudgedTask[] = [];
  for (const task of tasksOf(role)) {
    for (const split of task.splits) if (wanted?.includes(split) !== false) judged.push(await judgeTask(model, world, task, split, questions));
  }
  return judged;
}

async function judgeTask(model: LoadedModel, world: World, task: Task, split: QuerySplit, questions: number): Promise<JudgedTask> {
  const verdicts: Verdict[] = [];
  let chance = 0;
  for (let index = 0; index < questions; index++) {
    const query = task.ask(world, split, index);
    verdicts.push(task.judge(query, await askModel(model, task.prompt(query))));
    chance += copyChance(query) / questions;
  }
  return { task: task.name, split, verdicts, copyChance: chance };
}

function scoreTask({ task, split, verdicts, copyChance: chance }: JudgedTask): TaskScore {
  const names = Object.keys(verdicts[0]?.parts ?? {}), parts = Object.fromEntries(names.map((name) => [name, shareOf(verdicts.map((verdict) => verdict.parts![name]!))]));
  const { auroc, ...calibration } = scoreCalibration(verdicts.map(({ confidence, isBorneOut }) => ({ confidence, isRight: isBorneOut })));
  return {
    task, split, questions: verdicts.length, ...shareOf(verdicts.map(({ isRight }) => isRight)), copyChance: chance, ...calibration,
    ...(auroc === undefined ? {} : { auroc }), ...(names.length === 0 ? {} : { parts }),
  };
}

function shareOf(successes: readonly boolean[]): Pick<TaskScore, "accuracy" | "interval"> {
  const count = successes.filter(Boolean).length;
  return { accuracy: count / successes.length, interval: wilsonInterval(count, successes.length) };
}
