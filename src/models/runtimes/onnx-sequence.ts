/** A sequence on ONNX Runtime. Its last token waits, as the interface says. */
import { invariant } from "../../core/errors.js";
import { logSoftmaxOf, openChooser } from "./choose-token.js";
import { type Cache, cacheBytes, emptyCache } from "./onnx-cache.js";
import { type OnnxModelRunner, type OnnxRun, runTokens, type StepQueue } from "./onnx-steps.js";
import type { Cancellable, DecodedToken, DecodeEnd, DecodeOptions, Prefilled, Sequence } from "./runtime.js";
import { requireRoom, type TokenLimits, Turn } from "./sequence-rules.js";
import { TextStream } from "./text-stream.js";

/** What a sequence knows of its model. */
export interface OnnxFrame extends OnnxModelRunner, TokenLimits {
  readonly steps: StepQueue;
  /** Prompt tokens that go through the model together. */
  readonly batchTokens: number;
  readonly decodeText: (tokens: readonly number[]) => string;
  readonly isEnd: (token: number) => boolean;
  /** Seconds. */
  readonly now: () => number;
}

/** Implements `Sequence`. */
export class OnnxSequence implements Sequence {
  private readonly tokens: number[] = [];
  private cache: Cache;
  private readonly turn = new Turn();
  private isDisposed = false;

  constructor(private readonly frame: OnnxFrame, private readonly onDispose: () => void) { this.cache = emptyCache(frame.shape); }

  get length(): number { return this.tokens.length; }

  /** Bytes of its keys and values. */
  get cacheBytes(): number { return cacheBytes(this.cache); }

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
        const { cache, logits } = await this.stepOn(), { token, logProbability } = choose(logits(0));
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
    return this.turn.during(async () => logSoftmaxOf((await this.stepOn()).logits(0), 1));
  }

  async rewind(length: number): Promise<void> {
    invariant(Number.isInteger(length) && length >= 0 && length <= this.length, `rewind to 0 to ${this.length} tokens`, length);
    await this.turn.during(async () => {
      this.cache = { ...this.cache, length: Math.min(this.cache.length, Math.max(0, length - 1)) };
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

  /** Evaluates the token that waits. */
  private stepOn(): Promise<OnnxRun> { return this.frame.steps.step(this.cache, this.tokens.at(-1)!); }

  private keep(cache: Cache, added: readonly number[]): void {
    this.cache = cache;
    for (const token of added) this.tokens.push(token);
  }

  private requireContent(): void { invariant(this.length > 0, "have a token before the next one is asked for", this.length); }
}
