/** plmm models convert: a model of ours for the other engine. */
import type { Argv, CommandModule } from "yargs";
import { writeOnnxOfGguf } from "../../models/onnx/convert-gguf.js";
import { addOutputFlags, checkOutput, type OutputFlags } from "./output-flags.js";

/** The subcommand. */
export const convertCommand: CommandModule<object, OutputFlags> = {
  command: "convert <file>",
  describe: "Write a GGUF file of ours as ONNX",
  builder: (argv: Argv) => addOutputFlags(argv, "A .gguf file that plmm train wrote, or one quantized from it"),
  handler: (flags) => {
    checkOutput(flags);
    console.log(`${flags.output}: ${writeOnnxOfGguf(flags.file, flags.output)} bytes, float32`);
  },
};
