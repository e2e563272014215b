/** plmm models inspect: what a GGUF file says and holds, and the memory it will take. */
import type { Argv, CommandModule } from "yargs";
import { type GgufHeader, type GgufValue, weightCount } from "../../models/gguf/gguf-file.js";
import { loadGgufHeader } from "../../models/gguf/load-gguf.js";
import { bitsPerWeight } from "../../models/gguf/tensor-kinds.js";
import { predictGgufMemory } from "../../models/runtimes/predict-memory.js";
import { renderRows, type RowValue } from "../../report/render-rows.js";
import { checkContext } from "./model-flags.js";

interface InspectArguments { readonly file: string; readonly context: number; readonly tensors: boolean; readonly json: boolean }

const LONGEST_VALUE = 70;
const SHOWN_ITEMS = 3;

/** The subcommand. */
export const inspectCommand: CommandModule<object, InspectArguments> = {
  command: "inspect <file>",
  describe: "Settings, tensors, bytes by kind, and memory of a GGUF file",
  builder: (argv: Argv) => argv
    .positional("file", { type: "string", demandOption: true, describe: "A .gguf file" })
    .option("context", { type: "number", requiresArg: true, default: 4096, describe: "Tokens of context to predict memory for" })
    .option("tensors", { type: "boolean", default: false, describe: "List every tensor" })
    .option("json", { type: "boolean", default: false, describe: "Print JSON" }),
  handler: ({ file, context, tensors, json }) => {
    const header = loadGgufHeader(file), memory = predictGgufMemory(header, { contextTokens: checkContext(context) }, file);
    const kinds = bytesByKind(header);
    if (json) {
      const metadata = Object.fromEntries([...header.metadata].map(([key, value]) => [key, showValue(value)]));
      console.log(JSON.stringify({ version: header.version, bytes: header.byteLength, metadata, kinds, memory, tensors: header.tensors.map(({ kind, ...tensor }) => ({ ...tensor, kind: kind.name })) }, undefined, 2));
      return;
    }
    console.log(`${file}: GGUF version ${header.version}, ${header.byteLength} bytes, ${header.tensors.length} tensors\n`);
    for (const [key, value] of header.metadata) console.log(`${key.padEnd(42)} ${showValue(value)}`);
    console.log(`\n${renderRows(["kind", "tensors", "weights", "bytes", "bits per weight"], kinds.map((row) => Object.values(row)), "text")}`);
    if (tensors) console.log(renderRows(["tensor", "kind", "shape", "byte"], header.tensors.map(({ name, kind, shape, byteOffset }) => [name, kind.name, shape.join(" x "), byteOffset]), "text"));
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
    console.log(`Memory at ${context} tokens of context: ${megabytes(memory.totalBytes)} (weights ${megabytes(memory.weightBytes)}, context ${megabytes(memory.cacheBytes)}, work ${megabytes(memory.workBytes)})`);
  },
};

function bytesByKind({ tensors }: GgufHeader): Record<string, RowValue>[] {
  return [...new Set(tensors.map(({ kind }) => kind))].map((kind) => {
    const own = tensors.filter((tensor) => tensor.kind === kind);
    return {
      kind: kind.name, tensors: own.length, weights: own.reduce((sum, tensor) => sum + weightCount(tensor), 0),
      bytes: own.reduce((sum, { byteLength }) => sum + byteLength, 0), bitsPerWeight: Number(bitsPerWeight(kind).toFixed(4)),
    };
  });
}

/** One line: long texts cut, of lists the first items. */
function showValue(value: GgufValue): string {
  if (value.type !== "array") return shorten(typeof value.value === "string" ? JSON.stringify(value.value) : String(value.value));
  const shown = value.items.slice(0, SHOWN_ITEMS).map(String).join(", ");
  return shorten(`${value.items.length} x ${value.itemType}: ${JSON.stringify(shown).slice(1, -1)}${value.items.length > SHOWN_ITEMS ? ", …" : ""}`);
}

function shorten(text: string): string { return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text; }
