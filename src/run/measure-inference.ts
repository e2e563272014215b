/**
 * What our runtime costs above the engine, and what two settings of the engine do: models of the shipped family, each comparison in
 * turns within one process. Overhead: the same file, prompt and threads through `Runtime` and through node-llama-cpp alone with the same
 * kind of attention, which must give the same tokens. Flash attention beside plain attention, and sequences one after another beside all together.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { invariant } from "../core/errors.js";
import { quantile } from "../core/statistics.js";
import { loadGgufHeader } from "../models/gguf/load-gguf.js";
import { type FamilyMember, findMember, listFamily, MEMBER_FILES, shippedFamilyFolder } from "../models/load-family.js";
import { loadLlamaRuntime, startLlama } from "../models/runtimes/load-llama-runtime.js";
import { readAttention, takesFlash } from "../models/runtimes/read-attention.js";
import type { LoadedModel, Sequence } from "../models/runtimes/runtime.js";
import { type Excess, excessOf, measurePaired, type PairedBlock, type PairedRule } from "./measure-paired.js";
import { type Effort, measureWork } from "./measure-work.js";

/** Sizes of the benchmark. */
export interface InferenceTask {
  /** Members of the shipped family. */
  readonly members: readonly string[];
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly sequences: number;
  readonly threads: readonly number[];
  readonly rule: PairedRule;
}

/** What is compared: the first with the second. */
export const COMPARISONS = { overhead: ["plmm", "node-llama-cpp"], flash: ["flash attention", "plain attention"], batch: ["together", "one by one"] } as const;

/** One line: a comparison on one file. */
export interface InferenceRow {
  readonly comparison: keyof typeof COMPARISONS;
  readonly member: string;
  readonly threads: number;
  readonly step: "prompt" | "answer";
  /** Medians. */
  readonly tokensPerS: number;
  readonly otherTokensPerS: number;
  /** Time of the first over that of the second, less 1. */
  readonly excess: Excess;
  /** The same for processor time, which other programs disturb less; with several threads it counts their waiting too. */
  readonly cpuExcess: Excess;
  readonly blocks: number;
}

/** All lines, and the overhead of ours over all blocks of answers: of every file and number of threads. */
export interface InferenceFindings { readonly rows: readonly InferenceRow[]; readonly overhead: Excess; readonly blocks: number }

/** Time of the two steps of a question, and what came out. */
interface Timed { readonly prompt: Effort; readonly answer: Effort; readonly tokens: readonly number[] }

const RULE: PairedRule = { least: 4, most: 400, halfWidth: 0.01, limitS: 4 };
const WARM_UP_RUNS = 3;
const PROMPT_TRIALS = 6;

/** The shipped p-small and an E-model, on one thread and on all. */
export function fullInference(): InferenceTask {
  const expert = listFamily(shippedFamilyFolder()).find((name) => name.startsWith("e-"));
  return { members: ["p-small", ...(expert === undefined ? [] : [expert])], promptTokens: 96, answerTokens: 24, sequences: 4, threads: [...new Set([1, availableParallelism()])], rule: RULE };
}

/** p-small on one thread, a few times. */
export const QUICK_INFERENCE: InferenceTask = { members: ["p-small"], promptTokens: 32, answerTokens: 8, sequences: 2, threads: [1], rule: { ...RULE, least: 3, most: 3 } };

/** Measures all comparisons for each member on each number of threads. `say` hears which is next. @throws {DataError} for a member that is not there. */
export async function measureInference(task: InferenceTask, say: (line: string) => void): Promise<InferenceFindings> {
  const rows: InferenceRow[] = [], answers: PairedBlock[] = [];
  for (const name of task.members) {
    const member = findMember(name, shippedFamilyFolder());
    for (const threads of task.threads) {
      say(`${name} on ${threads} thread${threads === 1 ? "" : "s"}`);
      const found = await measureMember(member, threads, task);
      rows.push(...found.rows);
      answers.push(...found.answers);
    }
  }
  return { rows, overhead: excessOf(answers, "wallS"), blocks: answers.length };
}

/** `answers` are the blocks of the overhead. */
async function measureMember(member: FamilyMember, threads: number, task: InferenceTask): Promise<{ readonly rows: InferenceRow[]; readonly answers: readonly PairedBlock[] }> {
  const path = join(member.folder, MEMBER_FILES.gguf), contextTokens = task.promptTokens + task.answerTokens + 1;
  const ours = await loadLlamaRuntime().load(path, { contextTokens, threads }), many = await loadLlamaRuntime().load(path, { contextTokens, threads, sequences: task.sequences });
  const theirs = await (await startLlama()).loadModel({ modelPath: path, gpuLayers: 0, defaultContextFlashAttention: takesFlash(readAttention(loadGgufHeader(path), path)) });
  try {
    const sequence = ours.openSequence(), prompt = await findPrompt(sequence, task), frame = { member: member.record.name, threads };
    const [usual, flash, plain] = [await openDirect(theirs, contextTokens, threads), await openDirect(theirs, contextTokens, threads, true), await openDirect(theirs, contextTokens, threads, false)];
    const overhead = await compareQuestions("overhead", frame, () => runOurs(sequence, prompt, task.answerTokens), () => runDirect(usual, prompt, task.answerTokens), task);
    const attention = await compareQuestions("flash", frame, () => runDirect(flash, prompt, task.answerTokens), () => runDirect(plain, prompt, task.answerTokens), task);
    return { rows: [...overhead.rows, ...attention.rows, await compareBatch(frame, many, prompt, task)], answers: overhead.answers };
  } finally {
    for (const loaded of [ours, many, theirs]) await loaded.dispose();
  }
}

