/** A sequence on ONNX Runtime. Its last token waits, as the interface says; caches of keys and values are replaced, never changed. */
import type { Tensor } from "onnxruntime-node";
import { invariant } from "../../core/errors.js";
import { headSizeOf, type LlamaShape } from "../llama/llama-shape.js";
import { floatsOf, type Session, tensorOver } from "../onnx/open-session.js";
import { logSoftmaxOf, openChooser } from "./choose-token.js";
import type { Cancellable, DecodedToken, DecodeEnd, DecodeOptions, Prefilled, Sequence } from "./runtime.js";
import { requireRoom, type TokenLimits, Turn } from "./sequence-rules.js";
import { TextStream } from "./text-stream.js";

/** What a sequence knows of its model. */
export interface OnnxFrame extends TokenLimits {
  readonly session: Session;
  readonly shape: LlamaShape;
  /** Prompt tokens that go through the model together. */
  readonly batchTokens: number;
  readonly decodeText: (tokens: readonly number[]) => string;
  readonly isEnd: (token: number) => boolean;
  /** Seconds. */
  readonly now: () => number;
}

/** Keys and values of the tokens that went through the model, by the names of the model's outputs. */
interface Cache { readonly length: number; readonly tensors: Readonly<Record<string, Tensor>> }

/** What some tokens gave. */
export interface OnnxRun { readonly cache: Cache; readonly logits: (row: number) => Float32Array; readonly states: Float32Array }

/** Implements `Sequence`. */
export class OnnxSequence implements Sequence {
  private readonly tokens: number[] = [];
  private cache: Cache;
  private readonly turn = new Turn();
  private isDisposed = false;

  constructor(private readonly frame: OnnxFrame, private readonly onDispose: () => void) { this.cache = emptyCache(frame.shape); }

  get length(): number { return this.tokens.length; }

  /** Bytes of its keys and values. */
  get cacheBytes(): number { return Object.values(this.cache.tensors).reduce((sum, { data }) => sum + (data as Float32Array).byteLength, 0); }

  async prefill(tokens: readonly number[], { signal }: Cancellable = {}): Promise<Prefilled> {
    const startedAt = this.frame.now();
    requireRoom(tokens, this.length, this.frame);
    return this.turn.during(async () => {
      const all = [...this.tokens, ...tokens], { batchTokens, now } = this.frame;
      let { cache } = this;
      while (cache.length < all.length - 1) {
        if (signal?.aborted === true) return { tokens: 0, durationS: now() - startedAt, isCancelled: true };
        ({ cache } = await runTokens(this.frame, cache, all.slice(cache.length, Math.min(cache.length + batchTokens, all.length - 1))));
      }
      this.keep(cache, tokens);
      return { tokens: tokens.length, durationS: now() - startedAt, isCancelled: false };
    });
  }

  async *decode(options: DecodeOptions): AsyncGenerator<DecodedToken, DecodeEnd> {
    this.requireContent();
    const { maxTokens, signal, withLogProbability } = options, { now, contextTokens, isEnd, decodeText } = this.frame;
    const stream = new TextStream(decodeText), choose = openChooser(options), end = (reason: DecodeEnd["reason"]): DecodeEnd => ({ reason, text: stream.flush() });
    this.turn.take();
    try {
      for (let count = 0, startedAt = now(); count < maxTokens; count++) {
        if (signal?.aborted === true) return end("cancelled");
        if (this.length >= contextTokens) return end("context");
        const { cache, logits } = await runTokens(this.frame, this.cache, this.tokens.slice(-1)), { token, logProbability } = choose(logits(0));
        this.keep(cache, [token]);
        if (isEnd(token)) return end("end");
        const durationS = now() - startedAt, text = stream.push(token);
        startedAt = now();
        yield { token, text, durationS, ...(withLogProbability === true ? { logProbability } : {}) };
      }
      return end(signal?.aborted === true ? "cancelled" : "length");
    } finally {
      this.turn.release();
    }
  }

