/** How good a model is: answers to held-out questions, and how well it foresees texts that training has not read. */
import type { MeanEstimate } from "../../core/statistics.js";
import { judgeModel } from "../family/evaluate-model.js";
import type { LoadedModel } from "../../models/runtimes/runtime.js";
import type { QuerySplit } from "../../world/queries/query.js";
import type { TextRole } from "../../world/text/text-role.js";
import { trainingText } from "../../world/text/training-text.js";
import type { World } from "../../world/world.js";

/** How much is asked. */
export interface QualityTask {
  /** Per task of the role. */
  readonly questions: number;
  readonly texts: number;
}

/** What came out. */
export interface Quality {
  /** Of each question, in an order that is the same for every model of a role. */
  readonly isRight: readonly boolean[];
  /** Of each text, in such an order. */
  readonly texts: readonly TextBits[];
}

/** A text: -log2 p of the tokens that count, and how many they are. */
export interface TextBits { readonly bits: number; readonly tokens: number }

/** Texts are numbered below 2^32, and no training reads so far. */
const FIRST_UNREAD_TEXT = 2 ** 31;
const Z_95 = 1.96;

/** Held out for P: person and way to ask. For experts and T: the way to ask, since facts that no text states cannot be known. */
function heldOutSplits(role: TextRole): readonly QuerySplit[] { return role === "personal" ? ["test"] : ["phrasings"]; }

/** Asks a model. */
export async function measureQuality(model: LoadedModel, world: World, role: TextRole, { questions, texts }: QualityTask): Promise<Quality> {
  const judged = await judgeModel(model, world, role, questions, heldOutSplits(role)), rows: TextBits[] = [];
  for (let index = 0; index < texts; index++) rows.push(await bitsOf(model, world, role, FIRST_UNREAD_TEXT + index));
  return { isRight: judged.flatMap(({ verdicts }) => verdicts.map(({ isRight }) => isRight)), texts: rows };
}

/** Of running text, which has no prompt, the first token is given. */
async function bitsOf(model: LoadedModel, world: World, role: TextRole, index: number): Promise<TextBits> {
  const { prompt, completion } = trainingText(world, role, index), given = model.encode(prompt), scored = model.encode(completion);
  if (given.length === 0) given.push(...scored.splice(0, 1));
  const sequence = model.openSequence();
  try {
    await sequence.prefill(given);
    const logs = await sequence.scoreTokens(scored);
    return { bits: logs.reduce((sum, log) => sum - log / Math.LN2, 0), tokens: scored.length };
  } finally {
    await sequence.dispose();
  }
}

/**
 * Bits per token over all texts, with the interval of a ratio of two means.
 *
 * @source Cochran 1977, Sampling techniques, section 2.11.
 */
export function estimateBits(texts: readonly TextBits[]): MeanEstimate {
  const tokens = texts.reduce((sum, text) => sum + text.tokens, 0), mean = texts.reduce((sum, { bits }) => sum + bits, 0) / tokens;
  const squares = texts.reduce((sum, { bits, tokens: own }) => sum + (bits - mean * own) ** 2, 0), spread = Math.sqrt(squares / Math.max(1, texts.length - 1));
  return { mean, halfWidth95: Z_95 * spread * Math.sqrt(texts.length) / tokens, n: texts.length };
}

/** Bits per token that a model needs more than another for the same texts in the same tokens. */
export function compareBits(texts: readonly TextBits[], others: readonly TextBits[]): MeanEstimate {
  return estimateBits(texts.map(({ bits, tokens }, i) => ({ bits: bits - others[i]!.bits, tokens })));
}
