/**
 * How long an engine takes for a step on this host, from parameters that a calibration fits.
 *
 *   step = call + further sequences + mask + layers * (layer + tokens * elements) + matrices + attention + logits
 *
 * Matrices: the longer of multiplying and of reading what is not read fast (joined smoothly, both go on at once). One token multiplies
 * at a rate of its kind, and starts anew with every row; several pay once for unpacking a weight and each for the products, which are cheaper in full blocks of 16
 * tokens. llama.cpp steps sequences one behind the other. Attention: what `attention-work.ts` counts, by the kernel that the engine
 * takes; flash attention divided as the engine divides it between threads. All is divided between threads by fitted speedups.
 */
import { ConfigError } from "../../core/errors.js";
import { flashWork, paddedWindow, plainPairs, usesFlash } from "./attention-work.js";
import { bytesOf, type HostModel, type HostStep, weightsOf } from "./host-step.js";
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
  /** Whether several sequences go through the matrices together, or one behind the other. */
  readonly isTogether: boolean;
  /** Whether matrices are read fast while the whole model fits into the last cache level, or each while it is small itself. */
  readonly isSlowByMatrix: boolean;
}
const HABITS: Readonly<Record<string, EngineHabits>> = {
  "llama.cpp": { givesAllLogits: false, usesFlash, isPadded: true, isTogether: false, isSlowByMatrix: false }, "ONNX Runtime": { givesAllLogits: true, usesFlash: () => false, isPadded: false, isTogether: true, isSlowByMatrix: true },
};

/**
 * Seconds that a step takes. Prompts of more than 512 tokens go in batches.
 *
 * @throws {ConfigError} for an engine, kind of weights or number of threads that was not calibrated.
 */
export function predictStepS(parameters: HostParameters, model: HostModel, step: HostStep): number {
  if (step.kind === "decode") return habitsOf(model).isTogether ? batchS(parameters, model, step, step.sequences, step.sequences) : oneByOneS(parameters, model, step);
  let seconds = 0;
  for (let done = 0; done < step.tokens; done += BATCH_TOKENS) {
    const tokens = Math.min(BATCH_TOKENS, step.tokens - done);
    seconds += batchS(parameters, model, { ...step, tokens, context: step.context + done }, tokens, habitsOf(model).givesAllLogits ? tokens : 0);
  }
  return seconds;
}

/** A token of each sequence, one behind the other in one call. */
function oneByOneS(parameters: HostParameters, model: HostModel, step: HostStep): number {
  const oneS = batchS(parameters, model, { ...step, sequences: 1 }, 1, 1);
  return oneS + (step.sequences - 1) * (oneS - threadsOf(parameters, step).callS.decode + parameters.sequenceS);
}

/** One batch of `tokens` in all, of which `outputs` need logits. */
function batchS(parameters: HostParameters, model: HostModel, step: HostStep, tokens: number, outputs: number): number {
  const threads = threadsOf(parameters, step), { layers, width, feedForward, vocabulary } = model;
  const elements = parameters.elementS * tokens * (WIDTH_PASSES * width + INNER_PASSES * feedForward) / (tokens === 1 ? 1 : threads.manySpeedup);
  return threads.callS[step.kind] + (step.sequences - 1) * parameters.sequenceS + parameters.maskS * tokens * (step.context + step.tokens) + parameters.vocabularyS * vocabulary * outputs
    + layers * (threads.layerS + elements) + matricesS(parameters, model, step, tokens, outputs, threads) + attentionS(parameters, model, step, threads);
}

function matricesS(parameters: HostParameters, model: HostModel, step: HostStep, tokens: number, outputs: number, threads: ThreadParameters): number {
  const byteS = missedByteS(parameters, model, step, threads);
  return model.matrices.reduce((sum, { kind, weights, bytes, isOutput }) => {
    const rows = isOutput ? outputs : tokens;
    if (rows === 0) return sum;
    return sum + longerOf(weights * weightS(found(parameters.kinds[kind], kind, parameters.kinds), rows, model.width) / (rows === 1 ? threads.oneSpeedup : threads.manySpeedup), bytes * byteS);
  }, 0);
}

/** Seconds per weight for so many tokens, in rows of so many weights. */
function weightS({ rowS, oneS, unpackS, fewS, manyS }: KindParameters, tokens: number, rowWeights: number): number {
  const few = tokens % BLOCK_TOKENS;
  return tokens * rowS / rowWeights + (tokens === 1 ? oneS : unpackS + few * fewS + (tokens - few) * manyS);
}

