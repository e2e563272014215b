/** What a live system is made of: who serves which tier, how P-clients are kept, how messages are shaped. */
import { z } from "zod";
import { toPlain } from "../../config/located-tree.js";
import { parseYaml } from "../../config/parse-yaml.js";
import { fraction, seconds } from "../../config/quantities.js";
import { STRENGTHS } from "../../protocol/ohttp/choose-config.js";
import { worldSection } from "../../config/sections/world-section.js";
import { ConfigError } from "../../core/errors.js";
import { AREA_NAMES, type AreaName } from "../../world/knowledge/knowledge-area.js";

const count = z.int().positive(), path = z.string().min(1);

const modelTier = z.strictObject({
  kind: z.literal("model"),
  model: path.describe("GGUF or ONNX file: absolute, below the current folder, or below the package."),
  server: z.string().regex(/^[a-z][a-z0-9-]*$/).optional().describe("Process that serves it; tiers that name the same one share it. Default: one of its own."),
  sequences: count.max(64).default(4).describe("Requests that are batched; more wait."),
  contextTokens: count.default(256), threads: count.default(1),
});

const endpointTier = z.strictObject({
  kind: z.literal("endpoint"),
  url: z.url({ protocol: /^https?$/ }).describe("Base of an OpenAI-compatible API, such as http://127.0.0.1:8080/v1."),
  model: z.string().min(1), keyEnv: z.string().regex(/^[A-Z_][A-Z0-9_]*$/).optional().describe("Environment variable that holds the key."),
  allowRemote: z.boolean().default(false).describe("Whether questions may leave this machine for the endpoint."),
});

const tier = z.discriminatedUnion("kind", [modelTier, endpointTier]);
const familyTier = (name: string): z.ZodPrefault<typeof tier> => tier.prefault({ kind: "model", model: `datasets/family/${name}/model-f16.gguf` });

const liveSchema = z.strictObject({
  state: path.default("out/live").describe("Folder of stores, journal, log and addresses."),
  capture: path.optional().describe("Folder that each observer's view is written to; left out: nothing is captured."),
  world: worldSection.prefault({}).describe("People that P-clients belong to, and facts that experts know."),
  personal: z.strictObject({
    model: path.default("datasets/family/p-small/model-f16.gguf"), clients: count.max(4096).default(4), firstPerson: z.int().nonnegative().default(0),
    sequences: count.max(64).default(8), contextTokens: count.default(256), threads: count.default(1), maxTokens: count.default(48),
    port: z.int().min(0).max(65_535).default(0).describe("Of the OpenAI-compatible API; 0 takes a free one."),
    stretchLogRounds: z.int().min(1).max(20).default(17).describe("Scrypt rounds between the user's secret and the vault's key, as a power of two."),
    tokens: count.max(10_000).default(16).describe("Payment tokens that a wallet buys at a time."),
  }).prefault({}),
  tiers: z.strictObject({
    finance: familyTier("e-finance"), it: familyTier("e-it"), medicine: familyTier("e-medicine"), education: familyTier("e-education"), general: familyTier("t"),
  }).prefault({}),
  experts: z.strictObject({
    asksBack: z.boolean().default(false).describe("For attacks: experts are malicious and answer with a question about the person, in place of what they know."),
  }).prefault({}),
  protocol: z.strictObject({
    keyExchange: z.enum(STRENGTHS).default("hybrid").describe("hybrid: X25519 and ML-KEM-768 at once; classical: X25519. P refuses less."),
    requestBytes: count.max(8192).default(1024).describe("Sealed requests are padded to a multiple of this."),
    chunkBytes: count.max(8192).default(64).describe("Chunks of answers are padded to a multiple of this."),
    releaseS: seconds().default(0).describe("Chunks of answers leave at this pace, empty ones where there is no text; 0: as they come."),
    answerChunks: count.max(1024).default(1).describe("Answers are filled up with empty chunks to a multiple of so many; 1: as many as their text has."),
    coverFraction: fraction().default(0).describe("Chance that a question which P answers alone sends an exchange that asks for nothing, shaped like the client's last real one."),
    endBytes: count.max(8192).default(768).describe("The end of an answer, with its receipt, is padded to a multiple of this."),
    largestRequestBytes: count.default(16_384), answerTokens: count.default(48).describe("Longest answer of a tier."),
  }).prefault({}),
  deadlines: z.strictObject({
    answerS: seconds().default(20).describe("From the question to P's last token, or a clear error."),
    consultS: seconds().default(8).describe("After which P no longer waits for an expert and answers by itself."),
    bodyS: seconds().default(5).describe("Within which a whole request must have come."),
  }).prefault({}),
  prices: z.strictObject({
    startTokens: count.default(1000).describe("Tokens that a new account can buy."),
  }).prefault({}),
});

/** A live system as configured. */
export type LiveConfig = z.output<typeof liveSchema>;
/** Who serves a tier. */
export type TierPlan = z.output<typeof tier>;
/** A tier served by a model of ours. */
export type ModelTierPlan = z.output<typeof modelTier>;
/** A tier served by an endpoint of somebody. */
export type EndpointTierPlan = z.output<typeof endpointTier>;

/** Parses a YAML text. @throws {ConfigError} naming the first fault. */
export function parseLiveConfig(text: string, name: string): LiveConfig {
  const parsed = liveSchema.safeParse(toPlain(parseYaml(text, name)) ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new ConfigError({ subject: `${name}: ${issue.path.join(".") || "the config"}`, rule: "be part of a live system", got: issue.message, hint: "Compare with configs/live.yaml." });
  }
  for (const area of AREA_NAMES) requireAllowed(area, parsed.data.tiers[area], name);
  return parsed.data;
}

/** An endpoint elsewhere is somebody's decision, never an accident. */
function requireAllowed(area: AreaName, plan: TierPlan, name: string): void {
  if (plan.kind === "model" || plan.allowRemote || isLoopback(new URL(plan.url).hostname)) return;
  throw new ConfigError({
    subject: `${name}: tiers.${area}.url`, rule: "be on this machine, unless allowRemote is true", got: new URL(plan.url).hostname,
    hint: "Questions would leave this machine for that host. Set allowRemote: true when that is wanted.",
  });
}

/** Whether a host name is of this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
