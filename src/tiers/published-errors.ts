/** What other simulators report about themselves on served runs, to be shown beside ours. Signed: too high or too low; unsigned: absolute. */

/** Errors of one simulator on one run, or over its study. */
export interface PublishedError {
  readonly simulator: string;
  readonly study: string;
  readonly ttft: string;
  readonly tpot: string;
  readonly latency: string;
  readonly source: string;
}

const LLM_SERVING_SIM = "casys-kaist/LLMServingSim@5daddb2, bench/README.md (2026): differences of means";

/** As published. */
export const PUBLISHED_ERRORS: readonly PublishedError[] = [
  { simulator: "LLMServingSim 2.0", study: "Llama-3.1-8B, RTX 4090", ttft: "+0.6%", tpot: "+0.2%", latency: "+0.5%", source: LLM_SERVING_SIM },
  { simulator: "LLMServingSim 2.0", study: "Qwen3-32B, 2 x RTX PRO 6000", ttft: "+1.3%", tpot: "+0.8%", latency: "+1.0%", source: LLM_SERVING_SIM },
  { simulator: "LLMServingSim 2.0", study: "Llama-3.1-8B, RTX PRO 6000", ttft: "-4.0%", tpot: "-1.0%", latency: "-1.8%", source: LLM_SERVING_SIM },
  { simulator: "LLMServingSim 2.0", study: "Qwen3-30B-A3B, 2 x RTX PRO 6000", ttft: "-13.6%", tpot: "-1.7%", latency: "-2.2%", source: LLM_SERVING_SIM },
  { simulator: "BLIS, roofline v2", study: "13 runs, 5 model families, H100", ttft: "", tpot: "36.1%", latency: "28.8%", source: "inference-sim/inference-sim, issue 436 (2026): mean absolute percentage errors" },
  { simulator: "BLIS, fitted", study: "38 runs, 6 models, 3 GPUs", ttft: "22.8%", tpot: "", latency: "11.8%", source: "inference-sim/inference-sim, pull request 944 (2026): mean absolute percentage errors" },
  { simulator: "KernelSight-LM", study: "6 model families, GPU not seen", ttft: "15.4%", tpot: "12.8%", latency: "", source: "arXiv:2606.28565 (2026): median errors" },
];
