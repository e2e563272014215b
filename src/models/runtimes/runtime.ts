/**
 * What any inference engine does for us. One contract suite (`runtime.contract.ts`) holds for all implementations.
 *
 * Rules that follow from native code: a call in flight is never torn down, so cancelling is cooperative (an AbortSignal is looked at
 * between tokens and between batches of a prompt), and everything that could make the engine abort the process is refused before.
 */
import type { LlamaShape } from "../llama/llama-shape.js";

/** An engine. */
export interface Runtime {
  /** "llama.cpp", "ONNX Runtime". */
  readonly name: string;
  /** Package and version. */
  readonly version: string;
  /**
   * Memory that a model will take, from the head of its file.
   *
   * @throws {DataError} when the file is no model of this engine.
   */
  predictMemory(path: string, options: LoadOptions): MemoryPrediction;
  /**
   * Loads a model.
   *
   * @throws {LimitError} when it would not fit, before anything is loaded; {DataError} for files and weights that cannot be used.
   */
  load(path: string, options: LoadOptions): Promise<LoadedModel>;
}

/** How a model is to be loaded. */
export interface LoadOptions {
  /** Tokens that each sequence can hold. Engines may round up. */
  readonly contextTokens: number;
  /** Contexts side by side. Default 1. */
  readonly sequences?: number;
  /** Default: all processors. */
  readonly threads?: number;
  /** Memory the model may take. Bytes. Default: what the system has available. */
  readonly freeBytes?: number;
}

/** Where the memory goes. Bytes. */
export interface MemoryPrediction {
  readonly weightBytes: number;
  /** Keys and values of all sequences. */
  readonly cacheBytes: number;
  /** Intermediate results, logits of a batch, and the engine itself. */
  readonly workBytes: number;
  readonly totalBytes: number;
}

/** Memory of a loaded model as the engine and the system tell. Bytes. */
export interface MemoryUse {
  readonly weightBytes: number;
  readonly cacheAndWorkBytes: number;
  /** Resident memory of the whole process. */
  readonly processBytes: number;
}

/** A model in memory. */
export interface LoadedModel {
  readonly vocabulary: number;
  readonly width: number;
  readonly contextTokens: number;
  readonly sequences: number;
  readonly threads: number;
  /** Sizes, for models of the Llama architecture. */
  readonly shape: LlamaShape | undefined;
  /** Tokens of a text. @throws {DataError} for text that is not well-formed Unicode. */
  encode(text: string): number[];
  /** Text of tokens; bytes that are no UTF-8 become U+FFFD. */
  decodeText(tokens: readonly number[]): string;
  /** Does this token end an answer. */
  isEnd(token: number): boolean;
  /** An empty sequence. @throws {LimitError} when all are open. */
  openSequence(): Sequence;
  /** State after the last norm at the last token. Shape [width]. @throws {LimitError} when the tokens do not fit. */
  embed(tokens: readonly number[]): Promise<Float64Array>;
  measureMemory(): MemoryUse;
  /** Frees everything. Waits for calls in flight. May be called twice. */
  dispose(): Promise<void>;
}

/** Tokens that attend to each other. Calls on one sequence must not overlap; those on several sequences may, and are batched. */
export interface Sequence {
  /** Tokens in it. The last one is evaluated by the call that needs what follows it. */
  readonly length: number;
  /**
   * Adds tokens. Cancelled, it leaves the sequence as it was.
   *
   * @throws {LimitError} when the tokens do not fit in the context; {DataError} for tokens outside of the vocabulary.
   */
  prefill(tokens: readonly number[], options?: Cancellable): Promise<Prefilled>;
  /** Yields tokens one by one as they come. Ending the loop early is cancelling. The sequence must not be empty. */
  decode(options: DecodeOptions): AsyncGenerator<DecodedToken, DecodeEnd>;
  /**
   * Adds tokens and gives ln p of each, given all before it. The sequence must not be empty.
   *
   * @throws as `prefill`.
   */
  scoreTokens(tokens: readonly number[], options?: Cancellable): Promise<Float64Array>;
  /** ln p of every token as the next one. Shape [vocabulary]. The sequence must not be empty, and stays as it is. */
  nextLogProbabilities(): Promise<Float64Array>;
  /** Forgets all but the first `length` tokens. */
  rewind(length: number): Promise<void>;
  dispose(): Promise<void>;
}

/** A call that can be given up between steps. */
export interface Cancellable { readonly signal?: AbortSignal }

/** A prompt taken in. */
export interface Prefilled { readonly tokens: number; readonly durationS: number; readonly isCancelled: boolean }

/** How to choose tokens. */
export interface DecodeOptions extends Cancellable {
  readonly maxTokens: number;
  /** 0: the likeliest token. Default 0. */
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  /** Of the draws when the temperature is above 0. Default 0. */
  readonly seed?: number;
  /** Whether to compute `logProbability`. Default false. */
  readonly withLogProbability?: boolean;
}

/** A token as it comes. */
export interface DecodedToken {
  readonly token: number;
  /** Text that has become certain: empty while a letter of several bytes is incomplete. */
  readonly text: string;
  /** Since the token before, or since the call for the first one. */
  readonly durationS: number;
  /** ln p under the distribution it was taken from: the model's own at temperature 0. */
  readonly logProbability?: number;
}

/** Why decoding ended: the model's end token, the wish, the context, or the caller. */
export interface DecodeEnd {
  readonly reason: "end" | "length" | "context" | "cancelled";
  /** Text that was held back. */
  readonly text: string;
}
