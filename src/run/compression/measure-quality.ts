/** How good a model is: answers to held-out questions, and how well it foresees texts that training has not read. */
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
  /** -log2 p per token of each text that counts. Mean, and half the width of its 95% interval over texts. */
  readonly bitsPerToken: number;
  readonly bitsHalfWidth95: number;
}

/** Texts are numbered below 2^32, and no training reads so far. */
const FIRST_UNREAD_TEXT = 2 ** 31;
const Z_95 = 1.96;

/** Held out for P: person and way to ask. For experts and T: the way to ask, since facts that no text states cannot be known. */
function heldOutSplits(role: TextRole): readonly QuerySplit[] { return role === "personal" ? ["test"] : ["phrasings"]; }

/** Asks a model. */
export async function measureQuality(model: LoadedModel, world: World, role: TextRole, { questions, texts }: QualityTask): Promise<Quality> {
  const judged = await judgeModel(model, world, role, questions, heldOutSplits(role)), rows: TextBits[] = [];
  for (let index = 0; index < texts; index++) rows.push(await bitsOf(model, world, role, FIRST_UNREAD_TEXT + index));
  return { isRight: judged.flatMap(({ verdicts }) => verdicts.map(({ isRight }) => isRight)), ...estimateRatio(rows) };
}

/** A text: bits of its completion, and tokens of it. */
interface TextBits { readonly bits: number; readonly tokens: number }

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

/** Bits over tokens, with the interval of a ratio of two means. @source Cochran 1977, Sampling techniques, section 2.11. */
function estimateRatio(rows: readonly TextBits[]): Pick<Quality, "bitsPerToken" | "bitsHalfWidth95"> {
  const tokens = rows.reduce((sum, row) => sum + row.tokens, 0), ratio = rows.reduce((sum, { bits }) => sum + bits, 0) / tokens;
  const squares = rows.reduce((sum, row) => sum + (row.bits - ratio * row.tokens) ** 2, 0), spread = Math.sqrt(squares / Math.max(1, rows.length - 1));
  return { bitsPerToken: ratio, bitsHalfWidth95: Z_95 * spread * Math.sqrt(rows.length) / tokens };
}
