/** llama.cpp, by the prebuilt library of node-llama-cpp, on the processor. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import type { Llama, LlamaContext, LlamaEmbeddingContext, LlamaModel, Token } from "node-llama-cpp";
import { DataError, LimitError, PlmmError } from "../../core/errors.js";
import type { GgufHeader } from "../gguf/gguf-file.js";
import { parseLlamaShape } from "../gguf/llama-gguf.js";
import { loadGgufHeader } from "../gguf/load-gguf.js";
import type { LlamaShape } from "../llama/llama-shape.js";
import { findBrokenWeight } from "../quantize/load-broken-weight.js";
import { BatchGate } from "./batch-gate.js";
import { LlamaSequence, type SequenceFrame } from "./llama-sequence.js";
import { predictGgufMemory, requireMemory, USUAL_BATCH } from "./predict-memory.js";
import { readAttention, takesFlash } from "./read-attention.js";
import { requireEmbeddable, requireWellFormed } from "./sequence-rules.js";
import type { LoadedModel, LoadOptions, MemoryUse, Runtime, Sequence } from "./runtime.js";

let engine: Promise<Llama> | undefined;

/** The runtime. The engine starts with the first model. */
export function loadLlamaRuntime(): Runtime {
  return {
    name: "llama.cpp", version: `node-llama-cpp ${packageVersion()}`,
    predictMemory: (path, options) => predictGgufMemory(loadGgufHeader(path), options, path),
    load: loadModel,
  };
}

/** The engine: one per process, started once. @throws {DataError} when no prebuilt library fits this machine. */
export function startLlama(): Promise<Llama> {
  engine ??= start();
  return engine;
}

async function start(): Promise<Llama> {
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  try {
    return await getLlama({ gpu: false, build: "never", skipDownload: true, progressLogs: false, maxThreads: 0, logLevel: LlamaLogLevel.error, logger: () => undefined });
  } catch (cause) {
    throw new DataError({ subject: "llama.cpp", rule: "start", got: (cause as Error).message, hint: "Run: npx plmm doctor", cause });
  }
}

async function loadModel(path: string, options: LoadOptions): Promise<LoadedModel> {
  const header = loadGgufHeader(path);
  requireMemory(predictGgufMemory(header, options, path), options.freeBytes ?? process.availableMemory(), path);
  const shape = isLlama(header) ? parseLlamaShape(header, path) : undefined, llama = await startLlama();
  const model = await loadWeights(llama, path, takesFlash(readAttention(header, path))), { contextTokens, sequences = 1, threads = availableParallelism() } = options;
  try {
    const context = await model.createContext({
      contextSize: contextTokens, sequences, threads: { ideal: threads, min: threads }, batchSize: Math.min(USUAL_BATCH, contextTokens * sequences),
      ignoreMemorySafetyChecks: true, failedCreationRemedy: false,
    });
    return new LlamaLoadedModel(model, context, vocabularyOf(header), shape, threads);
  } catch (cause) {
    await model.dispose();
    throw new LimitError({ subject: `a context of ${contextTokens} tokens`, rule: "be made by llama.cpp", got: (cause as Error).message, where: path, hint: "Give a smaller --context.", cause });
  }
}

async function loadWeights(llama: Llama, path: string, hasFlash: boolean): Promise<LlamaModel> {
  try {
    return await llama.loadModel({ modelPath: path, gpuLayers: 0, checkTensors: true, ignoreMemorySafetyChecks: true, defaultContextFlashAttention: hasFlash });
  } catch (cause) {
    throw findBrokenWeight(path) ?? new DataError({
      subject: path, rule: "be a model that llama.cpp loads", got: (cause as Error).message, hint: "See its settings with: plmm models inspect FILE.gguf", cause,
    });
  }
}

/** Implements `LoadedModel`. */
class LlamaLoadedModel implements LoadedModel {
  readonly width: number;
  readonly contextTokens: number;
  readonly sequences: number;
  private readonly frame: SequenceFrame;
  private embedder: Promise<LlamaEmbeddingContext> | undefined;
  private openCount = 0;
  private readonly texts = new Map<number, string>();
  private readonly ends = new Map<number, boolean>();

  constructor(
    private readonly model: LlamaModel, private readonly context: LlamaContext,
    readonly vocabulary: number, readonly shape: LlamaShape | undefined, readonly threads: number,
  ) {
    this.width = model.embeddingVectorSize;
    this.contextTokens = context.contextSize;
    this.sequences = context.totalSequences;
    this.frame = {
      vocabulary, contextTokens: this.contextTokens, batchTokens: context.batchSize, gate: new BatchGate(), now: () => performance.now() / 1000,
      decodeText: (tokens) => (tokens.length === 1 ? this.textOf(tokens[0]!) : this.decodeText(tokens)), isEnd: (token) => this.isEnd(token),
    };
  }

  encode(text: string): number[] {
    requireWellFormed(text);
    return this.model.tokenize(text, true);
  }

  decodeText(tokens: readonly number[]): string { return this.model.detokenize(tokens as Token[]); }

  isEnd(token: number): boolean {
    const known = this.ends.get(token), isEnd = known ?? this.model.isEogToken(token as Token);
    if (known === undefined) this.ends.set(token, isEnd);
    return isEnd;
  }

  /** Text of one token, which native code is asked for once: the call costs several percent of a small model's step. */
  private textOf(token: number): string {
    const known = this.texts.get(token), text = known ?? this.decodeText([token]);
    if (known === undefined) this.texts.set(token, text);
    return text;
  }

  openSequence(): Sequence {
    if (this.context.sequencesLeft === 0) {
      throw new LimitError({ subject: "open sequences", rule: `number at most ${this.sequences}`, got: this.openCount + 1, hint: "Dispose of one, or load the model with more sequences." });
    }
    this.openCount++;
    return new LlamaSequence(this.context.getSequence(), this.frame, () => { this.openCount--; });
  }

  async embed(tokens: readonly number[]): Promise<Float64Array> {
    requireEmbeddable(tokens, this.contextTokens);
    this.embedder ??= this.model.createEmbeddingContext({ contextSize: this.contextTokens, threads: this.threads, ignoreMemorySafetyChecks: true });
    const { vector } = await (await this.embedder).getEmbeddingFor(tokens as Token[]);
    return Float64Array.from(vector);
  }

  measureMemory(): MemoryUse {
    return { weightBytes: this.model.size, cacheAndWorkBytes: this.context.memoryUsage.ram, processBytes: process.memoryUsage.rss() };
  }

  async dispose(): Promise<void> {
    if (this.embedder !== undefined) await (await this.embedder).dispose();
    await this.context.dispose();
    await this.model.dispose();
  }
}

function vocabularyOf({ metadata, tensors }: GgufHeader): number {
  const tokens = metadata.get("tokenizer.ggml.tokens");
  return tensors.find(({ name }) => name === "token_embd.weight")?.shape[0] ?? (tokens?.type === "array" ? tokens.items.length : 0);
}

function isLlama({ metadata }: GgufHeader): boolean {
  const architecture = metadata.get("general.architecture");
  return architecture?.type === "string" && architecture.value === "llama";
}

function packageVersion(): string {
  const entry = createRequire(import.meta.url).resolve("node-llama-cpp"), file = join(dirname(entry), "..", "package.json");
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  } catch (cause) {
    throw cause instanceof PlmmError ? cause : new DataError({ subject: "node-llama-cpp", rule: "be installed", got: (cause as Error).message, where: file, hint: "Run: npm ci", cause });
  }
}
