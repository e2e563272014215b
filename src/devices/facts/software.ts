/** What software ran on what part of the chip: families and accelerators from the names that sources print. */

/** Families by printed name, first match wins. A name without a match is a family of its own kind, "other". */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/executorch/i, "executorch"], [/litert/i, "litert"], [/mlx/i, "mlx"], [/mlc/i, "mlc"], [/core-?ai|core-?ml|apple-fm/i, "coreai"],
  [/hexagon|qnn|genie/i, "qnn"], [/rkllm/i, "rkllm"], [/llama\.?cpp|ollama|llmfarm/i, "llama.cpp"], [/mnn/i, "mnn"], [/cactus/i, "cactus"],
  [/t-?mac/i, "tmac"], [/onnx|^ort\b/i, "ort"],
];

/** Family of a software stack: "llama.cpp" for "Ollama" and "llama.cpp b8999". */
export function familyOf(backend: string): string {
  return FAMILIES.find(([pattern]) => pattern.test(backend))?.[1] ?? "other";
}

/** Part of the chip: CPU, GPU, Metal (the GPU of an Apple chip), ANE, NPU. Unsaid and mixed count as CPU, what most stacks fall back to. */
export function acceleratorOf(printed: string, chip: string, backend: string): string {
  if (/ANE/.test(printed)) return "ANE";
  if (/NPU/.test(printed)) return "NPU";
  const isApple = /^Apple/.test(chip);
  if (/Metal/.test(printed) || (/GPU/.test(printed) && !/^CPU/.test(printed))) return isApple ? "Metal" : "GPU";
  if (/^CPU/.test(printed)) return "CPU";
  return /mlx|metal/i.test(backend) && isApple ? "Metal" : /rkllm|qnn/i.test(backend) ? "NPU" : "CPU";
}
