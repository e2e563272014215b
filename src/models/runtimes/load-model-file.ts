/** Model files by their path, whatever their format: which engine runs them, and what they say of themselves. */
import { closeSync, openSync, readSync } from "node:fs";
import { DataError } from "../../core/errors.js";
import { type GgufHeader, MAGIC } from "../gguf/gguf-file.js";
import { wholeSetting } from "../gguf/llama-gguf.js";
import { loadGgufHeader } from "../gguf/load-gguf.js";
import { loadLlamaOnnx } from "../onnx/load-llama-onnx.js";
import { loadLlamaRuntime } from "./load-llama-runtime.js";
import { loadOnnxRuntime } from "./load-onnx-runtime.js";
import type { Runtime } from "./runtime.js";

/** Formats that plmm reads. */
export type ModelFormat = "gguf" | "onnx";

/** A file before its model is loaded. */
export interface ModelFile {
  readonly format: ModelFormat;
  /** Longest context that the model was made for. Tokens. */
  readonly contextTokens: number;
  /** Jinja template of prompts, if the file has one. */
  readonly chatTemplate: string | undefined;
  /** Texts of the tokens that begin and end. */
  readonly specials: { readonly start: string; readonly end: string };
}

/** First byte of ONNX files as all writers make them: the version, which is field 1. */
const USUAL_ONNX_START = 0x08;

/**
 * Format of a file, by how it begins.
 *
 * @throws {DataError} for files that cannot be read, and for others.
 */
export function loadModelFormat(path: string): ModelFormat {
  const start = readStart(path), isGguf = start.length === MAGIC.length && start.every((byte, i) => byte === MAGIC[i]);
  if (isGguf || path.endsWith(".gguf")) return "gguf";
  if (path.endsWith(".onnx") || start[0] === USUAL_ONNX_START) return "onnx";
  throw new DataError({ subject: path, rule: 'begin with "GGUF", or be an ONNX model', got: Buffer.from(start).toString("latin1"), hint: "Give the path of a .gguf or .onnx file; plmm models list names models to pull." });
}

/** What a file says of itself. @throws {DataError} for files that plmm cannot use. */
export function loadModelFile(path: string): ModelFile {
  if (loadModelFormat(path) === "onnx") {
    const { shape, endName } = loadLlamaOnnx(path);
    return { format: "onnx", contextTokens: shape.context, chatTemplate: undefined, specials: { start: "", end: endName } };
  }
  const header = loadGgufHeader(path), architecture = textSetting(header, "general.architecture") ?? "";
  return {
    format: "gguf", contextTokens: wholeSetting(header, `${architecture}.context_length`, path), chatTemplate: textSetting(header, "tokenizer.chat_template"),
    specials: { start: specialToken(header, "bos"), end: specialToken(header, "eos") },
  };
}

/** The engine that runs a format. */
export function loadRuntimeFor(format: ModelFormat): Runtime { return format === "gguf" ? loadLlamaRuntime() : loadOnnxRuntime(); }

function readStart(path: string): Uint8Array {
  const bytes = new Uint8Array(MAGIC.length);
  try {
    const file = openSync(path, "r");
    try {
      return bytes.subarray(0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new DataError({ subject: path, rule: "be a readable file", got: (cause as NodeJS.ErrnoException).code ?? "unreadable", hint: "Give the path of a .gguf or .onnx file; plmm models list names models to pull.", cause });
  }
}

function textSetting({ metadata }: GgufHeader, key: string): string | undefined {
  const found = metadata.get(key);
  return found?.type === "string" ? found.value : undefined;
}

function specialToken({ metadata }: GgufHeader, name: "bos" | "eos"): string {
  const tokens = metadata.get("tokenizer.ggml.tokens"), id = metadata.get(`tokenizer.ggml.${name}_token_id`);
  return tokens?.type === "array" && tokens.itemType === "string" && id?.type === "uint32" ? tokens.items[id.value] ?? "" : "";
}
