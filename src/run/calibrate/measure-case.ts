/** One visit to a case: loads its file and times every step of it through the `Runtime` that everything else uses. */
import { quantile } from "../../core/statistics.js";
import type { HostStep } from "../../devices/host/host-step.js";
import { loadLlamaRuntime } from "../../models/runtimes/load-llama-runtime.js";
import { loadOnnxRuntime } from "../../models/runtimes/load-onnx-runtime.js";
import type { LoadedModel, Runtime, Sequence } from "../../models/runtimes/runtime.js";
import type { Effort } from "../measure-work.js";
import type { CalibrationCase } from "./calibration-plan.js";

/** A step, and how long it took in this visit: on the clock, and of all threads' processor time. */
export interface TimedStep extends Effort { readonly step: HostStep }

/** Tokens decoded behind each prompt. The first one also waits for the call to get going and does not count. */
const DECODED_TOKENS = 20;
/** Prompt of each sequence of a batch. */
const BATCH_PROMPT = 16;
/** The first pass through a model brings its weights into memory and does not count. */
const WARM_UP_PROMPT = 64;
/** A prime below the smallest vocabulary. */
const PROMPT_VOCABULARY = 251;
/** Small models repeat a visit until it has lasted this long, and all but the largest do it twice. */
const LEAST_VISIT_S = 0.3, LONG_VISIT_S = 0.8;
const MOST_REPEATS = 8;
/** Of the durations of single tokens: low enough to pass by those that other programs disturbed, and still of many tokens. */
const QUIET_QUANTILE = 0.1;
/** Room that llama.cpp's rounding up takes. */
const CONTEXT_MARGIN = 8;

/** Engine by name. */
export function runtimeNamed(name: CalibrationCase["runtime"]): Runtime {
  switch (name) {
    case "llama.cpp": return loadLlamaRuntime();
    case "ONNX Runtime": return loadOnnxRuntime();
    default: return name satisfies never;
  }
}

/**
 * Times prompts laid one behind the other with tokens decoded after each, and batches of sequences.
 *
 * A decoded token takes the lower decile over its kind, a prompt the least of its repeats, as does a
 * step of several sequences, which is a mean over tokens.
 *
 * @throws as `Runtime.load`.
 */
export async function measureCase({ prompts, batches, threads, ...asked }: CalibrationCase, path: string): Promise<TimedStep[]> {
  const runtime = runtimeNamed(asked.runtime), durations = new Durations(), contextTokens = prompts.reduce((sum, tokens) => sum + tokens + DECODED_TOKENS, CONTEXT_MARGIN);
  await withModel(runtime, path, { contextTokens, threads }, async (model) => {
    await timeModel(model, prompts, durations);
  });
  if (batches.length > 0) {
    await withModel(runtime, path, { contextTokens: BATCH_PROMPT + DECODED_TOKENS + CONTEXT_MARGIN, threads, sequences: Math.max(...batches) }, async (model) => {
      for (const count of batches) await timeBatch(model, count, durations);
    });
  }
  return durations.summarize();
}

/** A prompt and the tokens decoded behind it, of a model that is loaded. Times as in `measureCase`. */
export async function measurePrompt(model: LoadedModel, tokens: number): Promise<{ readonly prefill: TimedStep; readonly decode: TimedStep }> {
  const durations = new Durations();
  await timeModel(model, [tokens], durations);
  const [prefill, decode] = durations.summarize();
  return { prefill: prefill!, decode: decode! };
}

async function timeModel(model: LoadedModel, prompts: readonly number[], durations: Durations): Promise<void> {
  const sequence = model.openSequence();
  await timeChain(sequence, [WARM_UP_PROMPT], model.threads, new Durations());
  await repeatWhileShort(() => timeChain(sequence, prompts, model.threads, durations));
  await sequence.dispose();
}

/** Durations by step. */
class Durations {
  private readonly byStep = new Map<string, { readonly step: HostStep; readonly efforts: Effort[] }>();

  add(step: HostStep, effort: Effort): void {
    const key = JSON.stringify(step), found = this.byStep.get(key) ?? { step, efforts: [] };
    found.efforts.push(effort);
    this.byStep.set(key, found);
  }

