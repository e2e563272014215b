/**
 * How long an engine takes for a step on this host, from parameters that a calibration fits.
 *
 *   step = call + further sequences + layers * (layer + tokens * elements) + matrices + attention + logits
 *
 * Matrices: the longer of multiplying and of reading what the last cache level does not hold (joined smoothly, both go on at once).
 * One token multiplies at a rate of its kind; several pay once for unpacking a weight and each for the products. Attention: for every
 * pair of a token and one before it, by head; numbers of a head that fill whole vectors of 64 are cheap, those left over are not.
 * Batches of 64 tokens or more go through another kernel of attention, which works on tiles.
 */
import { ConfigError } from "../../core/errors.js";
import { bytesOf, type HostModel, type HostStep } from "./host-step.js";
import type { HostParameters, KindParameters, ThreadParameters } from "./host-parameters.js";

/** Prompt tokens that go through a model together, in both engines. */
export const BATCH_TOKENS = 512;
/** From here on products go in full tiles. */
const MANY_TOKENS = 16;
/** From here on attention works on tiles. */
const TILE_TOKENS = 64;
/** Numbers of 16 bits that the widest vector loop takes at once. */
const VECTOR_NUMBERS = 64;
/** Arrays of the token's and of the inner width that a layer walks through beside its products: norms, sums, rotation, gate. */
const WIDTH_PASSES = 8, INNER_PASSES = 3;
const KV_BYTES = 2;

/** Engines differ in what they compute for a prompt. */
interface EngineHabits {
  /** Whether logits of every prompt token are computed, or of none. */
  readonly givesAllLogits: boolean;
  /** Whether a prompt token is compared with those behind it too. */
  readonly seesLaterTokens: boolean;
}
const HABITS: Readonly<Record<string, EngineHabits>> = {
  "llama.cpp": { givesAllLogits: false, seesLaterTokens: false }, "ONNX Runtime": { givesAllLogits: true, seesLaterTokens: true },
};

/**
 * Seconds that a step takes. Prompts of more than 512 tokens go in batches.
 *
 * @throws {ConfigError} for an engine, kind of weights or number of threads that was not calibrated.
 */
export function predictStepS(parameters: HostParameters, model: HostModel, step: HostStep): number {
  if (step.kind === "decode") return batchS(parameters, model, step, step.sequences, step.sequences);
  let seconds = 0;
  for (let done = 0; done < step.tokens; done += BATCH_TOKENS) {
    const tokens = Math.min(BATCH_TOKENS, step.tokens - done);
    seconds += batchS(parameters, model, { ...step, tokens, context: step.context + done }, tokens, habitsOf(model).givesAllLogits ? tokens : 0);
  }
  return seconds;
}

/** One batch of `tokens` in all, of which `outputs` need logits. */
function batchS(parameters: HostParameters, model: HostModel, step: HostStep, tokens: number, outputs: number): number {
  const threads = found(parameters.threads[step.threads], `${step.threads} threads`, parameters.threads), { layers, width, feedForward, vocabulary } = model;
  const elements = parameters.elementS * tokens * (WIDTH_PASSES * width + INNER_PASSES * feedForward) / (tokens === 1 ? 1 : threads.manySpeedup);
  return parameters.callS[step.kind] + (step.sequences - 1) * parameters.sequenceS + parameters.vocabularyS * vocabulary * outputs
    + layers * (threads.layerS + elements) + matricesS(parameters, model, step, tokens, outputs, threads) + attentionS(parameters, model, step, threads);
}

function matricesS(parameters: HostParameters, model: HostModel, step: HostStep, tokens: number, outputs: number, threads: ThreadParameters): number {
  const byteS = missedByteS(parameters, model, step, threads);
  return model.matrices.reduce((sum, { kind, weights, bytes, isOutput }) => {
    const rows = isOutput ? outputs : tokens;
    if (rows === 0) return sum;
    return sum + longerOf(weights * weightS(found(parameters.kinds[kind], kind, parameters.kinds), rows) / (rows === 1 ? threads.oneSpeedup : threads.manySpeedup), bytes * byteS);
  }, 0);
}

/** Seconds per weight for so many tokens. */
function weightS({ oneS, unpackS, fewS, manyS }: KindParameters, tokens: number): number {
  return tokens === 1 ? oneS : unpackS + tokens * (tokens < MANY_TOKENS ? fewS : manyS);
}

function attentionS(parameters: HostParameters, model: HostModel, step: HostStep, threads: ThreadParameters): number {
  const { tokens, context, sequences } = step;
  const { heads, kvHeads, headSize, layers } = model, inside = habitsOf(model).seesLaterTokens ? tokens : (tokens + 1) / 2;
  const pairs = sequences * tokens * (context + inside), rest = headSize % VECTOR_NUMBERS, read = sequences * (context + tokens) * kvHeads * headSize;
  const { pairS, vectorS, remainderS } = parameters.attention[tokens < TILE_TOKENS ? "byToken" : "byTile"], perPair = pairS + vectorS * (headSize - rest) + remainderS * rest;
  const computeS = (pairs * heads * perPair + read * parameters.cacheNumberS) / threads.attentionSpeedup;
  return layers * longerOf(computeS, 2 * read * KV_BYTES * missedByteS(parameters, model, step, threads));
}

/** Seconds per byte of weights, keys and values, of which memory gives what the last cache level does not hold. */
function missedByteS({ memoryByteS, lastLevelBytes }: HostParameters, model: HostModel, { tokens, context, sequences }: HostStep, { memorySpeedup }: ThreadParameters): number {
  const cacheBytes = sequences * (context + tokens) * model.layers * 2 * model.kvHeads * model.headSize * KV_BYTES;
  return memoryByteS / memorySpeedup * missedShare(bytesOf(model) + cacheBytes, lastLevelBytes);
}

/** Share of bytes that come from memory when all are read in turn: none while they fit, all when they are far more. */
function missedShare(bytes: number, lastLevelBytes: number): number {
  const ratio = (lastLevelBytes / bytes) ** 2;
  return 1 / (1 + ratio * ratio);
}

/** Between the larger of two and their sum, near the larger: fourth root of the sum of fourth powers. */
function longerOf(a: number, b: number): number { return Math.sqrt(Math.sqrt(a ** 4 + b ** 4)); }

function habitsOf({ runtime }: HostModel): EngineHabits { return found(HABITS[runtime], runtime, HABITS); }

function found<Value>(value: Value | undefined, name: string, known: object): Value {
  if (value !== undefined) return value;
  throw new ConfigError({ subject: "a step on this host", rule: `be of what was calibrated: ${Object.keys(known).join(", ")}`, got: name, hint: "Choose one of these, or calibrate again: plmm calibrate." });
}
