/**
 * The relay: carries sealed bytes between P-clients and the gateway. It sees who, when and how much, and writes that down as the wire
 * record: this is what an observer at its place has. The account header stands for the source address, which all have in common here.
 */
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { SeenExchange } from "../capture/observations.js";
import type { Lines } from "../capture/write-lines.js";
import { nowUs } from "../clock.js";
import type { Log } from "../log-event.js";
import type { ServerCertificate } from "../transport/make-certificate.js";
import { ProtocolClient } from "../transport/call-protocol.js";
import { LiveError } from "../transport/live-error.js";
import { readBody } from "../transport/read-body.js";
import { serveProtocol, type LiveServer } from "../transport/serve-protocol.js";

/** How a relay is run. */
export interface RelayTask {
  readonly port: number;
  readonly gatewayOrigin: string;
  /** Certificate of the gateway, where it has one; and of the relay itself. */
  readonly gatewayCertificate?: string;
  readonly certificate?: ServerCertificate;
  readonly largestRequestBytes: number;
  readonly bodyWithinMs: number;
  readonly answerWithinMs: number;
}

/** Header that stands for the source address of a client. */
export const CLIENT_HEADER = "plmm-client";

/** Starts a relay. @param seen Takes what the relay sees. */
export async function serveRelay(task: RelayTask, seen: Lines<SeenExchange>, log: Log): Promise<LiveServer> {
  const gateway = new ProtocolClient(task.gatewayOrigin, task.gatewayCertificate === undefined ? {} : { ca: task.gatewayCertificate });
  const server = await serveProtocol((request, response) => carry(request, response, gateway, task, seen, log), task.port, log, task.certificate);
  return { port: server.port, close: async () => { await server.close(); gateway.close(); seen.close(); } };
}

async function carry(request: Http2ServerRequest, response: Http2ServerResponse, gateway: ProtocolClient, task: RelayTask, seen: Lines<SeenExchange>, log: Log): Promise<void> {
  if (request.url === "/health") { response.writeHead(200).end("{}"); return; }
  const isKeys = request.url === "/keys" && request.method === "GET";
  if (!isKeys && !(request.url === "/gateway" && request.method === "POST")) throw new LiveError("not-found", "a request to the relay", "be POST /gateway or GET /keys", "another", "Update the side that is behind.");
  const clientId = Number(request.headers[CLIENT_HEADER] ?? NaN), requestAtUs = nowUs();
  const body = isKeys ? undefined : await readBody(request, { largestBytes: task.largestRequestBytes, withinMs: task.bodyWithinMs });
  const stop = new AbortController();
  response.once("close", () => { stop.abort(); });
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(task.answerWithinMs)]);
  // Only the type goes on: no header of the client reaches the gateway.
  const type = request.headers["content-type"], headers = type === undefined ? {} : { "content-type": type };
  const reply = await gateway.call({ path: request.url, method: isKeys ? "GET" : "POST", headers, signal, ...(body === undefined ? {} : { body }) });
  response.writeHead(reply.status, { "content-type": String(reply.headers["content-type"] ?? "application/octet-stream"), "cache-control": "no-store" });
  const chunks: { atUs: number; bytes: number }[] = [];
  try {
    for await (const piece of reply.body) {
      chunks.push({ atUs: nowUs(), bytes: piece.length });
      response.write(piece);
    }
    response.end();
  } finally {
    if (body !== undefined) seen.write({ clientId, requestAtUs, requestBytes: body.length, chunks });
    log("relayed", { status: reply.status, bytes: chunks.reduce((sum, { bytes }) => sum + bytes, body?.length ?? 0) });
  }
}
