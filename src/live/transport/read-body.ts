/** Bodies of requests: whole, bounded in bytes and in time, so that neither a flood nor a trickle holds a server. */
import type { Readable } from "node:stream";
import { LiveError } from "./live-error.js";

/** How much, and for how long. */
export interface BodyLimits { readonly largestBytes: number; readonly withinMs: number }

/** Reads a body. @throws {LiveError} oversized or slow; the rest is not read. */
export function readBody(source: Readable, { largestBytes, withinMs }: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      source.off("data", take);
      settle();
    };
    const fail = (error: LiveError): void => { end(() => { source.pause(); reject(error); }); };
    const take = (piece: Buffer): void => {
      bytes += piece.length;
      if (bytes > largestBytes) fail(new LiveError("oversized", "a request", `have at most ${largestBytes} bytes`, bytes, "Send less."));
      else pieces.push(piece);
    };
    const timer = setTimeout(() => { fail(new LiveError("slow", "a request", `come within ${withinMs} ms`, `${bytes} bytes by then`, "Send it faster.")); }, withinMs);
    source.on("data", take);
    source.once("end", () => { end(() => { resolve(Buffer.concat(pieces)); }); });
    const gone = (): void => { fail(new LiveError("gone", "a request", "come to its end", "a closed connection", "Send it again.")); };
    source.once("error", gone);
    source.once("close", gone);
  });
}
