/** Requests of the OpenAI chat API, as far as it is served here. @source OpenAI API reference, "Create chat completion". */
import { z } from "zod";
import { LiveError } from "../transport/live-error.js";

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const content = z.union([z.string(), z.array(textPart).transform((parts) => parts.map(({ text }) => text).join(""))]);

const chatRequest = z.object({
  model: z.string().max(200),
  messages: z.array(z.object({ role: z.enum(["system", "developer", "user", "assistant"]), content })).min(1).max(1000),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.int().positive().nullish(), max_completion_tokens: z.int().positive().nullish(),
  temperature: z.number().min(0).max(2).nullish(), top_p: z.number().gt(0).max(1).nullish(), seed: z.int().nonnegative().nullish(),
  n: z.literal(1, { error: "be 1: one answer at a time" }).nullish(),
});

/** A message of a conversation. */
export interface ChatMessage { readonly role: "system" | "developer" | "user" | "assistant"; readonly content: string }

/** What is asked. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly isStream: boolean;
  readonly isUsageWanted: boolean;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
}

/** Parses a body. @throws {LiveError} bad-request; the message names the key, never its value. */
export function parseChatRequest(body: Uint8Array): ChatRequest {
  const found = chatRequest.safeParse(parseJson(body));
  if (!found.success) {
    const issue = found.error.issues[0]!;
    throw badRequest(issue.path.join(".") || "the request", "be as the OpenAI chat API has it", issue.code);
  }
  const { model, messages, stream, stream_options: options, max_tokens: most, max_completion_tokens: mostNow, temperature, top_p: topP, seed } = found.data;
  return { model, messages, isStream: stream === true, isUsageWanted: options?.include_usage === true, ...withoutNothing({ maxTokens: mostNow ?? most, temperature, topP, seed }) };
}

/** Keys that were given; clients send null for "as usual". */
function withoutNothing(values: Readonly<Record<string, number | null | undefined>>): Partial<Record<string, number>> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === "number"));
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw badRequest("the request", "be JSON", `${body.length} bytes`);
  }
}

/** What the user said last. @throws {LiveError} bad-request when nobody asks anything. */
export function lastQuestion({ messages }: ChatRequest): string {
  const last = messages.at(-1)!;
  if (last.role === "user" && last.content.trim() !== "") return last.content.trim();
  throw badRequest("the last message", "be the user's and not empty", last.role);
}

function badRequest(subject: string, rule: string, got: string): LiveError {
  return new LiveError("bad-request", subject, rule, got, "See the OpenAI API reference.");
}
