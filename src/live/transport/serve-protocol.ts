/** An HTTP/2 server on the loopback interface, for the sealed protocol and the ledger: under TLS 1.3 where it has a certificate. */
import { createSecureServer, createServer, type Http2SecureServer, type Http2Server, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { errorClassOf, type Log } from "../log-event.js";
import { reasonOf, statusOf } from "./live-error.js";
import type { ServerCertificate } from "./make-certificate.js";

/** A server that runs. */
export interface LiveServer {
  readonly port: number;
  /** Takes no more requests, waits for those in flight, then closes. */
  close(): Promise<void>;
}

/** Answers one request. What it throws before the head is sent becomes a status; later, a stream that breaks off. */
export type ProtocolHandler = (request: Http2ServerRequest, response: Http2ServerResponse) => Promise<void>;

/** A session without a stream for so long is closed. */
const IDLE_MS = 120_000;
/** Streams at a time on one session. */
const MOST_STREAMS = 128;
/** Connections in which nobody has spoken HTTP/2 are not kept. */
const PREFACE_MS = 10_000;
const CLOSE_MS = 3000;

/** Starts a server. @param port 0 takes a free one. @param certificate Left out: without TLS. */
export async function serveProtocol(handle: ProtocolHandler, port: number, log: Log, certificate?: ServerCertificate): Promise<LiveServer> {
  const sessions = new Set<ServerHttp2Session>(), settings = { maxConcurrentStreams: MOST_STREAMS };
  const answer = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    response.on("error", () => undefined);
    request.on("error", () => undefined);
    handle(request, response).catch((error: unknown) => { refuse(response, error, log); });
  };
  const server = certificate === undefined ? createServer({ settings }, answer) : createSecureServer({ settings, ...certificate, minVersion: "TLSv1.3" }, answer);
  server.on("session", (session) => {
    sessions.add(session);
    session.setTimeout(IDLE_MS, () => { session.close(); });
    session.on("error", () => undefined).on("close", () => { sessions.delete(session); });
  });
  server.on("connection", (socket: Socket) => {
    const timer = setTimeout(() => { if (socket.bytesRead === 0) socket.destroy(); }, PREFACE_MS).unref();
    socket.on("error", () => undefined).on("close", () => { clearTimeout(timer); });
  });
  server.on("sessionError", () => undefined);
  await listenOn(server, port);
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server, sessions) };
}

function listenOn(server: Http2Server | Http2SecureServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => { resolve(); });
  });
}

function refuse(response: Http2ServerResponse, error: unknown, log: Log): void {
  const reason = reasonOf(error), status = statusOf(reason);
  log(reason === "bug" ? "failed" : "refused", { reason, status, ...(reason === "bug" ? { errorClass: errorClassOf(error) } : {}) });
  if (response.headersSent || response.stream?.destroyed !== false) response.stream?.close();
  else response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify({ status, title: reason }));
}

async function closeServer(server: Http2Server | Http2SecureServer, sessions: ReadonlySet<ServerHttp2Session>): Promise<void> {
  const isClosed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
  for (const session of sessions) session.close();
  const timer = setTimeout(() => { for (const session of sessions) session.destroy(); }, CLOSE_MS);
  await isClosed;
  clearTimeout(timer);
}
