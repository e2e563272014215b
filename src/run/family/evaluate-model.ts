/** How good a member of the family is at what it is for, on what training has not seen. */
import { wilsonInterval, type Interval } from "../../core/statistics.js";
import { type Calibration, type JudgedAnswer, scoreCalibration } from "../../learning/calibration.js";
import type { LoadedModel } from "../../models/runtimes/runtime.js";
import type { DomainName } from "../../world/knowledge/knowledge-area.js";
import { copyChance, hideNeeded, type Query, type QuerySplit } from "../../world/queries/query.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import { scoreAnswer } from "../../world/queries/score-answer.js";
import { combinePrompt, personalPrompt, renderPrompt } from "../../world/text/render-prompt.js";
import type { TextRole } from "../../world/text/text-role.js";
import type { World } from "../../world/world.js";

/** A kind of question put to a model, and the form in which it is put. */
interface Task {
  readonly name: string;
  readonly splits: readonly QuerySplit[];
  readonly ask: (world: World, split: QuerySplit, index: number) => Query;
  readonly prompt: (query: Query) => string;
}

/** Findings on one task and split. */
export interface TaskScore extends Calibration {
  readonly task: string;
  readonly split: QuerySplit;
  readonly questions: number;
  readonly accuracy: number;
  /** 95%. */
  readonly interval: Interval;
  /** Expected accuracy of naming one of the values shown at random. */
  readonly copyChance: number;
}

const LONGEST_ANSWER = 40;
const PERSONAL_SPLITS: readonly QuerySplit[] = ["train", "people", "phrasings", "test"];
const FACT_SPLITS: readonly QuerySplit[] = ["train", "facts", "phrasings"];

const bare = ({ question }: Query): string => renderPrompt({ question });

/** What a role is asked. Answers to held-out facts cannot be known: that split shows guessing. */
function tasksOf(role: TextRole): Task[] {
  if (role === "personal") {
    return [
      { name: "copy", splits: PERSONAL_SPLITS, ask: (world, split, index) => sampleQuery(world, split, "personal", index), prompt: personalPrompt },
      { name: "unknown", splits: PERSONAL_SPLITS, ask: (world, split, index) => hideNeeded(sampleQuery(world, split, "personal", index)), prompt: personalPrompt },
      { name: "combine", splits: PERSONAL_SPLITS, ask: (world, split, index) => sampleQuery(world, split, "mixed", index), prompt: combinePrompt },
    ];
  }
  const domain = role === "general" ? {} : { domain: role satisfies DomainName };
  const domainTask: Task = { name: "domain", splits: FACT_SPLITS, ask: (world, split, index) => sampleQuery(world, split, "domain", index, domain), prompt: bare };
  const generalTask: Task = { name: "general", splits: FACT_SPLITS, ask: (world, split, index) => sampleQuery(world, split, "general", index), prompt: bare };
  return role === "general" ? [domainTask, generalTask] : [domainTask];
}

/** Answers on one task and split, in the order of the questions, which is the same for every model. */
export interface JudgedTask {
  readonly task: string;
  readonly split: QuerySplit;
  readonly answers: readonly JudgedAnswer[];
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
  const answers: JudgedAnswer[] = [];
  let chance = 0;
  for (let index = 0; index < questions; index++) {
    const query = task.ask(world, split, index), { text, confidence } = await answerOf(model, task.prompt(query));
    answers.push({ confidence, isRight: scoreAnswer(query, text).isExact });
    chance += copyChance(query) / questions;
  }
  return { task: task.name, split, answers, copyChance: chance };
}

function scoreTask({ task, split, answers, copyChance: chance }: JudgedTask): TaskScore {
  const right = answers.filter(({ isRight }) => isRight).length, questions = answers.length;
  return { task, split, questions, accuracy: right / questions, interval: wilsonInterval(right, questions), copyChance: chance, ...scoreCalibration(answers) };
}

/** The likeliest answer up to a line end, and the probability of all of it. */
async function answerOf(model: LoadedModel, prompt: string): Promise<{ readonly text: string; readonly confidence: number }> {
  const sequence = model.openSequence();
  let text = "", logProbability = 0;
  try {
    await sequence.prefill(model.encode(prompt));
    for await (const token of sequence.decode({ maxTokens: LONGEST_ANSWER, withLogProbability: true })) {
      text += token.text;
      logProbability += token.logProbability!;
      if (text.includes("\n")) break;
    }
  } finally {
    await sequence.dispose();
  }
  return { text: text.split("\n")[0]!, confidence: Math.exp(logProbability) };
}
