/**
 * How long an engine takes for a step on this host, from parameters that a calibration fits.
 *
 *   step = call + further sequences + mask + layers * (layer + tokens * elements) + matrices + attention + logits
 *
 * Matrices: the longer of multiplying and of reading what the last cache level does not hold (joined smoothly, both go on at once).
 * One token multiplies at a rate of its kind; several pay once for unpacking a weight and each for the products, which are cheaper in
 * full blocks of 16 tokens. Attention: what `attention-work.ts` counts, by the kernel that the engine takes; flash attention divided as
 * the engine divides it between threads.
 */
import { ConfigError } from "../../core/errors.js";
import { flashWork, plainPairs, usesFlash } from "./attention-work.js";
import { bytesOf, type HostModel, type HostStep } from "./host-step.js";
import type { HostParameters, KindParameters, ThreadParameters } from "./host-parameters.js";

/** Prompt tokens that go through a model together, in both engines. */
export const BATCH_TOKENS = 512;
/** Tokens of a full block of products. */
const BLOCK_TOKENS = 16;
/** Arrays of the token's and of the inner width that a layer walks through beside its products: norms, sums, rotation, gate. */
const WIDTH_PASSES = 8, INNER_PASSES = 3;
const KV_BYTES = 2;
/** Keys of neighbouring tokens that lie this far apart are not fetched ahead; what a head has of them beyond its first numbers is waited for. */
const FAR_BYTES = 1024, FIRST_NUMBERS = 64;

/** Engines differ in what they compute for a prompt. */
interface EngineHabits {
  /** Whether logits of every prompt token are computed, or of none. */
  readonly givesAllLogits: boolean;
  readonly usesFlash: (headSize: number) => boolean;
  /** Whether attention goes over a window of whole 256. */
  readonly isPadded: boolean;
}
const HABITS: Readonly<Record<string, EngineHabits>> = {
  "llama.cpp": { givesAllLogits: false, usesFlash, isPadded: true }, "ONNX Runtime": { givesAllLogits: true, usesFlash: () => false, isPadded: false },
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
  return threads.callS[step.kind] + (step.sequences - 1) * parameters.sequenceS + parameters.maskS * tokens * (step.context + step.tokens) + parameters.vocabularyS * vocabulary * outputs
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
  const few = tokens % BLOCK_TOKENS;
  return tokens === 1 ? oneS : unpackS + few * fewS + (tokens - few) * manyS;
}

function attentionS(parameters: HostParameters, model: HostModel, step: HostStep, threads: ThreadParameters): number {
  const kernelS = habitsOf(model).usesFlash(model.headSize) ? flashS(parameters, model, step) : plainS(parameters, model, step);
  return model.layers * (kernelS + cacheS(parameters, model, step)) / threads.attentionSpeedup;
}

/** One layer's kernel, in seconds of one thread: those that wait for the one with the largest share count as busy. */
function flashS({ attention: { flash: { byToken, byTile } } }: HostParameters, model: HostModel, step: HostStep): number {
  const { pairs, passed, tiles, looks, share } = flashWork(model, step), { headSize } = model;
  const kernelS = pairs * (byToken.pairS + byToken.numberS * headSize) + passed * byToken.passedS + tiles * (byTile.tileS + byTile.numberS * headSize) + looks * byTile.lookS;
  return kernelS * share * step.threads;
}

function plainS({ attention: { plain } }: HostParameters, model: HostModel, step: HostStep): number {
  const { pairS, numberS } = step.tokens === 1 ? plain.one : plain.many;
  return plainPairs(model, step, habitsOf(model).isPadded) * (pairS + numberS * model.headSize);
}

/** Reading keys and values of one layer. */
function cacheS({ cacheNumberS, waitedS, lastLevelBytes }: HostParameters, model: HostModel, step: HostStep): number {
  const { kvHeads, headSize } = model, rows = 2 * step.sequences * (step.context + step.tokens) * kvHeads, isFar = kvHeads * headSize * KV_BYTES >= FAR_BYTES;
  const waited = isFar && step.kind === "decode" ? Math.max(0, headSize - FIRST_NUMBERS) : 0;
  return rows * (headSize * cacheNumberS + waited * (waitedS.cache + waitedS.memory * missedShare(touchedBytes(model, step), lastLevelBytes)));
}

/** Seconds per byte of weights, of which memory gives what the last cache level does not hold. */
function missedByteS({ memoryByteS, lastLevelBytes }: HostParameters, model: HostModel, step: HostStep, { memorySpeedup }: ThreadParameters): number {
  return memoryByteS / memorySpeedup * missedShare(touchedBytes(model, step), lastLevelBytes);
}

/** Weights, keys and values that a step reads. */
function touchedBytes(model: HostModel, { tokens, context, sequences }: HostStep): number {
  return bytesOf(model) + sequences * (context + tokens) * model.layers * 2 * model.kvHeads * model.headSize * KV_BYTES;
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