function attentionS(parameters: HostParameters, model: HostModel, step: HostStep, threads: ThreadParameters): number {
  const layerS = habitsOf(model).usesFlash(model.headSize) ? flashS(parameters, model, step) : plainS(parameters, model, step);
  return model.layers * layerS / threads.attentionSpeedup;
}

/** One layer, in seconds of one thread: those that wait for the one with the largest share count as busy. */
function flashS(parameters: HostParameters, model: HostModel, step: HostStep): number {
  const { byToken, byTile, keyS, waitedS } = parameters.attention.flash, { pairs, passed, tiles, looks, share } = flashWork(model, step), { headSize } = model;
  const kernelS = pairs * (byToken.pairS + byToken.numberS * headSize) + passed * byToken.passedS + tiles * (byTile.tileS + byTile.numberS * headSize) + looks * byTile.lookS;
  const eachKeyS = keyS + waitedShare(model, step) * (waitedS.cache + waitedS.memory * missedShare(touchedBytes(model, step), parameters.lastLevelBytes));
  return kernelS * share * step.threads + keyNumbers(model, step, step.context + step.tokens) * eachKeyS;
}

/** Flash attention of single tokens waits for numbers that lie far apart. */
function waitedShare({ kvHeads, headSize }: HostModel, { kind }: HostStep): number {
  return kind === "decode" && kvHeads * headSize * KV_BYTES >= FAR_BYTES ? Math.max(0, headSize - FIRST_NUMBERS) / headSize : 0;
}

function plainS({ attention: { plain }, lastLevelBytes }: HostParameters, model: HostModel, step: HostStep): number {
  const { pairS, numberS, keyS, missedS } = step.tokens === 1 ? plain.one : plain.many, window = habitsOf(model).isPadded ? paddedWindow(step) : step.context + step.tokens;
  const eachKeyS = keyS + missedS * missedShare(touchedBytes(model, step), lastLevelBytes);
  return plainPairs(model, step, window) * (pairS + numberS * model.headSize) + keyNumbers(model, step, window) * eachKeyS;
}

/** Numbers of the keys and values of one layer in a window. */
function keyNumbers({ kvHeads, headSize }: HostModel, { sequences }: HostStep, window: number): number { return 2 * sequences * window * kvHeads * headSize; }

/** Seconds per byte of weights, on top of multiplying or instead, of what is not read fast. */
function missedByteS({ memoryByteS, lastLevelBytes, matrixBytes }: HostParameters, model: HostModel, step: HostStep, { memorySpeedup }: ThreadParameters): number {
  const share = habitsOf(model).isSlowByMatrix ? missedShare(largestMatrixBytes(model), matrixBytes) : missedShare(touchedBytes(model, step), lastLevelBytes);
  return memoryByteS / memorySpeedup * share;
}

/** Weights, keys and values that a step reads. */
function touchedBytes(model: HostModel, { tokens, context, sequences }: HostStep): number {
  return bytesOf(model) + sequences * (context + tokens) * model.layers * 2 * model.kvHeads * model.headSize * KV_BYTES;
}

/** One matrix between the token's and the inner width. */
function largestMatrixBytes(model: HostModel): number { return bytesOf(model) / weightsOf(model) * model.width * model.feedForward; }

/** Share of bytes that come from memory when all are read in turn: none while they fit, all when they are far more. */
function missedShare(bytes: number, lastLevelBytes: number): number {
  const ratio = (lastLevelBytes / bytes) ** 2;
  return 1 / (1 + ratio * ratio);
}

/** Between the larger of two and their sum, near the larger: fourth root of the sum of fourth powers. */
function longerOf(a: number, b: number): number { return Math.sqrt(Math.sqrt(a ** 4 + b ** 4)); }

function habitsOf({ runtime }: HostModel): EngineHabits { return found(HABITS[runtime], runtime, HABITS); }

function threadsOf(parameters: HostParameters, { threads }: HostStep): ThreadParameters { return found(parameters.threads[threads], `${threads} threads`, parameters.threads); }

function found<Value>(value: Value | undefined, name: string, known: object): Value {
  if (value !== undefined) return value;
  throw new ConfigError({ subject: "a step on this host", rule: `be of what was calibrated: ${Object.keys(known).join(", ")}`, got: name, hint: "Choose one of these, or calibrate again: plmm calibrate." });
}
