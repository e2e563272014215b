/**
 * A journal: entries that are on disk when `append` returns, read back in order at the next start. Every line carries a
 * hash of all before it, so a changed, lost or moved line is noticed; a last line that a crash cut off never counted.
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { DataError } from "../core/errors.js";

/** Takes entries; each is durable when the call returns. */
export interface Journal<Entry> { append(entry: Entry): void; close(): void }

/** A journal and the entries it held before. */
export interface OpenedJournal<Entry> extends Journal<Entry> { readonly entries: readonly Entry[] }

const HASH_DIGITS = 16;
const NEW_LINE = 10;

/**
 * Opens a journal or begins one. One process at a time.
 *
 * @param parse Reads one entry; throws what it cannot read.
 * @throws {DataError} for a damaged line; the file stays as it is.
 */
export function openJournal<Entry>(path: string, parse: (value: unknown) => Entry): OpenedJournal<Entry> {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0), end = bytes.lastIndexOf(NEW_LINE) + 1;
  const { entries, chain } = readLines(bytes.toString("utf8", 0, end).split("\n").slice(0, -1), parse, path);
  return { entries, ...makeWriter<Entry>(path, end, chain) };
}

function readLines<Entry>(lines: readonly string[], parse: (value: unknown) => Entry, path: string): { entries: Entry[]; chain: string } {
  let chain = "";
  const entries = lines.map((line, index) => {
    const text = line.slice(HASH_DIGITS + 1);
    chain = nextLink(chain, text);
    if (!line.startsWith(`${chain} `)) throw damagedLine(path, index);
    try {
      return parse(JSON.parse(text));
    } catch (cause) {
      throw damagedLine(path, index, cause);
    }
  });
  return { entries, chain };
}

/** @param end Bytes of whole lines; what a crash left behind them is cut off. */
function makeWriter<Entry>(path: string, end: number, start: string): Journal<Entry> {
  const file = openSync(path, "a", 0o600);
  let chain = start, isDamaged = false;
  if (fstatSync(file).size > end) ftruncateSync(file, end);
  return {
    append(entry): void {
      if (isDamaged) throw new DataError({ subject: path, rule: "take whole lines", got: "an earlier line that could not be written", hint: "Free some space and start again." });
      const text = JSON.stringify(entry), link = nextLink(chain, text);
      isDamaged = true;
      writeWhole(file, Buffer.from(`${link} ${text}\n`));
      fsyncSync(file);
      [chain, isDamaged] = [link, false];
    },
    close: () => { closeSync(file); },
  };
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

function nextLink(chain: string, text: string): string {
  return createHash("sha256").update(chain).update(text).digest("hex").slice(0, HASH_DIGITS);
}

function damagedLine(path: string, index: number, cause?: unknown): DataError {
  return new DataError({ subject: path, rule: "hold the lines that were written, in their order", got: "a changed, lost or moved line", where: `line ${index + 1}`, hint: "Bring it back from a copy; it was left as it is.", cause });
}
