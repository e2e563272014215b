/** What a GGUF file says and holds, for people and as JSON. */
import { type GgufHeader, type GgufValue, weightCount } from "../../models/gguf/gguf-file.js";
import { bitsPerWeight } from "../../models/gguf/tensor-kinds.js";
import type { MemoryPrediction } from "../../models/runtimes/runtime.js";
import { renderRows, type RowValue } from "../../report/render-rows.js";
import { shortenText } from "./shorten-text.js";

const SHOWN_ITEMS = 3;

type SizedHeader = GgufHeader & { readonly byteLength: number };

/** Settings, then bytes by kind, then each tensor if wished. */
export function renderGguf(file: string, header: SizedHeader, withTensors: boolean): string {
  const settings = [...header.metadata].map(([key, value]) => `${key.padEnd(42)} ${showValue(value)}`);
  const kinds = renderRows(["kind", "tensors", "weights", "bytes", "bits per weight"], bytesByKind(header).map((row) => Object.values(row)), "text");
  const tensors = withTensors ? [renderRows(["tensor", "kind", "shape", "byte"], header.tensors.map(({ name, kind, shape, byteOffset }) => [name, kind.name, shape.join(" x "), byteOffset]), "text")] : [];
  return [`${file}: GGUF version ${header.version}, ${header.byteLength} bytes, ${header.tensors.length} tensors\n`, ...settings, `\n${kinds}`, ...tensors].join("\n");
}

/** The same as a plain value. */
export function ggufToJson(header: SizedHeader, memory: MemoryPrediction): unknown {
  const metadata = Object.fromEntries([...header.metadata].map(([key, value]) => [key, showValue(value)]));
  return { version: header.version, bytes: header.byteLength, metadata, kinds: bytesByKind(header), memory, tensors: header.tensors.map(({ kind, ...tensor }) => ({ ...tensor, kind: kind.name })) };
}

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
  if (value.type !== "array") return shortenText(typeof value.value === "string" ? JSON.stringify(value.value) : String(value.value));
  const shown = value.items.slice(0, SHOWN_ITEMS).map(String).join(", ");
  return shortenText(`${value.items.length} x ${value.itemType}: ${JSON.stringify(shown).slice(1, -1)}${value.items.length > SHOWN_ITEMS ? ", …" : ""}`);
}
