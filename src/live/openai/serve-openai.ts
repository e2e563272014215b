/**
 * The OpenAI chat API on the loopback interface: /v1/models, /v1/chat/completions with and without streaming, /health. Requests that
 * name another host or come from a web page are refused, so no site in a browser can talk to a model behind its user's back.
 */
import { randomUUID, timingSafeEqual, createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isLoopback } from "../config/live-config.js";
import { errorClassOf, type Log } from "../log-event.js";
import { LiveError, reasonOf, statusOf } from "../transport/live-error.js";
import { readBody } from "../transport/read-body.js";
import type { LiveServer } from "../transport/serve-protocol.js";
import type { ChatBackend } from "./chat-backend.js";
import { parseChatRequest } from "./chat-request.js";
import { encodeChunk, encodeCompletion, encodeError, encodeModels, SSE_END, type CompletionHead } from "./encode-chat.js";

/** How the API is served. */
export interface OpenAiOptions {
  readonly port: number;
  /** Needed from every caller, if given. */
  readonly key?: string;
  readonly bodyWithinMs: number;
  readonly log: Log;
}

/** Asks for the report of how an answer came about, in the last event. */
export const REPORT_HEADER = "plmm-report";
const LARGEST_BODY_BYTES = 262_144;
const HEADERS_WITHIN_MS = 10_000;

/** Starts the API. */
export async function serveOpenAi(backend: ChatBackend, options: OpenAiOptions): Promise<LiveServer> {
  const server = createServer({ headersTimeout: HEADERS_WITHIN_MS, requestTimeout: 2 * HEADERS_WITHIN_MS }, (request, response) => {
    response.on("error", () => undefined);
    route(request, response, backend, options).catch((error: unknown) => { sendError(response, error, options.log); });
  });
  server.on("clientError", (_, socket) => { socket.destroy(); });
  await listen(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => {
      server.close(() => { resolve(); });
      server.closeIdleConnections();
      setTimeout(() => { server.closeAllConnections(); }, HEADERS_WITHIN_MS / 4).unref();
    }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => { resolve(); });
  });
}

async function route(request: IncomingMessage, response: ServerResponse, backend: ChatBackend, options: OpenAiOptions): Promise<void> {
  const path = (request.url ?? "").split("?")[0]!;
  requireLocal(request);
  if (path === "/health") return sendJson(response, 200, { status: "ok" });
  requireKey(request, options.key);
  if (request.method === "GET" && path === "/v1/models") return sendJson(response, 200, encodeModels(backend.models));
  if (request.method === "POST" && path === "/v1/chat/completions") return complete(request, response, backend, options);
  throw new LiveError("not-found", "a request", "be GET /v1/models or POST /v1/chat/completions", request.method ?? "", "Use an OpenAI client with this base URL.");
}

async function complete(request: IncomingMessage, response: ServerResponse, backend: ChatBackend, { bodyWithinMs, log }: OpenAiOptions): Promise<void> {
  const startedAt = performance.now(), chat = parseChatRequest(await readBody(request, { largestBytes: LARGEST_BODY_BYTES, withinMs: bodyWithinMs }));
  if (!backend.models.includes(chat.model)) throw new LiveError("not-found", "model", "be one that GET /v1/models lists", "another", "Ask GET /v1/models.");
  const stop = new AbortController(), head: CompletionHead = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: chat.model };
  response.once("close", () => { stop.abort(); });
  const source = backend.chat(chat, stop.signal), write = chat.isStream ? streamTo(response, head) : undefined;
  let text = "", step = await source.next();
  for (; step.done !== true; step = await source.next()) {
    text += step.value;
    write?.(step.value);
  }
  const { report, ...end } = step.value, extra = request.headers[REPORT_HEADER] === "1" ? { plmm: report } : {};
  if (write === undefined) sendJson(response, 200, { ...encodeCompletion(head, text, end), ...extra });
  else finishStream(response, head, { end, isUsageWanted: chat.isUsageWanted, extra });
  log(stop.signal.aborted && !response.writableFinished ? "cancelled" : "served", { status: 200, tokens: end.answerTokens, durationMs: Math.round(performance.now() - startedAt) });
}

/** Sends the head with the first text, so that what fails before has a status of its own. */
function streamTo(response: ServerResponse, head: CompletionHead): (text: string) => void {
  return (text) => {
    if (!response.headersSent) startStream(response, head);
    response.write(encodeChunk(head, { delta: { content: text } }));
  };
}

function startStream(response: ServerResponse, head: CompletionHead): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no" });
  response.write(encodeChunk(head, { delta: { role: "assistant", content: "" } }));
}

type EndOfStream = { readonly end: Parameters<typeof encodeCompletion>[2]; readonly isUsageWanted: boolean; readonly extra: object };

function finishStream(response: ServerResponse, head: CompletionHead, { end, isUsageWanted, extra }: EndOfStream): void {
  if (!response.headersSent) startStream(response, head);
  response.write(encodeChunk(head, { delta: {}, reason: end.reason, extra }));
  if (isUsageWanted) response.write(encodeChunk(head, { usage: end }));
  response.end(SSE_END);
}

function requireLocal({ headers }: IncomingMessage): void {
  const host = (headers.host ?? "").replace(/:\d+$/, "");
  if (isLoopback(host) && headers.origin === undefined) return;
  throw new LiveError("unauthorized", "a request", "name a loopback host and come from no web page", isLoopback(host) ? "a web page" : "another host", "Ask for 127.0.0.1 from a program on this machine.");
}

function requireKey({ headers }: IncomingMessage, key: string | undefined): void {
  if (key === undefined) return;
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  if (timingSafeEqual(digest(headers.authorization ?? ""), digest(`Bearer ${key}`))) return;
  throw new LiveError("unauthorized", "a request", "carry the key of this API", "another or none", "It is in the file api-key of the state folder.");
}

function sendError(response: ServerResponse, error: unknown, log: Log): void {
  const reason = reasonOf(error), status = statusOf(reason);
  log(reason === "bug" ? "failed" : "refused", { reason, status, ...(reason === "bug" ? { errorClass: errorClassOf(error) } : {}) });
  const body = encodeError(reason, error instanceof LiveError ? error.message : "The server failed.");
  if (!response.headersSent) sendJson(response, status, body);
  else response.end(`data: ${JSON.stringify(body)}\n\n`);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", "connection": status === 408 || status === 413 ? "close" : "keep-alive" });
  response.end(JSON.stringify(value));
}
