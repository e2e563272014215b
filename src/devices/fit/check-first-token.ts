/**
 * Time to first token, which no model of its own predicts: the prompt at the predicted prefill rate, then, with software that needs it, one
 * token at the predicted decode rate. Held against rows that print it together with the length of their prompt.
 */
import { exp, ln } from "../../core/elementary.js";
import { quantile } from "../../core/statistics.js";
import type { Measurement } from "../facts/measurement.js";
import { beginsWithDecodeStep } from "../facts/prompt-intake.js";
import { indexSpellings, nameBuild } from "../facts/name-build.js";
import { predictAsked } from "./check-rows.js";
import type { TargetCheck } from "./check-rows.js";
import { missingInput } from "./features.js";
import type { Prediction, RateModel } from "./rate-model.js";

/** A prompt to some software. */
export interface AskedPrompt { readonly family: string; readonly promptTokens: number }

/**
 * Reading the prompt, then a decode step where the software needs one. Seconds. The interval's ends take both rates at their ends, `scale` times as far in
 * logarithms: what else a first token waits for (loading, tokenizing, a cold cache) is in no rate.
 *
 * @param asked Software and a prompt of 1 token or more.
 */
export function predictFirstToken(asked: AskedPrompt, prefill: Prediction, decode: Prediction, scale: number): Prediction {
  const steps = beginsWithDecodeStep(asked.family) ? 1 : 0;
  const seconds = (prefillPerS: number, decodePerS: number): number => asked.promptTokens / prefillPerS + steps / decodePerS;
  const value = seconds(prefill.value, decode.value), end = (s: number): number => value * exp(scale * ln(s / value));
  return { value, low: end(seconds(prefill.high, decode.high)), high: end(seconds(prefill.low, decode.low)) };
}

/** The scale with which intervals hold `coverage` of scored rows, each predicted with scale 1. */
export function scaleFirstToken(scored: TargetCheck["scored"], coverage: number): number {
  const needed = scored.map(({ measured, predicted: { value, low, high } }) => ln(measured / value) / ln((measured > value ? high! : low!) / value));
  return quantile(Float64Array.from(needed).sort(), coverage);
}

/** What the time to first token follows from. */
export interface FirstTokenModels { readonly prefill: RateModel; readonly decode: RateModel; readonly scale: number }

/** Checks the rows that print a time to first token. Nothing calibrates it. */
export function checkFirstToken({ prefill, decode, scale }: FirstTokenModels, rows: readonly Measurement[], leaveChipsOut: boolean): TargetCheck {
  const spellings = indexSpellings(decode.rows), skipped = new Map<string, number>(), known = new Set(prefill.rows.map((row) => row.chip));
  const asked = rows.filter((row) => row.firstTokenS !== undefined).map((row) => nameBuild(row, spellings)).filter((row) => {
    const reason = row.exclusion ?? missingInput(row) ?? (row.promptTokens === undefined ? "the prompt's length is not said" : undefined);
    if (reason !== undefined) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    return reason === undefined;
  });
  const prefills = predictAsked(prefill, asked, leaveChipsOut), decodes = predictAsked(decode, asked, leaveChipsOut);
  return {
    scored: asked.map((row, at) => ({ row, measured: row.firstTokenS!, predicted: predictFirstToken({ family: row.family, promptTokens: row.promptTokens! }, prefills[at]!, decodes[at]!, scale) })),
    skipped, calibrationRows: 0, rowsOfKnownChips: leaveChipsOut ? 0 : asked.filter((row) => known.has(row.chip)).length,
  };
}
