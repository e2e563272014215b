/** E and T servers. */
import { z } from "zod";
import { withoutDefaults } from "../without-defaults.js";
import { count, fraction, positive, positiveCount, seconds } from "../quantities.js";

/** One pool of replicas that serve one model. */
export const poolSection = z.strictObject({
  gpu: z.string().describe("GPU profile. See: plmm tiers list."),
  model: z.string().describe("Model card of the served model. See: plmm models list."),
  kernelProfile: z.string().optional().describe("Measured kernel times of this model on this GPU: a CSV table or a profiler's folder, relative to the working directory. Left out: the GPU's spec sheet."),
  bytesPerWeight: positive(8).default(2).describe("Bytes of one weight as served: 2 for BF16, 1 for FP8."),
  bytesPerKvElement: positive(8).default(2).describe("Bytes of one element of the KV cache."),
  tensorParallel: positiveCount(64).default(1).describe("GPUs of one replica."),
  replicas: positiveCount(10_000).default(1).describe("Replicas at the start, in each domain for E."),
  maxRunning: positiveCount(4096).default(256).describe("Most sequences in one batch."),
  tokenBudget: positiveCount(1e6).default(2048).describe("Most tokens in one iteration (chunked prefill)."),
  kvBlockTokens: positiveCount(1024).default(16),
  memoryFraction: fraction().default(0.9).describe("GPU memory that the engine may use."),
  prefixCache: z.boolean().default(true).describe("Keep the KV cache of finished turns for the session's next turn."),
  queue: z.enum(["fcfs", "fair"]).default("fcfs").describe("fcfs: order of arrival; fair: fewest tokens served to the client first."),
  balance: z.enum(["round-robin", "least-loaded", "session-affinity"]).default("session-affinity"),
  autoscale: z.strictObject({
    maxReplicas: positiveCount(100_000),
    targetRunning: positive(1e6).describe("Requests in the system per replica above which a replica is added."),
    periodS: seconds({ min: 1 }).default(15),
    startUpS: seconds().default(90).describe("From decision to serving."),
    minReplicas: positiveCount(100_000).default(1),
  }).optional(),
  failure: z.strictObject({
    meanTimeBetweenS: seconds({ min: 1 }).describe("Mean time between failures of one replica (exponential)."),
    restartS: seconds().default(120),
  }).optional(),
  schedulesAhead: z.boolean().default(false).describe("Make up an iteration while the one before it runs (async scheduling)."),
  iterationOverheadS: seconds().default(0.0025).describe("Scheduler and launch time of one iteration."),
});

/** What one domain has otherwise than the common pool. Carries no defaults: a key left out keeps the common value. */
const poolOverrides = withoutDefaults(poolSection);

/** Section `tiers`: pools of E, one per domain, and of T; refresh of E's knowledge from T. */
export const tiersSection = z.strictObject({
  expert: poolSection.prefault({ gpu: "L4", model: "llama-3.1-8b", bytesPerWeight: 1, replicas: 1 }).describe("The pool of each domain's E."),
  expertOverrides: z.record(z.string(), poolOverrides).default({}).describe("Differences of single domains, by name."),
  general: poolSection.prefault({ gpu: "H100-SXM", model: "qwen3-32b", bytesPerWeight: 1, replicas: 2 }).describe("The pool of T."),
  consultFraction: fraction().default(0.08).describe("Expert questions for which E asks T first."),
  consultPromptTokens: count(1e6).default(300),
  consultAnswerTokens: count(1e6).default(150),
  systemPromptTokens: count(1e6).default(120).describe("Tokens of the tier's own instructions before each prompt; shared by all requests, so cached after the first."),
  refresh: z.strictObject({
    periodS: seconds({ min: 60 }).default(7 * 86_400).describe("Time between refreshes of an E from T."),
    firstAtS: seconds().default(4 * 3600).describe("First refresh; domains follow one after another."),
    generalTokens: count(1e12).default(2e6).describe("Tokens that T makes for one refresh of one domain."),
    downS: seconds().default(60).describe("Time each replica of E is out of service, one after another."),
  }).optional().describe("Refresh of E-models by T. Left out: never."),
  ageAtStartS: seconds().default(3 * 86_400).describe("Age of every E's knowledge at the start of the run."),
});
