/** One question to one trained model on every inference engine: what it says, and how fast. */
import { MEMBER_FILES, requireMemberFile } from "../../models/load-family.js";
import { loadLlamaRuntime } from "../../models/runtimes/load-llama-runtime.js";
import { loadOnnxRuntime } from "../../models/runtimes/load-onnx-runtime.js";
import type { LoadedModel, Runtime } from "../../models/runtimes/runtime.js";
import type { Query } from "../../world/queries/query.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import { scoreAnswer } from "../../world/queries/score-answer.js";
import { personalPrompt } from "../../world/text/render-prompt.js";
import { makeWorld } from "../../world/world.js";
import type { PlannedMember } from "./open-family.js";

/** What an engine did. */
export interface EngineAnswer {
  readonly engine: string;
  readonly version: string;
  readonly answer: string;
  readonly isRight: boolean;
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** From the prompt's tokens to the first token of the answer. Seconds. */
  readonly ttftS: number;
  /** Of the tokens behind the first; 0 for an answer of one. */
  readonly tokensPerS: number;
}

/** A question and the engines' answers. */
export interface MeasuredAnswer { readonly prompt: string; readonly expected: string; readonly answers: readonly EngineAnswer[] }

const LONGEST_ANSWER = 48;
/** The engines' first call makes buffers and reads weights from the disk: a question before this one takes that on itself. */
const WARM_UP_INDEX = 1;

/** Asks a P what a person of no training text has told it, in words of no training text. */
export async function measureAnswer(member: PlannedMember, index: number, threads: number): Promise<MeasuredAnswer> {
  const world = makeWorld(member.plan.world), query = sampleQuery(world, "test", "personal", index), warmUp = sampleQuery(world, "test", "personal", index + WARM_UP_INDEX), answers: EngineAnswer[] = [];
  for (const [runtime, file] of [[loadLlamaRuntime(), MEMBER_FILES.gguf], [loadOnnxRuntime(), MEMBER_FILES.onnx]] as const) {
    const model = await runtime.load(requireMemberFile(member, file), { contextTokens: member.plan.model.context, threads });
    try {
      await answerOn(runtime, model, warmUp);
      answers.push(await answerOn(runtime, model, query));
    } finally {
      await model.dispose();
    }
  }
  return { prompt: personalPrompt(query), expected: query.answer, answers };
}

async function answerOn({ name, version }: Runtime, model: LoadedModel, query: Query): Promise<EngineAnswer> {
  const sequence = model.openSequence(), tokens = model.encode(personalPrompt(query)), durationsS: number[] = [];
  let text = "";
  try {
    const { durationS } = await sequence.prefill(tokens);
    for await (const token of sequence.decode({ maxTokens: LONGEST_ANSWER })) {
      durationsS.push(token.durationS);
      text += token.text;
      if (text.includes("\n")) break;
    }
    const [firstS = 0, ...restS] = durationsS, answer = text.split("\n")[0]!.trim(), totalS = restS.reduce((sum, each) => sum + each, 0);
    return {
      engine: name, version, answer, isRight: scoreAnswer(query, answer).isExact, promptTokens: tokens.length, answerTokens: durationsS.length,
      ttftS: durationS + firstS, tokensPerS: totalS === 0 ? 0 : restS.length / totalS,
    };
  } finally {
    await sequence.dispose();
  }
}
