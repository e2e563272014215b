/**
 * A web server for the live page of one run. On the loopback interface it answers only requests that name a loopback host, so that no
 * web page elsewhere can read it through a name of its own.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigError, PlmmError } from "../core/errors.js";
import { loadFontFaces } from "../report/load-font.js";
import { LIVE_POLICY, type LiveResults, renderLivePage, renderLiveResults } from "../report/render-live-page.js";
import { loadAndRenderPage } from "../report/write-report.js";
import { loadRun } from "../run/load-cells.js";
import type { RunWatch } from "../run/watch-run.js";

/** A server that runs. */
export interface RunServer {
  /** Where a browser finds it. */
  readonly url: string;
  /** Ends all connections and the server. */
  readonly close: () => Promise<void>;
}

const LOOK_MS = 1000;
/** Figures are drawn no more often than this. */
const RESULTS_MS = 3000;
/** Proxies and browsers give up on silent connections. */
const PING_LOOKS = 15;
const LOOPBACK_HOSTS: readonly string[] = ["127.0.0.1", "::1", "localhost"];

/**
 * Starts the server.
 *
 * @param port 0 takes a free one.
 * @throws {ConfigError} when the address cannot be used.
 */
export async function startRunServer(watch: RunWatch, host: string, port: number): Promise<RunServer> {
  const stream = new EventStream(watch), page = renderLivePage(watch.look().name, loadFontFaces());
  const server = createServer((request, response) => {
    answer(request, response, { watch, stream, page, isLoopback: LOOPBACK_HOSTS.includes(host) })
      .catch((error: unknown) => { send(response, 500, "text/plain; charset=utf-8", error instanceof PlmmError ? error.message : "a bug of plmm-lab"); });
  });
  await listen(server, host, port);
  stream.start();
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}/`,
    close: () => new Promise((resolve) => {
      stream.close();
      server.close(() => { resolve(); });
      server.closeAllConnections();
    }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(new ConfigError({ subject: "--port and --host", rule: "name an address that is free on this machine", got: `${host}:${port}`, where: cause.code ?? cause.message, hint: "Take any free port with: --port 0", cause }));
    });
    server.listen(port, host, resolve);
  });
}

interface ServedRun { readonly watch: RunWatch; readonly stream: EventStream; readonly page: string; readonly isLoopback: boolean }

async function answer(request: IncomingMessage, response: ServerResponse, { watch, stream, page, isLoopback }: ServedRun): Promise<void> {
  if (isLoopback && !LOOPBACK_HOSTS.includes(hostOf(request))) return send(response, 403, "text/plain; charset=utf-8", "Ask for 127.0.0.1 or localhost.");
  if (request.method !== "GET" && request.method !== "HEAD") return send(response, 405, "text/plain; charset=utf-8", "This page is for reading only.");
  switch (new URL(request.url ?? "/", "http://run").pathname) {
    case "/": return send(response, 200, "text/html; charset=utf-8", page, { "content-security-policy": LIVE_POLICY });
    case "/events": return stream.add(response);
    case "/state.json": return send(response, 200, "application/json", `${JSON.stringify(watch.look(), undefined, 2)}\n`);
    case "/report": return send(response, 200, "text/html; charset=utf-8", await loadAndRenderPage(loadRun(watch.folder)));
    default: return send(response, 404, "text/plain; charset=utf-8", "There are: / /events /state.json /report");
  }
}

/** Host name that a request asks for, without port and brackets. */
function hostOf({ headers }: IncomingMessage): string {
  return (headers.host ?? "").replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

function send(response: ServerResponse, status: number, type: string, text: string, more: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", ...more });
  response.end(text);
}

/** Looks at the run every second while somebody listens, and tells all listeners what has changed. */
class EventStream {
  private readonly watch: RunWatch;
  private readonly listeners = new Set<ServerResponse>();
  private timer: NodeJS.Timeout | undefined;
  private lastState = "";
  private lastResults = "";
  private shownCount = 0;
  private drawnAtMs = -Infinity;
  private isDrawing = false;
  private looks = 0;

  constructor(watch: RunWatch) { this.watch = watch; }

  start(): void { this.timer = setInterval(() => { this.look(); }, LOOK_MS); }

  close(): void {
    clearInterval(this.timer);
    for (const listener of this.listeners) listener.end();
  }

  /** A new listener gets what is known at once. */
  add(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
    response.write("retry: 2000\n\n");
    this.listeners.add(response);
    response.on("close", () => { this.listeners.delete(response); });
    if (this.lastState !== "") response.write(this.lastState);
    if (this.lastResults !== "") response.write(this.lastResults);
    this.look();
  }

  private look(): void {
    if (this.listeners.size === 0) return;
    try {
      const state = encodeEvent("state", this.watch.look());
      if (state !== this.lastState) this.tell(this.lastState = state);
      else if (this.looks++ % PING_LOOKS === 0) this.tell(": still here\n\n");
      void this.drawResults();
    } catch (error) {
      this.tell(encodeEvent("fault", error instanceof PlmmError ? error.message : String(error)));
    }
  }

  private async drawResults(): Promise<void> {
    const cells = this.watch.cells();
    if (this.isDrawing || cells.length === this.shownCount || performance.now() - this.drawnAtMs < RESULTS_MS) return;
    this.isDrawing = true;
    try {
      const results: LiveResults = await renderLiveResults(cells);
      this.tell(this.lastResults = encodeEvent("results", results));
      this.shownCount = cells.length;
    } catch (error) {
      this.tell(encodeEvent("fault", `The figures cannot be drawn: ${error instanceof Error ? error.message : String(error)}`));
    } finally {
      this.drawnAtMs = performance.now();
      this.isDrawing = false;
    }
  }

  private tell(text: string): void { for (const listener of this.listeners) listener.write(text); }
}

/** One server-sent event; JSON has no line breaks of its own. */
function encodeEvent(name: string, value: unknown): string { return `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`; }
