/** Models of experts behind the chat API. A model with a chat template of its own is asked by it; a model of the world by the form it was trained in. */
import type { RenderPrompt } from "../../models/chat/conversation.js";
import { renderPrompt } from "../../world/text/render-prompt.js";
import type { ChatBackend, ChatEnd } from "../openai/chat-backend.js";
import { lastQuestion, type ChatRequest } from "../openai/chat-request.js";
import type { ModelHost, TextOptions } from "./model-host.js";

/** A model that is asked by its name. */
export interface NamedModel { readonly name: string; readonly host: ModelHost; readonly template: RenderPrompt | undefined }

/** Longest answer unless asked otherwise. Tokens. */
const USUAL_TOKENS = 256;

/** Implements `ChatBackend`. */
export class ModelBackend implements ChatBackend {
  readonly models: readonly string[];

  constructor(private readonly named: readonly NamedModel[]) { this.models = named.map(({ name }) => name); }

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<string, ChatEnd> {
    const { host, template } = this.named.find(({ name }) => name === request.model)!;
    const prompt = template === undefined ? renderPrompt({ question: lastQuestion(request) }) : template(request.messages.map(({ role, content }) => ({ role: role === "developer" ? "system" : role, content })));
    const { reason, promptTokens, answerTokens, ...report } = yield* trimStart(host.complete(prompt, optionsOf(request, signal, template === undefined)));
    return { reason, promptTokens, answerTokens, report };
  }
}

function optionsOf({ maxTokens = USUAL_TOKENS, temperature, topP, seed }: ChatRequest, signal: AbortSignal, isLine: boolean): TextOptions {
  return {
    maxTokens, signal, ...(isLine ? { stopAt: "\n" } : {}),
    ...(temperature === undefined ? {} : { temperature }), ...(topP === undefined ? {} : { topP }), ...(seed === undefined ? {} : { seed }),
  };
}

/** Leaves out blanks before the first word. */
export async function* trimStart<End>(source: AsyncGenerator<string, End>): AsyncGenerator<string, End> {
  let isBegun = false, step = await source.next();
  try {
    for (; step.done !== true; step = await source.next()) {
      const text: string = isBegun ? step.value : step.value.trimStart();
      isBegun ||= text !== "";
      if (text !== "") yield text;
    }
    return step.value;
  } finally {
    if (step.done !== true) await source.return(undefined as End);
  }
}
