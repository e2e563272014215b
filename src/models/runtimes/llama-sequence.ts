/** A sequence on llama.cpp. Its last token waits: llama.cpp computes what follows a token only while it evaluates that token. */
import type { ControlledEvaluateInputItem, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { DataError, invariant, LimitError } from "../../core/errors.js";
import type { Cancellable, DecodedToken, DecodeEnd, DecodeOptions, Prefilled, Sequence } from "./runtime.js";
import { TextStream } from "./text-stream.js";

/** Probabilities that may be in memory at once: node-llama-cpp gives the whole vocabulary for each token. */
const MOST_PROBABILITIES = 2_000_000;

/** What a sequence knows of its model. */
export interface SequenceFrame {
  readonly model: LlamaModel;
  readonly vocabulary: number;
  readonly contextTokens: number;
  readonly batchTokens: number;
  /** Seconds. */
  readonly now: () => number;
}

/** Implements `Sequence`. */
export class LlamaSequence implements Sequence {
  /** The last token, unless empty. */
  private waiting: Token[] = [];
  private isBusy = false;

  constructor(private readonly native: LlamaContextSequence, private readonly frame: SequenceFrame, private readonly onDispose: () => void) {}

  get length(): number { return this.native.nextTokenIndex + this.waiting.length; }

  async prefill(tokens: readonly number[], { signal }: Cancellable = {}): Promise<Prefilled> {
    const startedAt = this.frame.now(), before = this.length;
    this.checkTokens(tokens);
    return this.alone(async () => {
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
    const { signal, maxTokens } = options, { model, now, contextTokens } = this.frame;
    const stream = new TextStream((tokens) => model.detokenize(tokens as Token[]));
    this.occupy();
    const source = this.native.evaluateWithMetadata(this.waiting, { confidence: options.withLogProbability === true }, samplingOf(options));
    const end = (reason: DecodeEnd["reason"]): DecodeEnd => ({ reason, text: stream.flush() });
    try {
      for (let count = 0, startedAt = now(); count < maxTokens; count++) {
        if (signal?.aborted === true) return end("cancelled");
        if (this.length >= contextTokens) return end("context");
        const step = await source.next();
        if (step.done === true) return end("end");
        const { token, confidence } = step.value as { token: Token; confidence?: number };
        this.waiting = [token];
        if (model.isEogToken(token)) return end("end");
        const durationS = now() - startedAt, text = stream.push(token);
        startedAt = now();
        yield { token, text, durationS, ...(confidence === undefined ? {} : { logProbability: Math.log(confidence) }) };
      }
      return end(signal?.aborted === true ? "cancelled" : "length");
    } finally {
      await source.return(undefined);
      this.isBusy = false;
    }
  }

  async scoreTokens(tokens: readonly number[], { signal }: Cancellable = {}): Promise<Float64Array> {
    this.requireContent();
    this.checkTokens(tokens);
    const scores = new Float64Array(tokens.length), step = Math.max(1, Math.min(this.frame.batchTokens, Math.floor(MOST_PROBABILITIES / this.frame.vocabulary)));
    const before = this.length;
    return this.alone(async () => {
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
    return this.alone(async () => {
      const before = this.length, [probabilities] = await this.probabilitiesAfter(this.waiting);
      await this.native.eraseContextTokenRanges([{ start: before - 1, end: before }]);
      const logs = new Float64Array(this.frame.vocabulary).fill(-Infinity);
      for (const [token, probability] of probabilities!) logs[token] = Math.log(probability);
      return logs;
    });
  }

  async rewind(length: number): Promise<void> {
    invariant(Number.isInteger(length) && length >= 0 && length <= this.length, `rewind to 0 to ${this.length} tokens`, length);
    await this.alone(() => this.forgetFrom(length));
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

  private checkTokens(tokens: readonly number[]): void {
    const { vocabulary, contextTokens } = this.frame;
    const odd = tokens.find((token) => !(Number.isInteger(token) && token >= 0 && token < vocabulary));
    if (odd !== undefined) throw new DataError({ subject: "a token", rule: `be a whole number below ${vocabulary}`, got: odd, hint: "Use the tokenizer of the same model." });
    if (this.length + tokens.length <= contextTokens) return;
    throw new LimitError({
      subject: "the prompt", rule: `fit into the context of ${contextTokens} tokens`, got: `${this.length} tokens there and ${tokens.length} more`,
      hint: "Shorten the text or give a larger --context.",
    });
  }

  private requireContent(): void { invariant(this.length > 0, "have a token before the next one is asked for", this.length); }

  private occupy(): void {
    invariant(!this.isBusy, "do one thing at a time on a sequence", "two calls at once");
    this.isBusy = true;
  }

  private async alone<Result>(action: () => Promise<Result>): Promise<Result> {
    this.occupy();
    try {
      return await action();
    } finally {
      this.isBusy = false;
    }
  }
}

function samplingOf({ temperature = 0, topK, topP, seed = 0 }: DecodeOptions): { temperature: number; topK?: number; topP?: number; seed: number; yieldEogToken: true } {
  return { temperature, seed, yieldEogToken: true, ...(topK === undefined ? {} : { topK }), ...(topP === undefined ? {} : { topP }) };
}
