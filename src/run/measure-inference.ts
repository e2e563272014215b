/**
 * What our runtime costs above the engine: the same file, prompt and threads, through `Runtime` and through node-llama-cpp alone, in
 * turns within one process. Both must give the same tokens.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { invariant } from "../core/errors.js";
import { quantile } from "../core/statistics.js";
import { byteTokenizer } from "../models/gguf/tokenizer-metadata.js";
import { sampleWeights } from "../models/llama/initial-weights.js";
import { type LlamaShape, parameterCount } from "../models/llama/llama-shape.js";
import { writeLlamaGguf } from "../models/quantize/write-llama-gguf.js";
import { writeQuantizedGguf } from "../models/quantize/write-quantized-gguf.js";
import { loadLlamaRuntime, startLlama } from "../models/runtimes/load-llama-runtime.js";
import type { Sequence } from "../models/runtimes/runtime.js";

/** Sizes of the benchmark. */
export interface InferenceTask {
  readonly shapes: readonly LlamaShape[];
  readonly kinds: readonly string[];
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly pairs: number;
  readonly threads: readonly number[];
}

/** Median and its 95% interval. A fraction. */
interface Overhead { readonly estimate: number; readonly low: number; readonly high: number }

/** One line: prompt or answer, on one file. */
export interface InferenceRow {
  readonly parameters: number;
  readonly kind: string;
  readonly threads: number;
  readonly step: "prompt" | "answer";
  /** Medians. */
  readonly tokensPerS: number;
  readonly directTokensPerS: number;
  /** Time through us over time without us, minus 1: median over pairs, and the 95% interval of that median by order statistics. */
  readonly overhead: Overhead;
  /** The same for processor time, which other programs disturb less; with several threads it counts their waiting too. */
  readonly cpuOverhead: Overhead;
  readonly pairs: number;
}

const BASE = { vocabulary: 4096, kvHeads: 4, context: 1024, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true };
const SMALL: LlamaShape = { ...BASE, width: 256, layers: 6, heads: 8, feedForward: 768 };
const LARGE: LlamaShape = { ...BASE, width: 512, layers: 10, heads: 8, feedForward: 1536 };

/** Models of 6 and 31 million weights. */
export const FULL_INFERENCE: InferenceTask = { shapes: [SMALL, LARGE], kinds: ["F16", "Q4_K"], promptTokens: 64, answerTokens: 32, pairs: 40, threads: [...new Set([1, availableParallelism()])] };
/** The smaller one, a few times. */
export const QUICK_INFERENCE: InferenceTask = { shapes: [SMALL], kinds: ["Q4_K"], promptTokens: 64, answerTokens: 16, pairs: 4, threads: [1] };

const CONTEXT = 1024;
const Z_95 = 1.96;

