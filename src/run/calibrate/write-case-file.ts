/** The file of a calibration case. */
import { writeLlamaOnnx } from "../../models/onnx/write-llama-onnx.js";
import { patternedWeights, writePatternedGguf } from "../../models/quantize/write-patterned-gguf.js";
import { Tokenizer } from "../../models/tokenizer/tokenizer.js";
import type { LlamaShape } from "../../models/llama/llama-shape.js";
import type { CalibrationCase } from "./calibration-plan.js";

const BYTE_TOKENS = 256, END = "<end>";

/** Writes it, whole or not at all. Returns its bytes. */
export function writeCaseFile(path: string, { runtime, shape, quant }: Pick<CalibrationCase, "runtime" | "shape" | "quant">): number {
  switch (runtime) {
    case "llama.cpp": return writePatternedGguf(path, shape, quant);
    case "ONNX Runtime": return writeLlamaOnnx(path, { shape, tokenizer: fillerTokenizer(shape), endName: END }, patternedWeights(shape));
    default: return runtime satisfies never;
  }
}

/** A token per byte behind fillers and the end token, which stand in no text. */
function fillerTokenizer({ vocabulary }: LlamaShape): Tokenizer {
  return new Tokenizer({ specials: [...Array.from({ length: vocabulary - BYTE_TOKENS - 1 }, (_, i) => `<unused-${i}>`), END], merges: [] });
}
