/** Flags of the commands that load a model. */
import { availableParallelism } from "node:os";
import type { Argv } from "yargs";
import { ConfigError } from "../../core/errors.js";
import { loadLlamaRuntime } from "../../models/runtimes/load-llama-runtime.js";
import type { LoadedModel } from "../../models/runtimes/runtime.js";
import { checkThreads } from "../run-flags.js";

/** Flags as parsed. */
export interface ModelFlags { readonly file: string; readonly context: number; readonly threads: number }

const LONGEST_CONTEXT = 2 ** 20;

/** Declares the file and how to load it. */
export function addModelFlags<Arguments>(argv: Argv<Arguments>, context: number): Argv<Arguments & ModelFlags> {
  return argv
    .positional("file", { type: "string", demandOption: true, describe: "A .gguf file" })
    .option("context", { type: "number", requiresArg: true, default: context, describe: "Tokens of context" })
    .option("threads", { type: "number", requiresArg: true, default: availableParallelism(), describe: "Threads" });
}

/** @throws {ConfigError} unless a context is a whole number of 2 tokens and more. */
export function checkContext(tokens: number): number {
  if (Number.isInteger(tokens) && tokens >= 2 && tokens <= LONGEST_CONTEXT) return tokens;
  throw new ConfigError({ subject: "--context", rule: `be a whole number from 2 to ${LONGEST_CONTEXT}`, got: tokens, hint: "4096 is a usual choice." });
}

/** Loads the model, and frees it after `use`. @throws as `Runtime.load`. */
export async function withModel(flags: ModelFlags, use: (model: LoadedModel) => Promise<void>): Promise<void> {
  const model = await loadLlamaRuntime().load(flags.file, { contextTokens: checkContext(flags.context), threads: checkThreads(flags.threads) });
  try {
    await use(model);
  } finally {
    await model.dispose();
  }
}