/** Trained models end most answers early: of some prompts that say nothing, the one with the longest answer. */
async function findPrompt(sequence: Sequence, { promptTokens, answerTokens }: InferenceTask): Promise<number[]> {
  let longest = 0, found: number[] = [];
  for (let trial = 0; trial < PROMPT_TRIALS && longest < answerTokens; trial++) {
    const prompt = Array.from({ length: promptTokens }, (_, place) => 1 + (place * place * 17 + place * (101 + 2 * trial) + 7 * trial) % 251), { tokens } = await runOurs(sequence, prompt, answerTokens);
    if (tokens.length > longest) [longest, found] = [tokens.length, prompt];
  }
  return found;
}

async function openDirect(model: LlamaModel, contextSize: number, threads: number, flashAttention = model.defaultContextFlashAttention): Promise<LlamaContextSequence> {
  return (await model.createContext({ contextSize, batchSize: contextSize, flashAttention, threads: { ideal: threads, min: threads } })).getSequence();
}

async function runOurs(sequence: Sequence, prompt: readonly number[], answerTokens: number): Promise<Timed> {
  await sequence.rewind(0);
  const tokens: number[] = [], { effort } = await measureWork(() => sequence.prefill(prompt));
  const answered = await measureWork(async () => { for await (const { token } of sequence.decode({ maxTokens: answerTokens })) tokens.push(token); });
  return { prompt: effort, answer: answered.effort, tokens };
}

async function runDirect(sequence: LlamaContextSequence, prompt: readonly number[], answerTokens: number): Promise<Timed> {
  await sequence.clearHistory();
  const tokens: number[] = [], all = prompt as readonly Token[], { effort } = await measureWork(() => sequence.evaluateWithoutGeneratingNewTokens(all.slice(0, -1)));
  const answered = await measureWork(async () => {
    for await (const token of sequence.evaluate(all.slice(-1), { temperature: 0 })) if (tokens.push(token) === answerTokens) break;
  });
  return { prompt: effort, answer: answered.effort, tokens };
}

type Frame = Pick<InferenceRow, "member" | "threads">;

/** Whole questions in turns: prompt and answer have a row each. Overhead must not change a token; kernels of attention round differently. */
async function compareQuestions(comparison: "overhead" | "flash", frame: Frame, first: () => Promise<Timed>, second: () => Promise<Timed>, task: InferenceTask): Promise<{ readonly rows: InferenceRow[]; readonly answers: readonly PairedBlock[] }> {
  for (let run = 0; run < WARM_UP_RUNS; run++) {
    const [a, b] = [await first(), await second()];
    if (comparison === "overhead") invariant(a.tokens.join() === b.tokens.join(), "give the same tokens with and without us", `${a.tokens.join()} and ${b.tokens.join()}`);
  }
  const timed: Timed[] = [], keep = async (run: Promise<Timed>): Promise<Effort> => (timed.push(await run), timed.at(-1)!.answer);
  const blocks = await measurePaired(() => keep(first()), () => keep(second()), task.rule, nowS);
  const prompts = blocks.map((_, i): PairedBlock => ({ first: sumOf(timed[4 * i]!.prompt, timed[4 * i + 3]!.prompt), second: sumOf(timed[4 * i + 1]!.prompt, timed[4 * i + 2]!.prompt) }));
  const row = { comparison, ...frame };
  return { rows: [{ ...row, step: "prompt", ...describeBlocks(prompts, task.promptTokens) }, { ...row, step: "answer", ...describeBlocks(blocks, timed[0]!.tokens.length) }], answers: blocks };
}

/** Answers of several sequences to one prompt: all at once, or one behind the other. */
async function compareBatch(frame: Frame, model: LoadedModel, prompt: readonly number[], { sequences: count, answerTokens, rule }: InferenceTask): Promise<InferenceRow> {
  const sequences = Array.from({ length: count }, () => model.openSequence());
  for (const sequence of sequences) await sequence.prefill(prompt);
  const answer = async (sequence: Sequence): Promise<void> => { for await (const _ of sequence.decode({ maxTokens: answerTokens })); };
  const rewind = async (): Promise<void> => { for (const sequence of sequences) await sequence.rewind(prompt.length); };
  const together = async (): Promise<Effort> => {
    await rewind();
    return (await measureWork(() => Promise.all(sequences.map(answer)))).effort;
  };
  const oneByOne = async (): Promise<Effort> => {
    await rewind();
    return (await measureWork(async () => { for (const sequence of sequences) await answer(sequence); })).effort;
  };
  await together();
  await oneByOne();
  const tokens = sequences.reduce((sum, { length }) => sum + length - prompt.length, 0), blocks = await measurePaired(together, oneByOne, rule, nowS);
  return { comparison: "batch", ...frame, step: "answer", ...describeBlocks(blocks, tokens) };
}

function describeBlocks(blocks: readonly PairedBlock[], tokens: number): Omit<InferenceRow, "comparison" | "member" | "threads" | "step"> {
  const speed = (which: keyof PairedBlock): number => 2 * tokens / quantile(blocks.map((block) => block[which].wallS).sort((a, b) => a - b), 0.5);
  return { tokensPerS: speed("first"), otherTokensPerS: speed("second"), excess: excessOf(blocks, "wallS"), cpuExcess: excessOf(blocks, "cpuS"), blocks: blocks.length };
}

function sumOf(a: Effort, b: Effort): Effort { return { wallS: a.wallS + b.wallS, cpuS: a.cpuS + b.cpuS }; }

function nowS(): number { return performance.now() / 1000; }
