/**
 * A journal: entries that are on disk when `append` returns, read back in order at the next start. Every line carries a
 * hash of all before it, so a changed, lost or moved line is noticed; a last line that a crash cut off never counted.
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { DataError } from "../core/errors.js";
import { ProtocolError } from "./protocol-error.js";

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
 * @throws {ProtocolError} reason forged, for a damaged line; the file stays as it is.
 */
export function openJournal<Entry>(path: string, parse: (value: unknown) => Entry): OpenedJournal<Entry> {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0), end = bytes.lastIndexOf(NEW_LINE) + 1;
  const { entries, chain } = parseJournal(bytes.toString("utf8", 0, end), parse, path);
  return { entries, ...makeWriter<Entry>(path, end, chain) };
}

/**
 * Reads whole lines.
 *
 * @returns The entries, and the hash of them all.
 * @throws {ProtocolError} reason forged.
 */
export function parseJournal<Entry>(text: string, parse: (value: unknown) => Entry, path: string): { readonly entries: Entry[]; readonly chain: string } {
  let chain = "";
  const entries = text.split("\n").slice(0, -1).map((line, index) => {
    const text = line.slice(HASH_DIGITS + 1);
    chain = nextLink(chain, text);
    if (!line.startsWith(`${chain} `)) throw damagedLine(path, index);
    try {
      return parse(JSON.parse(text));
    } catch {
      throw damagedLine(path, index);
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
      const line = encodeLine(chain, entry);
      isDamaged = true;
      writeWhole(file, Buffer.from(line.text));
      fsyncSync(file);
      [chain, isDamaged] = [line.link, false];
    },
    close: () => { closeSync(file); },
  };
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

/** Entries as the bytes of a whole journal. */
export function encodeJournal(entries: readonly unknown[]): Buffer {
  let chain = "", text = "";
  for (const entry of entries) {
    const line = encodeLine(chain, entry);
    [chain, text] = [line.link, text + line.text];
  }
  return Buffer.from(text);
}

function encodeLine(chain: string, entry: unknown): { readonly link: string; readonly text: string } {
  const text = JSON.stringify(entry), link = nextLink(chain, text);
  return { link, text: `${link} ${text}\n` };
}

function nextLink(chain: string, text: string): string {
  return createHash("sha256").update(chain).update(text).digest("hex").slice(0, HASH_DIGITS);
}

function damagedLine(path: string, index: number): ProtocolError {
  return new ProtocolError("forged", `line ${index + 1} of ${path}`, "be the one that was written there", "a changed, lost or moved line", "Bring the file back from a copy; it was left as it is.");
}