  async scoreTokens(tokens: readonly number[], { signal }: Cancellable = {}): Promise<Float64Array> {
    this.requireContent();
    requireRoom(tokens, this.length, this.frame);
    return this.turn.during(async () => {
      const all = [...this.tokens, ...tokens], before = this.length, scores = new Float64Array(tokens.length);
      let { cache } = this;
      while (cache.length < all.length - 1) {
        signal?.throwIfAborted();
        const start = cache.length, known = all.slice(start, Math.min(start + this.frame.batchTokens, all.length - 1)), run = await runTokens(this.frame, cache, known);
        known.forEach((_, row) => { scores[start + row + 1 - before] = logSoftmaxOf(run.logits(row), 1)[all[start + row + 1]!]!; });
        ({ cache } = run);
      }
      this.keep(cache, tokens);
      return scores;
    });
  }

  async nextLogProbabilities(): Promise<Float64Array> {
    this.requireContent();
    return this.turn.during(async () => logSoftmaxOf((await runTokens(this.frame, this.cache, this.tokens.slice(-1))).logits(0), 1));
  }

  async rewind(length: number): Promise<void> {
    invariant(Number.isInteger(length) && length >= 0 && length <= this.length, `rewind to 0 to ${this.length} tokens`, length);
    await this.turn.during(async () => {
      this.cache = cutCache(this.cache, this.frame.shape, Math.max(0, length - 1));
      this.tokens.length = length;
      await Promise.resolve();
    });
  }

  async dispose(): Promise<void> {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.cache = emptyCache(this.frame.shape);
    this.onDispose();
    await Promise.resolve();
  }

  private keep(cache: Cache, added: readonly number[]): void {
    this.cache = cache;
    for (const token of added) this.tokens.push(token);
  }

  private requireContent(): void { invariant(this.length > 0, "have a token before the next one is asked for", this.length); }
}

/** Sends tokens through the model behind those of a cache. */
export async function runTokens({ session, shape }: Pick<OnnxFrame, "session" | "shape">, cache: Cache, tokens: readonly number[]): Promise<OnnxRun> {
  const length = cache.length + tokens.length, pasts = Object.entries(cache.tensors).map(([name, tensor]) => [`past${name[0]!.toUpperCase()}${name.slice(1)}`, tensor] as const);
  const outputs = await session.run({
    tokens: tensorOver(BigInt64Array.from(tokens, BigInt), [1, tokens.length]), lastPlaces: tensorOver(Int32Array.of(length - 1), [1]), totalLength: tensorOver(Int32Array.of(length), []),
    ...Object.fromEntries(pasts),
  });
  const logits = floatsOf(outputs, "logits"), tensors = Object.fromEntries(Object.keys(cache.tensors).map((name) => [name, outputs[name]!]));
  return { cache: { length, tensors }, logits: (row) => logits.subarray(row * shape.vocabulary, (row + 1) * shape.vocabulary), states: floatsOf(outputs, "states") };
}

/** A cache of no token. */
export function emptyCache(shape: LlamaShape): Cache {
  const names = Array.from({ length: shape.layers }, (_, layer) => [`keys.${layer}`, `values.${layer}`]).flat();
  return { length: 0, tensors: Object.fromEntries(names.map((name) => [name, tensorOver(new Float32Array(), [1, shape.kvHeads, 0, headSizeOf(shape)])])) };
}

/** The first tokens of a cache alone. */
function cutCache(cache: Cache, shape: LlamaShape, length: number): Cache {
  if (length >= cache.length) return cache;
  const headSize = headSizeOf(shape), kept = length * headSize, there = cache.length * headSize;
  const cut = (tensor: Tensor): Tensor => {
    const data = new Float32Array(shape.kvHeads * kept);
    for (let head = 0; head < shape.kvHeads; head++) data.set((tensor.data as Float32Array).subarray(head * there, head * there + kept), head * kept);
    return tensorOver(data, [1, shape.kvHeads, length, headSize]);
  };
  return { length, tensors: Object.fromEntries(Object.entries(cache.tensors).map(([name, tensor]) => [name, cut(tensor)])) };
}
