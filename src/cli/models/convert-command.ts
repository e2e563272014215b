/** plmm models convert: a model of ours for the other engine. */
import { existsSync } from "node:fs";
import type { Argv, CommandModule } from "yargs";
import { ConfigError } from "../../core/errors.js";
import { writeOnnxOfGguf } from "../../models/onnx/convert-gguf.js";

interface ConvertArguments { readonly file: string; readonly output: string; readonly force: boolean }

/** The subcommand. */
export const convertCommand: CommandModule<object, ConvertArguments> = {
  command: "convert <file>",
  describe: "Write a GGUF file of ours as ONNX",
  builder: (argv: Argv) => argv
    .positional("file", { type: "string", demandOption: true, describe: "A .gguf file that plmm train wrote, or one quantized from it" })
    .option("output", { alias: "o", type: "string", requiresArg: true, demandOption: true, describe: "File to write, whole or not at all" })
    .option("force", { type: "boolean", default: false, describe: "Replace a file that is there" }),
  handler: ({ file, output, force }) => {
    if (existsSync(output) && !force) throw new ConfigError({ subject: "--output", rule: "be a new file", got: output, hint: "Give --force to replace it." });
    console.log(`${output}: ${writeOnnxOfGguf(file, output)} bytes, float32`);
  },
};
