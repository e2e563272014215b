/** plmm models quantize: a smaller copy of a model file. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { ConfigError } from "../../core/errors.js";
import { RECIPES } from "../../models/quantize/quantize-plan.js";
import { writeQuantizedGguf } from "../../models/quantize/write-quantized-gguf.js";

interface QuantizeArguments { readonly file: string; readonly to: string; readonly output: string; readonly force: boolean }

/** The subcommand. */
export const quantizeCommand: CommandModule<object, QuantizeArguments> = {
  command: "quantize <file>",
  describe: "Write a smaller copy of a GGUF file, by llama.cpp's quantizer",
  builder: (argv: Argv) => argv
    .positional("file", { type: "string", demandOption: true, describe: "A .gguf file in F32, F16 or BF16" })
    .option("to", { type: "string", requiresArg: true, demandOption: true, describe: `Kind: ${RECIPES.join(", ")}` })
    .option("output", { alias: "o", type: "string", requiresArg: true, demandOption: true, describe: "File to write, whole or not at all" })
    .option("force", { type: "boolean", default: false, describe: "Replace a file that is there" })
    .epilogue("Matrices become the kind; vectors stay. The matrix to the vocabulary gets at least Q6_K (Q8_0 where\nits rows are no multiples of 256), and so does the token table when it serves as that matrix."),
  handler: ({ file, to, output, force }) => {
    if (existsSync(output) && !force) throw new ConfigError({ subject: "--output", rule: "be a new file", got: output, hint: "Give --force to replace it." });
    if (resolve(output) === resolve(file)) throw new ConfigError({ subject: "--output", rule: "be another file than the input", got: output, hint: "Quantizing needs the original weights." });
    const isTerminal = process.stderr.isTTY;
    const { bytesBefore, bytesAfter, kinds } = writeQuantizedGguf(file, output, to, (name, index, count) => {
      if (isTerminal) process.stderr.write(`\r${index + 1}/${count} ${name}\u001b[K${index + 1 === count ? "\r\u001b[K" : ""}`);
    });
    console.log(`${output}: ${bytesAfter} bytes, ${(bytesAfter / bytesBefore).toFixed(3)} of ${bytesBefore}; ${[...kinds].map(([kind, count]) => `${count} ${kind}`).join(", ")}`);
  },
};
