/** Files of a model in one form. */
import { copyFileSync, rmSync, statSync } from "node:fs";
import { parseLlamaShape } from "../../models/gguf/llama-gguf.js";
import { loadGgufHeader } from "../../models/gguf/load-gguf.js";
import { writeQuantizedOnnx } from "../../models/onnx/write-quantized-onnx.js";
import { writePruned } from "../../models/prune/write-pruned.js";
import { writeQuantizedGguf } from "../../models/quantize/write-quantized-gguf.js";
import type { ModelFormat } from "../../models/runtimes/load-model-file.js";
import type { CompressedForm } from "./compressed-forms.js";

/** Paths of a model before it is compressed, in both formats with the same weights. */
export type OriginalFiles = Readonly<Record<ModelFormat, string>>;

/**
 * Writes a model in a form.
 *
 * @returns Bytes of the file.
 * @throws {ShapeError} when the rows of the model cannot be packed so.
 */
export function writeForm(originals: OriginalFiles, { format, prune, to }: CompressedForm, path: string): number {
  const original = originals[format], pruned = prune === undefined ? original : `${path}.pruned`;
  try {
    if (prune !== undefined) writePruned(format, original, pruned, prune(parseLlamaShape(loadGgufHeader(originals.gguf), originals.gguf)));
    if (to === undefined) copyFileSync(pruned, path);
    else if (format === "gguf") writeQuantizedGguf(pruned, path, to);
    else writeQuantizedOnnx(pruned, path, to);
  } finally {
    if (prune !== undefined) rmSync(pruned, { force: true });
  }
  return statSync(path).size;
}
