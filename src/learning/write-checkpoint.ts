/** Checkpoints on disk: whole or not at all. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { DataError } from "../core/errors.js";
import { decodeCheckpoint, encodeCheckpoint, type TrainingState } from "./training-state.js";

/**
 * Writes a checkpoint. Until it is complete and on the disk, the file of that name stays as it was.
 *
 * @throws {DataError} when the disk refuses it; nothing unfinished is left behind.
 */
export function writeCheckpoint(path: string, state: TrainingState): void {
  const unfinished = `${path}.unfinished`, bytes = encodeCheckpoint(state);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeDurably(unfinished, bytes);
    renameSync(unfinished, path);
  } catch (cause) {
    if (existsSync(unfinished)) rmSync(unfinished);
    throw new DataError({
      subject: `checkpoint ${path}`, rule: "be written whole", got: cause instanceof Error ? cause.message : cause, cause,
      hint: "Free space on the disk or give another folder; the checkpoint before is untouched.",
    });
  }
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "w");
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads a checkpoint.
 *
 * @throws {DataError} when there is none, or it is damaged.
 */
export function loadCheckpoint(path: string): TrainingState {
  try {
    return decodeCheckpoint(readFileSync(path), path);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError({ subject: `checkpoint ${path}`, rule: "be readable", got: cause instanceof Error ? cause.message : cause, cause, hint: "Check the path, or start without a checkpoint." });
  }
}
