/** What other simulators report about themselves on served runs, to be shown beside ours. Shares: 0.02 is 2% too high. */

/** Errors of one simulator on one run, or over its study. */
export interface PublishedError {
  readonly simulator: string;
  readonly study: string;
  readonly ttft: string;
  readonly tpot: string;
  readonly latency: string;
  readonly source: string;
}

const LLM_SERVING_SIM = "casys-kaist/LLMServingSim@5daddb2, bench/README.md (2026)";

/** Means over the requests of a run, as published. */
export const PUBLISHED_ERRORS: readonly PublishedError[] = [
  { simulator: "LLMServingSim 2.0", study: "Llama-3.1-8B, RTX 4090", ttft: "+0.6%", tpot: "+0.2%", latency: "+0.5%", source: LLM_SERVING_SIM },
  { simulator: "LLMServingSim 2.0", study: "Qwen3-32B, 2 x RTX PRO 6000", ttft: "+1.3%", tpot: "+0.8%", latency: "+1.0%", source: LLM_SERVING_SIM },
  { simulator: "LLMServingSim 2.0", study: "Llama-3.1-8B, RTX PRO 6000", ttft: "-4.0%", tpot: "-1.0%", latency: "-1.8%", source: LLM_SERVING_SIM },
  { simulator: "LLMServingSim 2.0", study: "Qwen3-30B-A3B, 2 x RTX PRO 6000", ttft: "-13.6%", tpot: "-1.7%", latency: "-2.2%", source: LLM_SERVING_SIM },
];
