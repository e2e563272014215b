/** The forms in which a model is measured: every quantization of both formats, steps of pruning, and both together. */
import type { LlamaShape } from "../../models/llama/llama-shape.js";
import type { PruneSteps } from "../../models/prune/prune-model.js";
import type { ModelFormat } from "../../models/runtimes/load-model-file.js";

/** How a file gets its form. */
export type CompressionWay = "original" | "quantized" | "pruned" | "low rank" | "pruned and quantized";

/** A form. */
export interface CompressedForm {
  readonly format: ModelFormat;
  /** As tables have it: "Q4_K", "half of the channels". */
  readonly name: string;
  readonly way: CompressionWay;
  /** What is taken away first. */
  readonly prune?: (shape: LlamaShape) => PruneSteps;
  /** Kind it is quantized to at the end. */
  readonly to?: string;
}

/** Channels that are kept come in blocks of this, so that Q4_0 can follow. */
const BLOCK = 32;

const channels = (share: number) => ({ feedForward }: LlamaShape): PruneSteps => ({ channels: Math.max(BLOCK, BLOCK * Math.round(share * feedForward / BLOCK)) });
const rank = (share: number) => ({ width }: LlamaShape): PruneSteps => ({ rank: Math.round(share * width) });
const halfOfHeads = ({ kvHeads }: LlamaShape): PruneSteps => ({ heads: Math.ceil(kvHeads / 2) });

/** Quantization: the originals of both formats, then from many bits to few. */
export const QUANTIZED_FORMS: readonly CompressedForm[] = [
  { format: "gguf", name: "F16", way: "original" }, { format: "onnx", name: "float32", way: "original" },
  ...["Q8_0", "Q6_K", "Q5_K", "Q4_K", "Q4_0", "IQ4_NL", "Q3_K", "Q2_K"].map((to): CompressedForm => ({ format: "gguf", name: to, way: "quantized", to })),
  ...["int8", "int8-block", "int4-block"].map((to): CompressedForm => ({ format: "onnx", name: to, way: "quantized", to })),
];

/** Pruning and low rank, some of it with quantization on top. */
export const PRUNED_FORMS: readonly CompressedForm[] = [
  ...[0.25, 0.5, 0.75].map((share): CompressedForm => ({ format: "gguf", name: `${100 * share}% of weights zero`, way: "pruned", prune: () => ({ smallest: share }) })),
  { format: "gguf", name: "3/4 of channels", way: "pruned", prune: channels(0.75) }, { format: "gguf", name: "1/2 of channels", way: "pruned", prune: channels(0.5) },
  { format: "gguf", name: "1/2 of heads", way: "pruned", prune: halfOfHeads },
  { format: "gguf", name: "3/4 of channels, Q4_0", way: "pruned and quantized", prune: channels(0.75), to: "Q4_0" },
  { format: "onnx", name: "rank 3/8", way: "low rank", prune: rank(0.375) }, { format: "onnx", name: "rank 1/4", way: "low rank", prune: rank(0.25) },
  { format: "onnx", name: "rank 3/8, int8", way: "pruned and quantized", prune: rank(0.375), to: "int8" },
];
