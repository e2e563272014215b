/** plmm models quantize: a smaller copy of a model file. */
import type { Argv, CommandModule } from "yargs";
import { writeQuantizedOnnx } from "../../models/onnx/write-quantized-onnx.js";
import { PACKED_KINDS } from "../../models/quantize/packed-matrix.js";
import { RECIPES } from "../../models/quantize/quantize-plan.js";
import { writeQuantizedGguf } from "../../models/quantize/write-quantized-gguf.js";
import { loadModelFormat } from "../../models/runtimes/load-model-file.js";
import { addOutputFlags, checkOutput, describeOutput, type OutputFlags } from "./output-flags.js";

interface QuantizeArguments extends OutputFlags { readonly to: string }

/** The subcommand. */
export const quantizeCommand: CommandModule<object, QuantizeArguments> = {
  command: "quantize <file>",
  describe: "Write a smaller copy of a GGUF file, by llama.cpp's quantizer, or of an ONNX file",
  builder: (argv: Argv) => addOutputFlags(argv, "A .gguf file in F32, F16 or BF16, or an .onnx file that plmm wrote in float32")
    .option("to", { type: "string", requiresArg: true, demandOption: true, describe: `Kind. GGUF: ${RECIPES.join(", ")}. ONNX: ${PACKED_KINDS.join(", ")}` })
    .epilogue("Matrices become the kind; vectors stay. In GGUF the matrix to the vocabulary gets at least Q6_K (Q8_0 where\nits rows are no multiples of 256), and so does the token table when it serves as that matrix. In ONNX both\nget 8 bits with int4-block."),
  handler: (flags) => {
    checkOutput(flags);
    console.log(loadModelFormat(flags.file) === "gguf" ? quantizeGguf(flags) : quantizeOnnx(flags));
  },
};

function quantizeGguf({ file, output, to }: QuantizeArguments): string {
  const isTerminal = process.stderr.isTTY;
  const { bytesBefore, bytesAfter, kinds } = writeQuantizedGguf(file, output, to, (name, index, count) => {
    if (isTerminal) process.stderr.write(`\r${index + 1}/${count} ${name}\u001b[K${index + 1 === count ? "\r\u001b[K" : ""}`);
  });
  return `${describeOutput(output, bytesBefore, bytesAfter)}; ${[...kinds].map(([kind, count]) => `${count} ${kind}`).join(", ")}`;
}

function quantizeOnnx({ file, output, to }: QuantizeArguments): string {
  const { bytesBefore, bytesAfter } = writeQuantizedOnnx(file, output, to);
  return describeOutput(output, bytesBefore, bytesAfter);
}
