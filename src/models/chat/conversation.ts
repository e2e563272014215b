/**
 * A conversation with a model: turns become a prompt by the model's own template, the part that the sequence already holds is not
 * evaluated again, and an answer that is cancelled keeps what was said.
 */
import { Template } from "@huggingface/jinja";
import { DataError } from "../../core/errors.js";
import type { DecodeEnd, DecodeOptions, LoadedModel, Sequence } from "../runtimes/runtime.js";

/** Something said. */
export interface ChatTurn { readonly role: "system" | "user" | "assistant"; readonly content: string }

/** How an answer went. */
export interface Answer {
  readonly text: string;
  readonly reason: DecodeEnd["reason"];
  /** Tokens of the prompt that were evaluated now, and that were there already. */
  readonly newTokens: number;
  readonly keptTokens: number;
  readonly answerTokens: number;
  readonly prefillS: number;
  readonly decodeS: number;
}

/** Text of the prompt for the next answer. */
export type RenderPrompt = (turns: readonly ChatTurn[]) => string;

/**
 * Prompts by a Jinja template of a model file; without one, the text of all turns, so that the model continues it.
 *
 * @throws {DataError} for a template that is no Jinja.
 */
export function makePrompts(template: string | undefined, specials: { readonly start: string; readonly end: string }): RenderPrompt {
  if (template === undefined) return (turns) => turns.map(({ content }) => content).join("\n");
  const parsed = attempt(() => new Template(template));
  return (turns) => attempt(() => parsed.render({ messages: turns, add_generation_prompt: true, bos_token: specials.start, eos_token: specials.end }));
}

function attempt<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    throw new DataError({ subject: "the model's chat template", rule: "be Jinja that takes these turns", got: (cause as Error).message, hint: "Chat without it: --plain", cause });
  }
}

/** Turns so far, and the sequence that holds them. */
export class Conversation {
  private readonly turns: ChatTurn[] = [];
  private held: number[] = [];

  constructor(private readonly model: LoadedModel, private readonly sequence: Sequence, private readonly render: RenderPrompt, system?: string) {
    if (system !== undefined) this.turns.push({ role: "system", content: system });
  }

  /**
   * Answers. A question that does not fit in the context is dropped again.
   *
   * @param write Hears text as it comes.
   * @throws {LimitError} when the prompt does not fit.
   */
  async ask(question: string, options: DecodeOptions, write: (text: string) => void): Promise<Answer> {
    const turns: ChatTurn[] = [...this.turns, { role: "user", content: question }], prompt = this.model.encode(this.render(turns));
    const kept = Math.min(commonLength(prompt, this.held), prompt.length - 1);
    await this.sequence.rewind(kept);
    this.held = this.held.slice(0, kept);
    const { durationS, isCancelled } = await this.sequence.prefill(prompt.slice(kept), options);
    const counts = { newTokens: prompt.length - kept, keptTokens: kept, prefillS: durationS };
    if (isCancelled) return { ...counts, text: "", reason: "cancelled", answerTokens: 0, decodeS: 0 };
    this.held = [...prompt];
    const { text, reason, answerTokens, decodeS } = await this.decode(options, write);
    this.turns.push(turns.at(-1)!, { role: "assistant", content: text });
    return { ...counts, text, reason, answerTokens, decodeS };
  }

  private async decode(options: DecodeOptions, write: (text: string) => void): Promise<Pick<Answer, "text" | "reason" | "answerTokens" | "decodeS">> {
    const source = this.sequence.decode(options);
    let text = "", answerTokens = 0, decodeS = 0;
    for (;;) {
      const step = await source.next(), piece = step.value.text;
      text += piece;
      if (piece !== "") write(piece);
      if (step.done === true) return { text, reason: step.value.reason, answerTokens, decodeS };
      this.held.push(step.value.token);
      answerTokens++;
      decodeS += step.value.durationS;
    }
  }
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
