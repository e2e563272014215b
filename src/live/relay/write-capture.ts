/** What the relay saw, one line of JSON for each exchange. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** An exchange as the relay saw it: sizes and instants of sealed bytes. Instants are microseconds since 1970. */
export interface SeenExchange {
  readonly clientId: number;
  readonly requestAtUs: number;
  readonly requestBytes: number;
  readonly chunks: readonly { readonly atUs: number; readonly bytes: number }[];
}

/** Takes exchanges. */
export interface Capture { write(exchange: SeenExchange): void; close(): void }

/** Appends to a file. */
export function openCapture(path: string): Capture {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(path, "a", 0o600);
  return { write: (exchange) => { writeSync(file, `${JSON.stringify(exchange)}\n`); }, close: () => { closeSync(file); } };
}
