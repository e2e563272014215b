/** How well a model predicts a text. */
import { invariant } from "../../core/errors.js";
import type { Cancellable, LoadedModel } from "./runtime.js";

/** Outcome of one text. */
export interface PerplexityEstimate {
  /** e to the mean of -ln p. */
  readonly perplexity: number;
  /** Standard error of ln perplexity, taking tokens for independent. */
  readonly logStandardError: number;
  /** -log2 p per byte of UTF-8 of the tokens scored: comparable between tokenizers. */
  readonly bitsPerByte: number;
  readonly scoredTokens: number;
}

/**
 * Perplexity over windows of `windowTokens` that overlap by half: each token but the first is scored once, those after the first
 * window with at least half a window before them.
 *
 * @param tokens At least two.
 * @param say Hears how many tokens are scored.
 */
export async function estimatePerplexity(
  model: LoadedModel, tokens: readonly number[], windowTokens: number, say: (scored: number) => void = () => undefined, cancel: Cancellable = {},
): Promise<PerplexityEstimate> {
  invariant(tokens.length >= 2 && windowTokens >= 2, "score at least two tokens in windows of at least two", tokens.length);
  const sequence = model.openSequence(), scores: number[] = [];
  try {
    for (let scored = 1; scored < tokens.length;) {
      const start = scored === 1 ? 0 : Math.max(0, scored - Math.floor(windowTokens / 2)), end = Math.min(tokens.length, start + windowTokens);
      await sequence.rewind(0);
      await sequence.prefill(tokens.slice(start, scored), cancel);
      scores.push(...await sequence.scoreTokens(tokens.slice(scored, end), cancel));
      scored = end;
      say(scored);
    }
  } finally {
    await sequence.dispose();
  }
  return summarize(scores, Buffer.byteLength(model.decodeText(tokens.slice(1))));
}

function summarize(scores: readonly number[], bytes: number): PerplexityEstimate {
  const count = scores.length, mean = scores.reduce((sum, score) => sum - score, 0) / count;
  const variance = scores.reduce((sum, score) => sum + (-score - mean) ** 2, 0) / Math.max(1, count - 1);
  return { perplexity: Math.exp(mean), logStandardError: Math.sqrt(variance / count), bitsPerByte: mean * count / Math.LN2 / bytes, scoredTokens: count };
}
