/** What stands behind an OpenAI-compatible API of ours: a model, or P with all its experts. */
import type { ChatRequest } from "./chat-request.js";

/** How an answer ended. */
export interface ChatEnd {
  readonly reason: "stop" | "length";
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** Facts on how it came about, without its text; sent to those who ask for them. */
  readonly report?: unknown;
}

/** Answers chats. */
export interface ChatBackend {
  /** Names of models that may be asked. */
  readonly models: readonly string[];
  /** Yields text as it comes. @throws {LiveError} for what it cannot answer. */
  chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<string, ChatEnd>;
}
