/**
 * Asks an OpenAI-compatible endpoint, streaming: a model server of ours, or llama.cpp's, vLLM, Ollama. The key goes into one header
 * and nowhere else; what the endpoint says besides text is dropped.
 */
import { z } from "zod";
import { LiveError, errorOfStatus } from "../transport/live-error.js";
import type { ChatMessage } from "./chat-request.js";
import { nowUs } from "../clock.js";

/** An endpoint. */
export interface OpenAiEndpoint {
  /** Ends in /v1 as a rule. */
  readonly url: string;
  readonly model: string;
  readonly key?: string;
  /** Whether it is a server of ours, which tells how an answer came about. */
  readonly isOurs: boolean;
}

/** A question. */
export interface EndpointQuestion { readonly messages: readonly ChatMessage[]; readonly maxTokens: number; readonly signal: AbortSignal }

/** How an answer came about. Instants are microseconds since 1970; an endpoint of others is seen from outside. */
export interface EndpointEnd { readonly promptTokens: number; readonly answerTokens: number; readonly admittedAtUs: number; readonly firstTokenAtUs: number; readonly lastTokenAtUs: number }

const LARGEST_EVENT_BYTES = 65_536;

const usage = z.object({ prompt_tokens: z.number(), completion_tokens: z.number() });
const report = z.object({ admittedAtUs: z.number(), firstTokenAtUs: z.number(), lastTokenAtUs: z.number() });
const event = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).nullish(), finish_reason: z.string().nullish() })).default([]),
  usage: usage.nullish(), plmm: report.nullish(), error: z.unknown().optional(),
});

/** Asks. Yields text as it comes. @throws {LiveError} unreachable, upstream for an answer that is none or breaks off, deadline. */
export async function* askOpenAi(endpoint: OpenAiEndpoint, question: EndpointQuestion): AsyncGenerator<string, EndpointEnd> {
  const askedAtUs = nowUs(), body = await send(endpoint, question);
  let answerTokens = 0, firstTokenAtUs = NaN, isEnded = false, told: z.output<typeof usage> | undefined, own: z.output<typeof report> | undefined;
  for await (const data of eventsOf(body, question.signal)) {
    if (data === "[DONE]") { isEnded = true; break; }
    const part = parseEvent(data), choice = part.choices[0], text = choice?.delta?.content ?? "";
    isEnded ||= typeof choice?.finish_reason === "string";
    told = part.usage ?? told;
    own = part.plmm ?? own;
    if (text === "") continue;
    if (answerTokens++ === 0) firstTokenAtUs = nowUs();
    yield text;
  }
  if (!isEnded) throw brokenOff();
  const lastTokenAtUs = nowUs(), seen = { admittedAtUs: askedAtUs, firstTokenAtUs: answerTokens === 0 ? lastTokenAtUs : firstTokenAtUs, lastTokenAtUs };
  return { promptTokens: told?.prompt_tokens ?? 0, answerTokens: told?.completion_tokens ?? answerTokens, ...(own ?? seen) };
}

async function send({ url, model, key, isOurs }: OpenAiEndpoint, { messages, maxTokens, signal }: EndpointQuestion): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(`${url.replace(/\/$/, "")}/chat/completions`, {
    method: "POST", signal, redirect: "error",
    headers: { "content-type": "application/json", ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...(isOurs ? { "plmm-report": "1" } : {}) },
    body: JSON.stringify({ model, messages, max_tokens: maxTokens, temperature: 0, stream: true, stream_options: { include_usage: true } }),
  }).catch(() => { throw signal.aborted ? tooLate() : unreachable(); });
  if (response.status === 200 && response.body !== null) return response.body as ReadableStream<Uint8Array>;
  await response.body?.cancel();
  throw response.status === 429 || response.status === 503 ? errorOfStatus(429, "the endpoint") : new LiveError("upstream", "the endpoint", "answer with status 200", response.status, "Check url, model and key of the tier.");
}

/** Data of server-sent events, one after another. */
async function* eventsOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const piece of body) {
      text += decoder.decode(piece, { stream: true });
      const lines = text.split(/\r?\n/);
      text = lines.pop()!;
      if (text.length > LARGEST_EVENT_BYTES) throw brokenOff();
      for (const line of lines) if (line.startsWith("data:")) yield line.slice(5).trim();
    }
  } catch (error) {
    throw error instanceof LiveError ? error : signal.aborted ? tooLate() : brokenOff();
  }
}

function parseEvent(data: string): z.output<typeof event> {
  try {
    const found = event.parse(JSON.parse(data));
    if (found.error === undefined || found.error === null) return found;
  } catch { /* Refused below. */ }
  throw brokenOff();
}

function unreachable(): LiveError { return new LiveError("unreachable", "the endpoint", "take requests", "no connection", "Look whether it runs."); }
function tooLate(): LiveError { return new LiveError("deadline", "the endpoint", "answer within the deadline", "no whole answer", "Ask again, or raise deadlines in the config."); }
function brokenOff(): LiveError { return new LiveError("upstream", "the endpoint", "stream an answer to its end", "one that broke off", "See the endpoint's own log."); }
