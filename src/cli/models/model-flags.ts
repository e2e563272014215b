/** Flags of the commands that load a model. */
import { availableParallelism } from "node:os";
import type { Argv } from "yargs";
import { ConfigError } from "../../core/errors.js";
import { loadModelFile, loadRuntimeFor, type ModelFile } from "../../models/runtimes/load-model-file.js";
import type { LoadedModel } from "../../models/runtimes/runtime.js";
import { checkThreads } from "../run-flags.js";

/** Flags as parsed. */
export interface ModelFlags { readonly file: string; readonly context: number | undefined; readonly threads: number }

const LONGEST_CONTEXT = 2 ** 20;

/** Declares the file and how to load it. */
export function addModelFlags<Arguments>(argv: Argv<Arguments>, usualContext: number): Argv<Arguments & ModelFlags> {
  return argv
    .positional("file", { type: "string", demandOption: true, describe: "A .gguf file, or an .onnx file that plmm wrote" })
    .option("context", { type: "number", requiresArg: true, describe: `Tokens of context; default ${usualContext}, or as many as the model was made for` })
    .option("threads", { type: "number", requiresArg: true, default: availableParallelism(), describe: "Threads" });
}

/** @throws {ConfigError} unless a context is a whole number of 2 tokens and more. */
export function checkContext(tokens: number): number {
  if (Number.isInteger(tokens) && tokens >= 2 && tokens <= LONGEST_CONTEXT) return tokens;
  throw new ConfigError({ subject: "--context", rule: `be a whole number from 2 to ${LONGEST_CONTEXT}`, got: tokens, hint: "4096 is a usual choice." });
}

/**
 * Loads the model, and frees it after `use`.
 *
 * @param usualContext Tokens of context when --context is not given, unless the model was made for fewer.
 * @throws as `loadModelFile` and `Runtime.load`.
 */
export async function withModel({ file: path, context, threads }: ModelFlags, usualContext: number, use: (model: LoadedModel, file: ModelFile) => Promise<void>): Promise<void> {
  const threadCount = checkThreads(threads), wished = context === undefined ? undefined : checkContext(context), file = loadModelFile(path);
  if (wished !== undefined && wished > file.contextTokens && file.format === "gguf") {
    process.stderr.write(`${path} was made for ${file.contextTokens} tokens of context; what it says beyond them may make no sense.\n`);
  }
  const model = await loadRuntimeFor(file.format).load(path, { contextTokens: wished ?? Math.min(usualContext, file.contextTokens), threads: threadCount });
  try {
    await use(model, file);
  } finally {
    await model.dispose();
  }
}
