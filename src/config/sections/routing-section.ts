/** How P chooses who answers. One variant per policy; add a variant here and a case in clients/routing. */
import { z } from "zod";
import { dollars, fraction, numberBetween, positive, seconds } from "../quantities.js";

const threshold = fraction().default(0.7).describe("P answers alone when its confidence is at least this.");

/** Section `routing`: one variant per policy, told apart by `kind`; each carries only its own settings. */
export const routingSection = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("p-only") }),
  z.strictObject({ kind: z.literal("t-only") }),
  z.strictObject({ kind: z.literal("always-expert") }),
  z.strictObject({ kind: z.literal("cascade"), threshold }),
  z.strictObject({ kind: z.literal("deadline"), threshold, deadlineS: seconds().default(4).describe("Wanted time to the first token; the most accurate route expected to hold it is taken.") }),
  z.strictObject({
    kind: z.literal("battery"), threshold,
    offloadBelowFraction: fraction().default(0.3).describe("Below this charge P sends questions away that it would answer itself, unless the radio costs more."),
    minDownlinkBitPerS: positive(1e12).default(2e6).describe("Slower links are not used for what P can answer."),
  }),
  z.strictObject({ kind: z.literal("money-budget"), threshold, dailyUsd: dollars().default(0.01).describe("Most money of one user in a day; the threshold falls as it is spent.") }),
  z.strictObject({ kind: z.literal("privacy-budget"), threshold, dailySecrets: positive(1e6).default(2).describe("Most sensitive attributes that may leave the phone in a day.") }),
  z.strictObject({
    kind: z.literal("bandit"),
    exploration: positive(100).default(0.3).describe("Width of the confidence bound (UCB1) in units of reward."),
    latencyWeightPerS: numberBetween(0, 100).default(0.02).describe("Reward lost per second to the first token."),
    moneyWeightPerUsd: numberBetween(0, 1e6).default(20).describe("Reward lost per dollar."),
    secretWeight: numberBetween(0, 100).default(0.05).describe("Reward lost per sensitive attribute sent."),
  }).describe("A contextual bandit that learns on line, one learner per shard."),
  z.strictObject({ kind: z.literal("oracle") }).describe("Knows which models are right and takes the cheapest right one: an upper bound, not a policy."),
]);
