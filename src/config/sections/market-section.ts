/**
 * What the participation market assumes beside what a cell measures: what a right answer is worth, what a secret that
 * leaves the device costs, how much the tiers' gain grows with participation, how many agents check the closed form.
 * Each number carries its own origin, because the verdict of the market hangs on it.
 */
import { z } from "zod";
import { dollars, positive, positiveCount, type QuantityParser } from "../quantities.js";
import { origin } from "../origin.js";

/** A number with a default and its origin beside it. */
type SourcedNumber = z.ZodPrefault<z.ZodObject<{
  readonly value: z.ZodDefault<QuantityParser>;
  readonly origin: z.ZodDefault<typeof origin.origin>;
  readonly source: z.ZodDefault<z.ZodString>;
}, z.core.$strict>>;

function sourced(parser: QuantityParser, value: number, source: string): SourcedNumber {
  return z.strictObject({
    value: parser.default(value),
    origin: origin.origin.default("assumed"),
    source: origin.source.default(source),
  }).prefault({});
}

/** The `market` section of a scenario. */
export const marketSection = z.strictObject({
  valueOfRightAnswerUsd: sourced(dollars(), 0.05, "a subscription of 20 USD a month over 30 days and 10 questions a day is 0.067 USD per question; rounded down")
    .describe("Value of one more right answer, mean over people. Values are uniform from 0 to twice this."),
  privacyCostPerSecretUsd: sourced(dollars(), 0.002, "no study prices a single attribute sent to a language model; sweep it")
    .describe("What one sensitive attribute that reaches a tier in clear costs its owner."),
  networkScale: sourced(positive(1000), 1, "the measured gain of the tiers over P alone is taken as the gain when everybody takes part")
    .describe("Gain of the tiers over P alone when everybody takes part, of the measured gain. The gain is proportional to participation."),
  agents: sourced(positiveCount(1_000_000), 10_000, "finite-number error of the share of about 0.005, and under 20 ms")
    .describe("Agents of the agent-based check."),
});
