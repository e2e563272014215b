/** Puts a model file on disk whole or not at all. */
import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DataError, LimitError, PlmmError } from "../core/errors.js";

/** Puts bytes at a place of the file. */
export type WriteAt = (bytes: Uint8Array, position: number) => void;

/**
 * Writes a file beside its final name, flushes it, and renames it.
 *
 * @param fill Writes all parts, in any order.
 * @returns Bytes written.
 * @throws {LimitError} when the disk is full; {DataError} when the place cannot be written. Nothing is left then.
 */
export function writeWholeFile(path: string, byteLength: number, fill: (writeAt: WriteAt) => void): number {
  const temporary = join(dirname(path), `.writing-${process.pid}-${basename(path)}`);
  try {
    const file = openSync(temporary, "w");
    try {
      fill((bytes, position) => {
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, position + done);
      });
      ftruncateSync(file, byteLength);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw describeWriteFault(path, byteLength, cause);
  }
  return byteLength;
}

function describeWriteFault(path: string, byteLength: number, cause: unknown): PlmmError {
  if (cause instanceof PlmmError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new LimitError({ subject: `the disk of ${path}`, rule: `have room for ${byteLength} bytes`, got: code, hint: "Free some space or give -o on another disk; nothing was left there.", cause });
  }
  return new DataError({ subject: path, rule: "be a file in a folder that can be written", got: code, hint: "Make the folder, or choose another place.", cause });
}
