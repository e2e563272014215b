/** Puts a GGUF file on disk whole or not at all. */
import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DataError, LimitError, PlmmError } from "../../core/errors.js";
import { layOutGguf } from "./encode-gguf.js";
import type { GgufMetadata, TensorEntry } from "./gguf-file.js";

/** A tensor to write. Its bytes are asked for when their turn comes, so that one tensor is in memory at a time. */
export interface TensorToWrite extends TensorEntry {
  /** Numbers as the kind packs them. */
  readonly bytes: () => Uint8Array;
}

/**
 * Writes a file beside its final name, flushes it, and renames it.
 *
 * @returns Bytes written.
 * @throws {LimitError} when the disk is full; {DataError} when the place cannot be written. Nothing is left then.
 */
export function writeGguf(path: string, metadata: GgufMetadata, tensors: readonly TensorToWrite[]): number {
  const layout = layOutGguf(metadata, tensors), temporary = join(dirname(path), `.writing-${process.pid}-${basename(path)}`);
  try {
    const file = openSync(temporary, "w");
    try {
      writeAt(file, layout.header, 0);
      tensors.forEach((tensor, i) => { writeAt(file, tensor.bytes(), layout.offsets[i]!); });
      ftruncateSync(file, layout.byteLength);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw describeWriteFault(path, layout.byteLength, cause);
  }
  return layout.byteLength;
}

function writeAt(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

function describeWriteFault(path: string, byteLength: number, cause: unknown): PlmmError {
  if (cause instanceof PlmmError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new LimitError({ subject: `the disk of ${path}`, rule: `have room for ${byteLength} bytes`, got: code, hint: "Free some space or give -o on another disk; nothing was left there.", cause });
  }
  return new DataError({ subject: path, rule: "be a file in a folder that can be written", got: code, hint: "Make the folder, or choose another place.", cause });
}
