/** One question put to a model. */
import type { LoadedModel } from "../../models/runtimes/runtime.js";

/** What a model said. */
export interface GivenAnswer {
  readonly text: string;
  /** Probability of all of it: the product over its tokens. */
  readonly confidence: number;
}

/** Tokens. The longest right answers of the world, requests to an expert with their question, stay below. */
const LONGEST_ANSWER = 48;

/** The likeliest answer up to a line end. */
export async function askModel(model: LoadedModel, prompt: string): Promise<GivenAnswer> {
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
