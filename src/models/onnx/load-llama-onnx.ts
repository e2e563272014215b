/** Our ONNX files on disk. */
import { readFileSync } from "node:fs";
import { DataError } from "../../core/errors.js";
import { type LlamaOnnx, parseLlamaOnnx } from "./llama-onnx.js";

/**
 * The model in one of our files.
 *
 * @throws {DataError} as `parseLlamaOnnx`, and for a file that cannot be read.
 */
export function loadLlamaOnnx(path: string): LlamaOnnx { return parseLlamaOnnx(loadOnnxBytes(path), path); }

/** Bytes of a file. @throws {DataError} when it cannot be read. */
export function loadOnnxBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new DataError({ subject: path, rule: "be a readable file", got: (cause as NodeJS.ErrnoException).code ?? "unreadable", hint: "Give the path of an .onnx file.", cause });
  }
}
