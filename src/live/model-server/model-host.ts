/**
 * A model in memory that several requests share: each takes a sequence, those in work are batched by the engine token by token
 * (continuous batching), the others wait in order of arrival.
 */
import type { DecodeOptions, LoadedModel, Sequence } from "../../models/runtimes/runtime.js";
import { LiveError } from "../transport/live-error.js";
import { nowUs } from "../clock.js";

/** How to answer. */
export interface TextOptions extends Pick<DecodeOptions, "maxTokens" | "temperature" | "topP" | "seed"> {
  readonly signal: AbortSignal;
  /** Ends the answer and is not part of it. */
  readonly stopAt?: string;
}

/** How a text was made. Instants are microseconds since 1970. */
export interface TextEnd {
  readonly reason: "stop" | "length";
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly admittedAtUs: number;
  readonly prefilledAtUs: number;
  readonly firstTokenAtUs: number;
  readonly lastTokenAtUs: number;
}

const MOST_WAITING = 256;

/** Shares a model's sequences. */
export class ModelHost {
  private readonly waiting: (() => void)[] = [];
  private freeCount: number;

  constructor(private readonly model: LoadedModel) { this.freeCount = model.sequences; }

  /** Tokens that a prompt takes. */
  countTokens(text: string): number { return this.model.encode(text).length; }

  /** Continues a prompt. Yields text as it comes. @throws {LiveError} busy, or deadline when the signal ends it; {LimitError} for a prompt that does not fit. */
  async *complete(prompt: string, options: TextOptions): AsyncGenerator<string, TextEnd> {
    await this.admit(options.signal);
    const sequence = this.model.openSequence();
    try {
      return yield* this.decode(sequence, prompt, options);
    } finally {
      await sequence.dispose();
      this.free();
    }
  }

  async dispose(): Promise<void> { await this.model.dispose(); }

  private async *decode(sequence: Sequence, prompt: string, { stopAt, ...options }: TextOptions): AsyncGenerator<string, TextEnd> {
    const admittedAtUs = nowUs(), tokens = this.model.encode(prompt);
    await sequence.prefill(tokens, options);
    const prefilledAtUs = nowUs(), source = sequence.decode(options);
    let answerTokens = 0, firstTokenAtUs = prefilledAtUs, lastTokenAtUs = prefilledAtUs, isStopped = false;
    let step = await source.next();
    for (; step.done !== true; step = await source.next()) {
      lastTokenAtUs = nowUs();
      if (answerTokens++ === 0) firstTokenAtUs = lastTokenAtUs;
      const stop = stopAt === undefined ? -1 : step.value.text.indexOf(stopAt), text = stop < 0 ? step.value.text : step.value.text.slice(0, stop);
      if (text !== "") yield text;
      if (stop >= 0) { isStopped = true; break; }
    }
    if (isStopped) await source.return({ reason: "end", text: "" });
    if (step.done === true && step.value.text !== "") yield step.value.text;
    if (options.signal.aborted) throw new LiveError("deadline", "an answer", "be finished within its deadline", `${answerTokens} tokens by then`, "Ask again.");
    const isCut = step.done === true && (step.value.reason === "length" || step.value.reason === "context");
    return { reason: isCut ? "length" : "stop", promptTokens: tokens.length, answerTokens, admittedAtUs, prefilledAtUs, firstTokenAtUs, lastTokenAtUs };
  }

  private async admit(signal: AbortSignal): Promise<void> {
    if (this.freeCount > 0) { this.freeCount--; return; }
    if (this.waiting.length >= MOST_WAITING) throw new LiveError("busy", "requests that wait for a model", `number at most ${MOST_WAITING}`, this.waiting.length + 1, "Ask again later, or give the model more sequences.");
    await new Promise<void>((resolve, reject) => {
      const take = (): void => { signal.removeEventListener("abort", leave); resolve(); };
      const leave = (): void => {
        const place = this.waiting.indexOf(take);
        if (place >= 0) this.waiting.splice(place, 1);
        reject(new LiveError("deadline", "a request", "come to its turn within its deadline", "still waiting", "Ask again."));
      };
      this.waiting.push(take);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  /** Hands the place on to who waits longest. */
  private free(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.freeCount++; else next();
  }
}
