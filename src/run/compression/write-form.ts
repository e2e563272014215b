/** Files of a member in one form. */
import { copyFileSync, rmSync, statSync } from "node:fs";
import { parseLlamaShape } from "../../models/gguf/llama-gguf.js";
import { loadGgufHeader } from "../../models/gguf/load-gguf.js";
import { writeQuantizedOnnx } from "../../models/onnx/write-quantized-onnx.js";
import { writePruned } from "../../models/prune/write-pruned.js";
import { writeQuantizedGguf } from "../../models/quantize/write-quantized-gguf.js";
import type { AskedMember } from "../family/load-asked-member.js";
import type { CompressedForm } from "./compressed-forms.js";

/**
 * Writes a member in a form.
 *
 * @returns Bytes of the file.
 * @throws {ShapeError} when the rows of the model cannot be packed so.
 */
export function writeForm(member: AskedMember, { format, prune, to }: CompressedForm, path: string): number {
  const original = format === "gguf" ? member.gguf : member.onnx, pruned = prune === undefined ? original : `${path}.pruned`;
  try {
    if (prune !== undefined) writePruned(format, original, pruned, prune(parseLlamaShape(loadGgufHeader(member.gguf), member.gguf)));
    if (to === undefined) copyFileSync(pruned, path);
    else if (format === "gguf") writeQuantizedGguf(pruned, path, to);
    else writeQuantizedOnnx(pruned, path, to);
  } finally {
    if (prune !== undefined) rmSync(pruned, { force: true });
  }
  return statSync(path).size;
}
