/** Answers of the OpenAI chat API. @source OpenAI API reference, "The chat completion object" and "Streaming". */
import type { ChatEnd } from "./chat-backend.js";

/** What all parts of one answer share. */
export interface CompletionHead { readonly id: string; readonly created: number; readonly model: string }

/** Ends a stream of server-sent events. */
export const SSE_END = "data: [DONE]\n\n";

/** A whole answer. */
export function encodeCompletion(head: CompletionHead, content: string, end: ChatEnd): object {
  return { ...head, object: "chat.completion", choices: [{ index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: end.reason }], usage: usageOf(end) };
}

/** A part of a streamed answer. */
export interface ChunkParts { readonly delta?: object; readonly reason?: ChatEnd["reason"]; readonly usage?: ChatEnd; readonly extra?: object }

/** A server-sent event with a part of an answer. */
export function encodeChunk(head: CompletionHead, { delta, reason, usage, extra }: ChunkParts): string {
  const choices = delta === undefined ? [] : [{ index: 0, delta, logprobs: null, finish_reason: reason ?? null }];
  return `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, ...(usage === undefined ? {} : { usage: usageOf(usage) }), ...extra })}\n\n`;
}

function usageOf({ promptTokens, answerTokens }: ChatEnd): object {
  return { prompt_tokens: promptTokens, completion_tokens: answerTokens, total_tokens: promptTokens + answerTokens };
}

/** The list of models. */
export function encodeModels(models: readonly string[]): object {
  return { object: "list", data: models.map((id) => ({ id, object: "model", created: 0, owned_by: "plmm-lab" })) };
}

/** A refusal. */
export function encodeError(code: string, message: string): object {
  return { error: { message, type: code === "bug" ? "server_error" : "invalid_request_error", param: null, code } };
}
