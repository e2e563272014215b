/** Observations on their way to files, one line of JSON each. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Takes rows. */
export interface Lines<Row> { write(row: Row): void; close(): void }

/** Appends to every one of some files; they are for their owner only. */
export function openLines<Row>(...paths: readonly string[]): Lines<Row> {
  const files = paths.map((path) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, "a", 0o600);
  });
  return {
    write: (row) => { const line = `${JSON.stringify(row)}\n`; for (const file of files) writeSync(file, line); },
    close: () => { for (const file of files) closeSync(file); },
  };
}
