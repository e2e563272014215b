/** plmm models: what models there are, and what can be done with model files. */
import type { Argv, CommandModule } from "yargs";
import { askCommand } from "../models/ask-command.js";
import { chatCommand } from "../models/chat-command.js";
import { convertCommand } from "../models/convert-command.js";
import { evalCommand } from "../models/eval-command.js";
import { familyCommand } from "../models/family-command.js";
import { inspectCommand } from "../models/inspect-command.js";
import { listCommand } from "../models/list-command.js";
import { measureCommand } from "../models/measure-command.js";
import { pruneCommand } from "../models/prune-command.js";
import { pullCommand } from "../models/pull-command.js";
import { quantizeCommand } from "../models/quantize-command.js";

/** The command. */
export const command: CommandModule = {
  command: "models",
  describe: "Model cards and model files: list, pull, inspect, quantize, prune, convert, chat, eval, ask, family, measure",
  builder: (argv: Argv) => argv
    .command(listCommand as never).command(pullCommand as never).command(inspectCommand as never)
    .command(quantizeCommand as never).command(pruneCommand as never).command(convertCommand as never).command(chatCommand as never).command(evalCommand as never).command(askCommand as never).command(familyCommand as never).command(measureCommand as never)
    .demandCommand(1, "Give: list, pull, inspect, quantize, prune, convert, chat, eval, ask, family or measure.")
    .example("$0 models list", "Models, and their gigabytes in four formats.")
    .example("$0 models pull qwen3-0.6b", "Fetch a public model; goes on where it stopped.")
    .example("$0 models quantize IN.gguf --to Q4_K -o OUT.gguf", "By llama.cpp's own quantizer.")
    .example("$0 models quantize IN.onnx --to int8 -o OUT.onnx", "For ONNX Runtime.")
    .example("$0 models chat MODEL.gguf", "Talk to it; Ctrl-C ends an answer."),
  handler: () => { /* yargs runs the subcommand */ },
};
