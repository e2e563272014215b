/** What answers are worth and what they cost: quality curves, retries, prices, which rows are kept. */
import { z } from "zod";
import { count, fraction, numberBetween, positive, seconds } from "../quantities.js";
import { origin } from "../origin.js";

/** Chance of a right answer by kind of question. */
export const accuracy = z.strictObject({ personal: fraction(), domain: fraction(), mixed: fraction(), general: fraction(), chat: fraction() });

const logOdds = numberBetween(-30, 30), shifts = z.strictObject({ personal: logOdds, domain: logOdds, mixed: logOdds, general: logOdds, chat: logOdds });
/** Change of log-odds by quantization of P, answerer and kind of question. */
export const quantShift = z.record(z.string(), z.strictObject({ personal: shifts, combined: shifts }));

/** Chances of right answers of one P: alone, and with what E said. */
const personalCurves = z.strictObject({ personal: accuracy, combined: accuracy, quantShift });

/** `quality.member` of a scenario whose P has the curves that the section itself holds. */
export const DECLARED = "declared";

/** Section `quality`: the chance of a right answer for each answerer. Where the shipped family was measured (datasets/family/quality.json), that stands in for the defaults here. */
export const qualitySection = z.strictObject({
  member: z.string().default(DECLARED).describe(`Whose accuracies P has: a name in members, or ${DECLARED} for personal, combined and quantShift below, which count then only. Where the shipped family was measured, the default is one of its P.`),
  members: z.record(z.string(), personalCurves).default({}).describe("Accuracies of measured P by name (plmm models measure): personal, combined, quantShift as below."),
  personal: accuracy.default({ personal: 0.9, domain: 0.35, mixed: 0.3, general: 0.5, chat: 0.95 }).describe(`Accuracy of P alone at middle difficulty, where member is ${DECLARED}.`),
  expert: accuracy.default({ personal: 0.25, domain: 0.88, mixed: 0.55, general: 0.55, chat: 0.9 }).describe("Accuracy of E alone."),
  combined: accuracy.default({ personal: 0.9, domain: 0.88, mixed: 0.84, general: 0.6, chat: 0.95 }).describe(`Accuracy of E's answer combined with personal context by P, where member is ${DECLARED}.`),
  general: accuracy.default({ personal: 0.3, domain: 0.8, mixed: 0.6, general: 0.92, chat: 0.95 }).describe("Accuracy of T, with the context that P sends it."),
  consultGain: fraction().default(0.5).describe("Share of E's errors that asking T removes."),
  confidenceNoise: numberBetween(0, 10).default(0.8).describe("Standard deviation, in log-odds, of P's estimate of its own accuracy."),
  quantShift: quantShift.default({}).describe("Change of the log-odds of the answers of P alone and combined, by personalModel.quant, where member is declared; none for a quantization that is not named."),
  origin: origin.origin.default("assumed"),
  source: origin.source.default("assumed until models trained for this project are measured"),
});

/** Section `retry`: when a phone gives up on a tier and what it does then. */
export const retrySection = z.strictObject({
  timeoutS: seconds({ min: 0.1 }).default(20).describe("P gives a tier this long to its first token."),
  maxAttempts: count(20).default(2).describe("Requests per question, the first included; 0 forbids tiers."),
  backoffS: seconds().default(2.5).describe("Mean wait before a retry, above simulation.minBackoffS (exponential)."),
  fallback: z.enum(["personal", "none"]).default("personal").describe("Who answers when the tiers do not."),
});

/** Section `prices`: which dated price book turns usage into money. */
export const pricesSection = z.strictObject({
  book: z.string().default("2026-08").describe("Dated price book. See: plmm prices."),
  expertPrice: z.string().default("gpt-5.4-nano").describe("Entry of the book that E-developers charge like."),
  generalPrice: z.string().default("claude-4.5-haiku").describe("Entry of the book that T charges like."),
  electricityUsdPerKwh: positive(10).default(0.17),
});

/** Section `records`: how many rows of a run are stored; findings count all questions, kept or not. */
export const recordsSection = z.strictObject({
  keepFraction: fraction().default(1).describe("People whose rows are kept whole. Metrics are over everybody."),
});

/** Observers who attack the records of a cell. */
export const OBSERVERS = ["path", "path-timing", "path-chunks", "relay", "gateway-link", "expert", "malicious-expert", "relay-and-expert", "general", "ledger"] as const;
/** One of them. */
export type Observer = (typeof OBSERVERS)[number];

/** Section `observation`: how much an attacker gets to see and to learn from. */
export const observationSection = z.strictObject({
  people: count(1e6).default(600).describe("Most people, of those whose rows are kept, whom an attack is judged on."),
  observers: z.array(z.enum(OBSERVERS)).default(["path"]).describe("Who attacks: the network path, the path by times alone, the path by sizes of chunks, the relay, the link behind the relay, an honest but curious E, a malicious E, relay and E together, T, the ledger."),
  askBackCompliance: fraction().default(0.2).describe("Chance that a malicious E which asks back is told what it asked for, redacted as any request. Assumed."),
});
