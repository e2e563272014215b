/** plmm models inspect: what a model file says and holds, and the memory it will take. */
import type { Argv, CommandModule } from "yargs";
import { loadGgufHeader } from "../../models/gguf/load-gguf.js";
import { parameterCount } from "../../models/llama/llama-shape.js";
import { shapeOfModel } from "../../models/llama/llama-inference.js";
import { describeOnnx } from "../../models/onnx/describe-onnx.js";
import { loadOnnxBytes } from "../../models/onnx/load-llama-onnx.js";
import { decodeOnnx } from "../../models/onnx/onnx-model.js";
import { loadModelFormat } from "../../models/runtimes/load-model-file.js";
import { loadOnnxRuntime } from "../../models/runtimes/load-onnx-runtime.js";
import { predictGgufMemory } from "../../models/runtimes/predict-memory.js";
import type { MemoryPrediction } from "../../models/runtimes/runtime.js";
import { checkContext } from "./model-flags.js";
import { ggufToJson, renderGguf } from "./render-gguf.js";
import { renderOnnx } from "./render-onnx.js";

interface InspectArguments { readonly file: string; readonly context: number; readonly tensors: boolean; readonly json: boolean }

/** The subcommand. */
export const inspectCommand: CommandModule<object, InspectArguments> = {
  command: "inspect <file>",
  describe: "Settings, tensors, bytes by kind, and memory of a GGUF or ONNX file",
  builder: (argv: Argv) => argv
    .positional("file", { type: "string", demandOption: true, describe: "A .gguf or .onnx file" })
    .option("context", { type: "number", requiresArg: true, default: 4096, describe: "Tokens of context to predict memory for" })
    .option("tensors", { type: "boolean", default: false, describe: "List every tensor" })
    .option("json", { type: "boolean", default: false, describe: "Print JSON" })
    .epilogue("Memory of an ONNX file is predicted when plmm wrote it."),
  handler: (flags) => {
    checkContext(flags.context);
    if (loadModelFormat(flags.file) === "gguf") inspectGguf(flags); else inspectOnnx(flags);
  },
};

function inspectGguf({ file, context, tensors, json }: InspectArguments): void {
  const header = loadGgufHeader(file), memory = predictGgufMemory(header, { contextTokens: context }, file);
  console.log(json ? JSON.stringify(ggufToJson(header, memory), undefined, 2) : `${renderGguf(file, header, tensors)}\n${renderMemory(context, memory)}`);
}

function inspectOnnx({ file, context, tensors, json }: InspectArguments): void {
  const bytes = loadOnnxBytes(file), model = decodeOnnx(bytes, file), description = describeOnnx(model);
  const isOurs = description.producer === "plmm-lab", parameters = isOurs ? parameterCount(shapeOfModel(model, file)) : undefined;
  const memory = isOurs ? loadOnnxRuntime().predictMemory(file, { contextTokens: context }) : undefined;
  if (json) console.log(JSON.stringify({ bytes: bytes.length, parameters, memory, ...description }, undefined, 2));
  else console.log([renderOnnx(file, bytes.length, description, tensors), ...(parameters === undefined ? [] : [`Weights of the model: ${parameters}`]), ...(memory === undefined ? [] : [renderMemory(context, memory)])].join("\n"));
}

function renderMemory(context: number, { totalBytes, weightBytes, cacheBytes, workBytes }: MemoryPrediction): string {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  return `Memory at ${context} tokens of context: ${megabytes(totalBytes)} (weights ${megabytes(weightBytes)}, context ${megabytes(cacheBytes)}, work ${megabytes(workBytes)})`;
}
