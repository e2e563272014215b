/** A made-up kernel profile and run in the formats that the importers read. No number is a measurement. */
import { parseKernelProfile } from "./kernel-profile.js";
import type { KernelProfile, ProfileFiles } from "./kernel-profile.js";
import type { KernelSetup } from "./kernel-cost.js";

/** Files of a small mixture of experts. */
export const SAMPLE_FILES: ProfileFiles = {
  "dense.csv": "layer,tokens,time_us\nembedding,1,3\nembedding,100,13\nlayernorm,1,2\nlayernorm,100,4\nqkv_proj,1,10\nqkv_proj,100,110\n",
  "per_sequence.csv": "layer,sequences,time_us\nlm_head,1,100\nlm_head,64,226\nsampler,1,5\nsampler,64,5\n",
  "attention.csv": ["prefill_chunk,kv_prefill,n_decode,kv_decode,time_us",
    "0,0,1,16,10", "0,0,1,64,14", "0,0,1,256,40", "0,0,64,16,30", "0,0,64,64,60", "0,0,64,256,270",
    "64,0,0,0,20", "64,0,1,16,28", "64,0,1,256,60", "64,0,64,16,70", "64,0,64,256,290", "64,256,0,0,80", "512,0,0,0,100", "512,256,0,0,400"].join("\n"),
  "moe.csv": "tokens,activated_experts,time_us\n1,2,20\n1,4,40\n64,2,30\n64,4,60\n64,8,110\n",
  "skew_fit.csv": "pc,n_label,skew_rate_label,kv_big_label,kp_label,alpha,n_samples\n0,n<=64,sr<=70%,kvB<=1k,kp=0,0.25,4\n0,n<=64,sr<=70%,kvB>1k,kp=0,0.5,4\n64,n<=64,sr<=70%,kvB<=1k,kp=0,0.125,4\n",
};

/** The profile, with files replaced or (undefined) taken away. */
export function sampleProfile(changes: Readonly<Record<string, string | undefined>> = {}): KernelProfile {
  const files = Object.entries({ ...SAMPLE_FILES, ...changes }).filter(([, text]) => text !== undefined);
  return parseKernelProfile(Object.fromEntries(files), "sample");
}

/** A setup of two layers on one GPU, with keys replaced. */
export function sampleSetup(changes: Partial<KernelSetup> = {}): KernelSetup {
  return {
    layers: 2, hiddenSize: 1000, tensorParallel: 1, lanes: 1, expertGpus: 1, experts: 8, activeExperts: 2, hopS: 1e-5, linkBytesPerS: 1e9, overheadS: 0,
    capturedTokens: 0, kvBlocks: 1000, maxRunning: 64, ...changes,
  };
}

/** A run's files: two requests whose clock at the client is another than the engine's. */
export const SAMPLE_RUN = {
  requests: [[100.5, 7.5, 8, 9], [101, 8.25, 8.5, 8.5]].map(([arrival, queued, first, last], index) => JSON.stringify({
    request_id: `r-${index}`, input_toks: 50 + index, output_toks: 11 - 10 * index, arrival_time: arrival! + 1e9, queued_ts: queued, first_token_ts: first, last_token_ts: last,
  })).join("\n"),
  meta: { model: "Qwen/Qwen3-30B-A3B-Instruct-2507", engine_kwargs: { tensor_parallel_size: 1, data_parallel_size: 2, enable_expert_parallel: true, max_num_seqs: 128, max_num_batched_tokens: 2048, dtype: "bfloat16", kv_cache_dtype: "auto" } },
  config: { link_bw: 16, link_latency: 20000, nodes: [{ instances: [1, 2].map(() => ({ model_name: "Qwen/Qwen3-30B-A3B-Instruct-2507", hardware: "RTXPRO6000", npu_mem: { mem_size: 96 }, tp_size: 1, ep_size: 2 })) }] },
};
