/** HTTP/2 requests to one process, over one connection that is opened again when it is gone. */
import { connect, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from "node:http2";
import { LiveError } from "./live-error.js";

/** A request. */
export interface Call { readonly path: string; readonly method?: "GET" | "POST"; readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array; readonly signal?: AbortSignal }

/** An answer whose body is still coming. */
export interface Reply { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: AsyncIterable<Buffer> }

/** How a connection is made: the certificate that an https origin must show, and the address that it is made from. */
export interface Connecting { readonly ca?: string; readonly localAddress?: string }

/** Calls a process. */
export class ProtocolClient {
  private session: ClientHttp2Session | undefined;

  constructor(private readonly origin: string, private readonly connecting: Connecting = {}) {}

  /** Sends a request and waits for the head of the answer. @throws {LiveError} unreachable, or deadline when the signal ends it. */
  async call({ path, method = "POST", headers = {}, body, signal }: Call): Promise<Reply> {
    if (signal?.aborted === true) throw tooLate(this.origin);
    const stream = this.open({ ...headers, ":path": path, ":method": method });
    const abort = (): void => { stream.destroy(tooLate(this.origin)); };
    signal?.addEventListener("abort", abort, { once: true });
    stream.once("close", () => { signal?.removeEventListener("abort", abort); });
    stream.end(body);
    const answered = await headOf(stream, this.origin);
    return { status: Number(answered[":status"]), headers: answered, body: piecesOf(stream, this.origin) };
  }

  /** Sends a request and gives the whole answer. @throws as `call`. */
  async fetch(call: Call): Promise<{ readonly status: number; readonly bytes: Buffer }> {
    const { status, body } = await this.call(call), pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(piece);
    return { status, bytes: Buffer.concat(pieces) };
  }

  close(): void { this.session?.destroy(); }

  private open(headers: Record<string, string>): ClientHttp2Stream {
    try {
      if (this.session === undefined || this.session.closed || this.session.destroyed) this.session = this.connect();
      return this.session.request(headers);
    } catch {
      throw unreachable(this.origin);
    }
  }

  private connect(): ClientHttp2Session {
    const session = connect(this.origin, this.connecting);
    session.on("error", () => { session.destroy(); }).on("goaway", () => { session.close(); });
    session.unref();
    return session;
  }
}

function headOf(stream: ClientHttp2Stream, origin: string): Promise<IncomingHttpHeaders> {
  return new Promise((resolve, reject) => {
    stream.once("response", resolve);
    stream.once("error", (error) => { reject(error instanceof LiveError ? error : unreachable(origin)); });
    stream.once("close", () => { reject(unreachable(origin)); });
  });
}

async function* piecesOf(stream: ClientHttp2Stream, origin: string): AsyncGenerator<Buffer> {
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    throw error instanceof LiveError ? error : unreachable(origin);
  } finally {
    stream.destroy();
  }
  if (stream.rstCode !== 0) throw unreachable(origin);
}

function unreachable(origin: string): LiveError {
  return new LiveError("unreachable", `the process at ${origin}`, "take requests to their end", "a broken connection", "Look whether it runs: plmm live status.");
}

function tooLate(origin: string): LiveError {
  return new LiveError("deadline", `the process at ${origin}`, "answer within the deadline", "no answer", "Ask again, or raise deadlines in the config.");
}