  summarize(): TimedStep[] {
    return [...this.byStep.values()].map(({ step, efforts }) => ({ step, wallS: quietOf(step, efforts.map(({ wallS }) => wallS)), cpuS: quietOf(step, efforts.map(({ cpuS }) => cpuS)) }));
  }
}

function quietOf({ kind, sequences }: HostStep, seconds: readonly number[]): number {
  return kind === "prefill" || sequences > 1 ? Math.min(...seconds) : quantile([...seconds].sort((a, b) => a - b), QUIET_QUANTILE);
}

/** Steps are named by the context they meet: for decoded tokens its mean. */
async function timeChain(sequence: Sequence, prompts: readonly number[], threads: number, durations: Durations): Promise<void> {
  await sequence.rewind(0);
  for (const prompt of prompts) {
    const before = Math.max(0, sequence.length - 1), evaluated = prompt - (sequence.length === 0 ? 1 : 0);
    const watch = startWatch();
    await sequence.prefill(promptOf(prompt));
    durations.add({ kind: "prefill", threads, tokens: evaluated, context: before, sequences: 1 }, watch());
    const step: HostStep = { kind: "decode", threads, tokens: 1, context: sequence.length + DECODED_TOKENS / 2 - 1, sequences: 1 };
    for (const effort of await decodeEfforts(sequence)) durations.add(step, effort);
  }
}

async function timeBatch(model: LoadedModel, count: number, durations: Durations): Promise<void> {
  const sequences = Array.from({ length: count }, () => model.openSequence());
  const step: HostStep = { kind: "decode", threads: model.threads, tokens: 1, context: BATCH_PROMPT + DECODED_TOKENS / 2 - 1, sequences: count };
  await repeatWhileShort(async () => {
    for (const sequence of sequences) {
      await sequence.rewind(0);
      await sequence.prefill(promptOf(BATCH_PROMPT));
    }
    durations.add(step, await batchEffort(sequences));
  });
  for (const sequence of sequences) await sequence.dispose();
}

/** From one token of a sequence to its next. */
async function decodeEfforts(sequence: Sequence): Promise<Effort[]> {
  const efforts: Effort[] = [];
  let watch = startWatch();
  for await (const _ of sequence.decode({ maxTokens: DECODED_TOKENS })) {
    efforts.push(watch());
    watch = startWatch();
  }
  return efforts.slice(1);
}

/** Mean from when the last sequence has a token to when the last one has its next: engines may move some on before others. */
async function batchEffort(sequences: readonly Sequence[]): Promise<Effort> {
  const arrived = Array.from({ length: DECODED_TOKENS }, () => 0);
  let watch = startWatch(), last: Effort | undefined;
  await Promise.all(sequences.map(async (sequence) => {
    let place = 0;
    for await (const _ of sequence.decode({ maxTokens: DECODED_TOKENS })) {
      arrived[place] = arrived[place]! + 1;
      if (place === 0 && arrived[0] === sequences.length) watch = startWatch();
      if (++place === DECODED_TOKENS) last = watch();
    }
  }));
  return { wallS: last!.wallS / (DECODED_TOKENS - 1), cpuS: last!.cpuS / (DECODED_TOKENS - 1) };
}

function startWatch(): () => Effort {
  const startedAt = performance.now(), cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { wallS: (performance.now() - startedAt) / 1000, cpuS: (user + system) / 1e6 };
  };
}

/** Tokens in no order that attention could follow. */
function promptOf(tokens: number): number[] { return Array.from({ length: tokens }, (_, place) => (place * place * 17 + place * 101 + 7) % PROMPT_VOCABULARY); }

async function repeatWhileShort(visit: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  for (let repeat = 0; repeat < MOST_REPEATS; repeat++) {
    await visit();
    const lastedS = (performance.now() - startedAt) / 1000;
    if (lastedS > (repeat === 0 ? LONG_VISIT_S : LEAST_VISIT_S)) return;
  }
}

async function withModel(runtime: Runtime, path: string, options: Parameters<Runtime["load"]>[1], use: (model: LoadedModel) => Promise<void>): Promise<void> {
  const model = await runtime.load(path, options);
  try {
    await use(model);
  } finally {
    await model.dispose();
  }
}
