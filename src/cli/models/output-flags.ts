/** Flags of the commands that write a model file from another. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Argv } from "yargs";
import { ConfigError } from "../../core/errors.js";

/** Flags as parsed. */
export interface OutputFlags { readonly file: string; readonly output: string; readonly force: boolean }

/** Declares the input, the output, and whether to replace it. */
export function addOutputFlags<Arguments>(argv: Argv<Arguments>, input: string): Argv<Arguments & OutputFlags> {
  return argv
    .positional("file", { type: "string", demandOption: true, describe: input })
    .option("output", { alias: "o", type: "string", requiresArg: true, demandOption: true, describe: "File to write, whole or not at all" })
    .option("force", { type: "boolean", default: false, describe: "Replace a file that is there" });
}

/** @throws {ConfigError} for an output that is there already, or is the input. */
export function checkOutput({ file, output, force }: OutputFlags): void {
  if (existsSync(output) && !force) throw new ConfigError({ subject: "--output", rule: "be a new file", got: output, hint: "Give --force to replace it." });
  if (resolve(output) === resolve(file)) throw new ConfigError({ subject: "--output", rule: "be another file than the input", got: output, hint: "The original weights are needed." });
}

/** `out.gguf: 123 bytes, 0.500 of 246`. */
export function describeOutput(output: string, bytesBefore: number, bytesAfter: number): string {
  return `${output}: ${bytesAfter} bytes, ${(bytesAfter / bytesBefore).toFixed(3)} of ${bytesBefore}`;
}
