/** plmm models prune: a copy of a model file with parts taken out or zeroed. */
import type { Argv, CommandModule } from "yargs";
import { ConfigError } from "../../core/errors.js";
import type { PruneSteps } from "../../models/prune/prune-model.js";
import { writePruned } from "../../models/prune/write-pruned.js";
import { loadModelFormat } from "../../models/runtimes/load-model-file.js";
import { addOutputFlags, checkOutput, describeOutput, type OutputFlags } from "./output-flags.js";

type PruneArguments = OutputFlags & { readonly [Step in keyof PruneSteps]-?: number | undefined };

/** The subcommand. */
export const pruneCommand: CommandModule<object, PruneArguments> = {
  command: "prune <file>",
  describe: "Write a copy of a GGUF or ONNX file with weak parts taken out",
  builder: (argv: Argv) => addOutputFlags(argv, "A .gguf file in F32, F16 or BF16, or an .onnx file that plmm wrote in float32")
    .option("channels", { type: "number", requiresArg: true, describe: "Feed-forward channels to keep in each layer, the strongest; the file gets smaller" })
    .option("heads", { type: "number", requiresArg: true, describe: "Groups of heads to keep in each layer, the strongest; others are silenced" })
    .option("smallest", { type: "number", requiresArg: true, describe: "Share of the smallest weights of each matrix to set to zero, from 0 to 1; files keep their size" })
    .option("rank", { type: "number", requiresArg: true, describe: "ONNX: matrices become products of two of this rank, where that is smaller" }),
  handler: (flags) => {
    checkOutput(flags);
    const { bytesBefore, bytesAfter } = writePruned(loadModelFormat(flags.file), flags.file, flags.output, stepsOf(flags));
    console.log(describeOutput(flags.output, bytesBefore, bytesAfter));
  },
};

function stepsOf({ channels, heads, smallest, rank }: PruneArguments): PruneSteps {
  const given = Object.entries({ channels, heads, smallest, rank }).filter(([, value]) => value !== undefined);
  if (given.length === 0) throw new ConfigError({ subject: "the command line", rule: "say what to prune", got: "nothing", hint: "Give --channels, --heads, --smallest or --rank." });
  return Object.fromEntries(given);
}