/** Measures all shapes and kinds on each number of threads. */
export async function measureInference(task: InferenceTask): Promise<InferenceRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "plmm-bench-")), rows: InferenceRow[] = [];
  try {
    for (const shape of task.shapes) {
      const source = join(folder, "f16.gguf");
      writeLlamaGguf(source, { name: "bench", shape, weights: sampleWeights(shape, 1), tokenizer: byteTokenizer(shape.vocabulary) }, "F16");
      for (const kind of task.kinds) {
        const path = join(folder, `${kind}.gguf`);
        writeQuantizedGguf(source, path, kind);
        for (const threads of task.threads) rows.push(...await measureFile(path, kind, shape, threads, task));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

/** Time on the clock and of the processor. Seconds. */
interface Effort { readonly wallS: number; readonly cpuS: number }
/** The two steps, and what came out. */
interface Timed { readonly prompt: Effort; readonly answer: Effort; readonly tokens: readonly number[] }

async function measureFile(path: string, kind: string, shape: LlamaShape, threads: number, task: InferenceTask): Promise<InferenceRow[]> {
  const ours = await loadLlamaRuntime().load(path, { contextTokens: CONTEXT, threads }), sequence = ours.openSequence();
  const theirs = await (await startLlama()).loadModel({ modelPath: path, gpuLayers: 0 });
  const direct = (await theirs.createContext({ contextSize: CONTEXT, batchSize: 512, threads: { ideal: threads, min: threads } })).getSequence();
  const prompt = Array.from({ length: task.promptTokens }, (_, i) => (i * 101 + 7) % 256), pairs: (readonly [Timed, Timed])[] = [];
  try {
    // The first pair warms both up and does not count.
    for (let pair = 0; pair <= task.pairs; pair++) {
      const isOursFirst = pair % 2 === 0, first = isOursFirst ? await runOurs(sequence, prompt, task.answerTokens) : await runDirect(direct, prompt, task.answerTokens);
      const second = isOursFirst ? await runDirect(direct, prompt, task.answerTokens) : await runOurs(sequence, prompt, task.answerTokens);
      invariant(first.tokens.join() === second.tokens.join(), "give the same tokens with and without us", `${first.tokens.join()} and ${second.tokens.join()}`);
      if (pair > 0) pairs.push(isOursFirst ? [first, second] : [second, first]);
    }
  } finally {
    await ours.dispose();
    await theirs.dispose();
  }
  const row = { parameters: parameterCount(shape), kind, threads, pairs: task.pairs };
  const answerTokens = pairs[0]![0].tokens.length;
  return [
    { ...row, step: "prompt", ...compare(pairs.map(([our, their]) => [our.prompt, their.prompt]), task.promptTokens) },
    { ...row, step: "answer", ...compare(pairs.map(([our, their]) => [our.answer, their.answer]), answerTokens) },
  ];
}

async function runOurs(sequence: Sequence, prompt: readonly number[], answerTokens: number): Promise<Timed> {
  await sequence.rewind(0);
  const tokens: number[] = [], prompted = startWatch();
  await sequence.prefill(prompt);
  const promptEffort = prompted(), answered = startWatch();
  for await (const { token } of sequence.decode({ maxTokens: answerTokens })) tokens.push(token);
  return { prompt: promptEffort, answer: answered(), tokens };
}

async function runDirect(sequence: LlamaContextSequence, prompt: readonly number[], answerTokens: number): Promise<Timed> {
  await sequence.clearHistory();
  const tokens: number[] = [], all = prompt as readonly Token[], prompted = startWatch();
  await sequence.evaluateWithoutGeneratingNewTokens(all.slice(0, -1));
  const promptEffort = prompted(), answered = startWatch();
  for await (const token of sequence.evaluate(all.slice(-1), { temperature: 0 })) if (tokens.push(token) === answerTokens) break;
  return { prompt: promptEffort, answer: answered(), tokens };
}

function startWatch(): () => Effort {
  const startedAt = performance.now(), cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { wallS: (performance.now() - startedAt) / 1000, cpuS: (user + system) / 1e6 };
  };
}

function compare(pairs: readonly (readonly [ours: Effort, direct: Effort])[], tokens: number): Pick<InferenceRow, "tokensPerS" | "directTokensPerS" | "overhead" | "cpuOverhead"> {
  return {
    tokensPerS: tokens / medianOf(pairs.map(([ours]) => ours.wallS)), directTokensPerS: tokens / medianOf(pairs.map(([, direct]) => direct.wallS)),
    overhead: overheadOf(pairs.map(([ours, direct]) => ours.wallS / direct.wallS - 1)), cpuOverhead: overheadOf(pairs.map(([ours, direct]) => ours.cpuS / direct.cpuS - 1)),
  };
}

function overheadOf(ratios: readonly number[]): Overhead {
  const sorted = [...ratios].sort((a, b) => a - b), reach = Z_95 * Math.sqrt(sorted.length) / 2;
  const at = (rank: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(rank)))]!;
  return { estimate: quantile(sorted, 0.5), low: at(sorted.length / 2 - reach - 1), high: at(sorted.length / 2 + reach) };
}

function medianOf(values: readonly number[]): number { return quantile([...values].sort((a, b) => a - b), 0.5); }
