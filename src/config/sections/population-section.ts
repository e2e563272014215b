/** Who asks what, and when. */
import { z } from "zod";
import { count, fraction, numberBetween, positive, positiveCount, probabilityShares, seconds } from "../quantities.js";
import { origin } from "../origin.js";

/** A log-normal number of tokens, cut to [1, max]. */
export const tokenLengths = z.strictObject({
  logMean: numberBetween(-10, 20).describe("Mean of the natural logarithm."),
  logSd: positive(5).describe("Standard deviation of the natural logarithm."),
  maxTokens: positiveCount(1e6),
  ...origin,
});

const sessions = z.strictObject({
  kind: z.literal("sessions"),
  queriesPerDay: positive(10_000).default(10).describe("Mean questions of one person in a day."),
  activitySpread: positive(10).default(0.8).describe("Coefficient of variation of activity between people (gamma distributed)."),
  turnsPerSession: numberBetween(1, 100).default(2.5).describe("Mean turns of a session (geometric)."),
  thinkTimeS: seconds().default(25).describe("Median time a user thinks between turns, above simulation.minTurnGapS (log-normal)."),
  thinkTimeLogSd: positive(5).default(0.9),
  hourWeights: z.array(numberBetween(0, 1000)).length(24)
    .default([0.35, 0.2, 0.13, 0.1, 0.1, 0.16, 0.4, 0.8, 1.1, 1.25, 1.3, 1.3, 1.2, 1.2, 1.25, 1.3, 1.3, 1.3, 1.35, 1.45, 1.55, 1.5, 1.15, 0.7])
    .refine((weights) => weights.some((weight) => weight > 0), "have an hour with a weight above 0")
    .describe("Relative rate of session starts by local hour of day."),
  burst: z.strictObject({
    startS: seconds(), durationS: seconds(), factor: positive(1e4).describe("Session rate in the burst, of the ordinary rate."),
  }).optional().describe("A flash crowd."),
});

const trace = z.strictObject({
  kind: z.literal("trace"),
  file: z.string().min(1).describe("CSV in the Azure LLM inference format: TIMESTAMP,ContextTokens,GeneratedTokens."),
  speedUp: positive(1e6).default(1).describe("Trace time is divided by this."),
});

/** Section `population`: people, their questions and when they ask them. */
export const populationSection = z.strictObject({
  clients: positiveCount(20_000_000).default(10_000).describe("P-clients."),
  arrivals: z.discriminatedUnion("kind", [sessions, trace]).prefault({ kind: "sessions" }),
  kindShares: probabilityShares(["personal", "domain", "mixed", "general", "chat"])
    .prefault({ personal: 0.25, domain: 0.3, mixed: 0.15, general: 0.15, chat: 0.15 })
    .describe("What questions need: personal data, a domain expert, both, general knowledge, or small talk."),
  domains: z.array(z.strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/, "be lower case words joined by hyphens"),
    share: positive(1).describe("Of domain and mixed questions."),
    promptFactor: positive(100).default(1).describe("Prompt length relative to the fleet's."),
    answerFactor: positive(100).default(1).describe("Answer length relative to the fleet's."),
    secretsPerQuery: numberBetween(0, 20).default(0.5).describe("Mean sensitive attributes that a question touches (Poisson)."),
    driftPerDay: numberBetween(0, 1).default(0.01).describe("Share of the domain's facts that change in a day."),
  })).min(1).max(32).prefault([
    { name: "finance", share: 0.25, promptFactor: 1, answerFactor: 0.9, secretsPerQuery: 1.1, driftPerDay: 0.04 },
    { name: "it", share: 0.35, promptFactor: 1.5, answerFactor: 1.5, secretsPerQuery: 0.3, driftPerDay: 0.01 },
    { name: "medicine", share: 0.2, promptFactor: 0.9, answerFactor: 1.1, secretsPerQuery: 1.6, driftPerDay: 0.005 },
    { name: "education", share: 0.2, promptFactor: 1.1, answerFactor: 1.2, secretsPerQuery: 0.4, driftPerDay: 0.002 },
  ]),
  promptTokens: tokenLengths.optional().describe("Default: fitted on the Azure LLM inference trace 2023, conversation."),
  followUpTokens: tokenLengths.prefault({ logMean: 3.3, logSd: 0.7, maxTokens: 2000, origin: "assumed", source: "a short user turn; its history is in the context already" }).describe("Tokens of the later turns of a session."),
  answerTokens: tokenLengths.optional().describe("Default: fitted on the Azure LLM inference trace 2023, conversation."),
  personalContextTokens: count(100_000).default(200).describe("Tokens of personal context that P reads with a personal or mixed question."),
  patienceS: seconds({ min: 0.1 }).default(40).describe("Median time to the first token after which a user gives up (log-normal)."),
  patienceLogSd: positive(5).default(0.5),
  secretsPerPersonalQuery: numberBetween(0, 20).default(1.5).describe("Mean sensitive attributes in a personal question."),
  difficultySlope: numberBetween(0, 20).default(3).describe("How steeply the log-odds of a right answer fall with difficulty."),
  nightChargeFraction: fraction().default(0.85).describe("People who charge their phone overnight; the others plug in at random hours."),
});
