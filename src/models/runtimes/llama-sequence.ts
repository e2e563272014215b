/** A sequence on llama.cpp. Its last token waits: llama.cpp computes what follows a token only while it evaluates that token. */
import type { ControlledEvaluateInputItem, LlamaContextSequence, Token } from "node-llama-cpp";
import { invariant } from "../../core/errors.js";
import type { BatchGate } from "./batch-gate.js";
import type { Cancellable, DecodedToken, DecodeEnd, DecodeOptions, Prefilled, Sequence } from "./runtime.js";
import { requireRoom, type TokenLimits, Turn } from "./sequence-rules.js";
import { TextStream } from "./text-stream.js";

/** Probabilities that may be in memory at once: node-llama-cpp gives the whole vocabulary for each token. */
const MOST_PROBABILITIES = 2_000_000;

/** What a sequence knows of its model. */
export interface SequenceFrame extends TokenLimits {
  readonly batchTokens: number;
  readonly decodeText: (tokens: readonly number[]) => string;
  readonly isEnd: (token: number) => boolean;
  /** Of all sequences of the model. */
  readonly gate: BatchGate;
  /** Seconds. */
  readonly now: () => number;
}

/** Implements `Sequence`. */
export class LlamaSequence implements Sequence {
  /** The last token, unless empty. */
  private waiting: Token[] = [];
  private readonly turn = new Turn();

  constructor(private readonly native: LlamaContextSequence, private readonly frame: SequenceFrame, private readonly onDispose: () => void) {}

  get length(): number { return this.native.nextTokenIndex + this.waiting.length; }

  async prefill(tokens: readonly number[], { signal }: Cancellable = {}): Promise<Prefilled> {
    const startedAt = this.frame.now(), before = this.length;
    requireRoom(tokens, this.length, this.frame);
    return this.turn.during(async () => {
      const all = [...this.waiting, ...tokens as readonly Token[]], { batchTokens } = this.frame;
      for (let start = 0; start < all.length - 1; start += batchTokens) {
        if (signal?.aborted === true) {
          await this.forgetFrom(before);
          return { tokens: 0, durationS: this.frame.now() - startedAt, isCancelled: true };
        }
        await this.native.evaluateWithoutGeneratingNewTokens(all.slice(start, Math.min(start + batchTokens, all.length - 1)));
      }
      this.waiting = all.slice(-1);
      return { tokens: tokens.length, durationS: this.frame.now() - startedAt, isCancelled: false };
    });
  }

  async *decode(options: DecodeOptions): AsyncGenerator<DecodedToken, DecodeEnd> {
    this.requireContent();
    const { signal, maxTokens } = options, { decodeText, isEnd, gate, now, contextTokens } = this.frame;
    const stream = new TextStream(decodeText);
    this.turn.take();
    gate.enter();
    const source = this.native.evaluateWithMetadata(this.waiting, { confidence: options.withLogProbability === true }, samplingOf(options));
    const end = (reason: DecodeEnd["reason"]): DecodeEnd => ({ reason, text: stream.flush() });
    try {
      for (let count = 0, startedAt = now(); count < maxTokens; count++) {
        if (signal?.aborted === true) return end("cancelled");
        if (this.length >= contextTokens) return end("context");
        const step = await gate.step(() => source.next());
        if (step.done === true) return end("end");
        const { token, confidence } = step.value as { token: Token; confidence?: number };
        this.waiting = [token];
        if (isEnd(token)) return end("end");
        const durationS = now() - startedAt, text = stream.push(token);
        startedAt = now();
        yield { token, text, durationS, ...(confidence === undefined ? {} : { logProbability: Math.log(confidence) }) };
      }
      return end(signal?.aborted === true ? "cancelled" : "length");
    } finally {
      await source.return(undefined);
      gate.leave();
      this.turn.release();
    }
  }

  async scoreTokens(tokens: readonly number[], { signal }: Cancellable = {}): Promise<Float64Array> {
    this.requireContent();
    requireRoom(tokens, this.length, this.frame);
    const scores = new Float64Array(tokens.length), step = Math.max(1, Math.min(this.frame.batchTokens, Math.floor(MOST_PROBABILITIES / this.frame.vocabulary)));
    const before = this.length;
    return this.turn.during(async () => {
      const all = [...this.waiting, ...tokens as readonly Token[]];
      for (let start = 0; start < tokens.length; start += step) {
        if (signal?.aborted === true) {
          await this.forgetFrom(before);
          signal.throwIfAborted();
        }
        const known = all.slice(start, Math.min(start + step, tokens.length));
        const found = await this.probabilitiesAfter(known);
        found.forEach((probabilities, i) => { scores[start + i] = Math.log(probabilities.get(all[start + i + 1]!) ?? 0); });
      }
      this.waiting = all.slice(-1);
      return scores;
    });
  }

  async nextLogProbabilities(): Promise<Float64Array> {
    this.requireContent();
    return this.turn.during(async () => {
      const before = this.length, [probabilities] = await this.probabilitiesAfter(this.waiting);
      await this.native.eraseContextTokenRanges([{ start: before - 1, end: before }]);
      const logs = new Float64Array(this.frame.vocabulary).fill(-Infinity);
      for (const [token, probability] of probabilities!) logs[token] = Math.log(probability);
      return logs;
    });
  }

  async rewind(length: number): Promise<void> {
    invariant(Number.isInteger(length) && length >= 0 && length <= this.length, `rewind to 0 to ${this.length} tokens`, length);
    await this.turn.during(() => this.forgetFrom(length));
  }

  async dispose(): Promise<void> {
    if (this.native.disposed) return;
    await this.native.dispose();
    this.onDispose();
  }

  /** Evaluates tokens and gives the distribution after each. */
  private async probabilitiesAfter(tokens: readonly Token[]): Promise<ReadonlyMap<Token, number>[]> {
    const input: ControlledEvaluateInputItem[] = tokens.map((token) => [token, { generateNext: { probabilities: true, options: { temperature: 0 } } }]);
    const outputs = await this.native.controlledEvaluate(input);
    return outputs.map((output) => output!.next.probabilities!);
  }

  /** Keeps the first `length` tokens, the last of which waits. */
  private async forgetFrom(length: number): Promise<void> {
    if (length === this.length) return;
    const evaluated = this.native.contextTokens, last = length === 0 ? [] : [evaluated[length - 1]!];
    const keep = Math.max(0, length - 1);
    if (evaluated.length > keep) await this.native.eraseContextTokenRanges([{ start: keep, end: evaluated.length }]);
    this.waiting = last;
  }

  private requireContent(): void { invariant(this.length > 0, "have a token before the next one is asked for", this.length); }
}

function samplingOf({ temperature = 0, topK, topP, seed = 0 }: DecodeOptions): { temperature: number; topK?: number; topP?: number; seed: number; yieldEogToken: true } {
  return { temperature, seed, yieldEogToken: true, ...(topK === undefined ? {} : { topK }), ...(topP === undefined ? {} : { topP }) };
}
