/**
 * Settings of a served engine from the files beside a run: what vLLM was asked for and resolved (meta.json), and the GPUs and
 * their link (config.json, the cluster configuration of LLMServingSim). Any of them may be left out; vLLM's defaults stand in.
 */
import { z } from "zod";
import { DataError } from "../core/errors.js";

/** How the engine was set up. */
export interface EngineSettings {
  readonly tensorParallel: number;
  readonly dataParallel: number;
  readonly isExpertParallel: boolean;
  readonly maxRunning: number;
  readonly tokenBudget: number;
  readonly blockTokens: number;
  readonly memoryFraction: number;
  readonly prefixCache: boolean;
  readonly schedulesAhead: boolean;
  readonly bytesPerWeight: number;
  readonly bytesPerKvElement: number;
  /** Blocks of KV cache of one engine; undefined when the run does not say. */
  readonly kvBlocks: number | undefined;
  /** Most tokens of a step that runs as a captured graph; 0 when graphs are off. */
  readonly capturedTokens: number;
  /** Settings of the run that the replay does not have, in words. */
  readonly unreplayed: readonly string[];
}

/** GPUs of the run as config.json gives them. */
export interface RunHardware {
  /** Name of the GPU, as given: "RTX4090". */
  readonly gpu: string;
  /** Of one GPU: as the driver reports it, and as config.json rounds it. */
  readonly memoryBytes: number | undefined;
  readonly statedMemoryBytes: number | undefined;
  readonly hopS: number | undefined;
  readonly linkBytesPerS: number | undefined;
}

const count = z.number().int().positive();
const optional = <T extends z.ZodType>(type: T): z.ZodOptional<z.ZodNullable<T>> => type.nullable().optional();
/** One number for every dimension of the network, or one for each, innermost first. */
const perDimension = <T extends z.ZodType>(type: T): z.ZodUnion<readonly [T, z.ZodArray<T>]> => z.union([type, z.array(type).min(1)]);

/** Fields of meta.json that are read. */
export const metaSchema = z.looseObject({
  model: optional(z.string().min(1)),
  engine_kwargs: optional(z.looseObject({
    tensor_parallel_size: optional(count), data_parallel_size: optional(count), pipeline_parallel_size: optional(count), enable_expert_parallel: optional(z.boolean()),
    max_num_seqs: optional(count), max_num_batched_tokens: optional(count), dtype: optional(z.string()), kv_cache_dtype: optional(z.string()),
    gpu_memory_utilization: optional(z.number().gt(0).max(1)), block_size: optional(count), enable_prefix_caching: optional(z.boolean()),
    enable_chunked_prefill: optional(z.boolean()), async_scheduling: optional(z.boolean()), enforce_eager: optional(z.boolean()), quantization: optional(z.string()),
  })),
  kv_cache: optional(z.looseObject({
    num_gpu_blocks: optional(count), block_size: optional(count), gpu_memory_utilization: optional(z.number().gt(0).max(1)),
    enable_prefix_caching: optional(z.boolean()), num_kv_tokens: optional(count),
  })),
  hardware: optional(z.looseObject({ device_name: optional(z.string()), device_total_memory_bytes: optional(z.number().positive()) })),
  resolved_config: optional(z.looseObject({
    scheduler_config: optional(z.looseObject({
      async_scheduling: optional(z.boolean()), max_num_seqs: optional(count), max_num_batched_tokens: optional(count), enable_chunked_prefill: optional(z.boolean()),
      long_prefill_token_threshold: optional(z.number()), policy: optional(z.string()),
    })),
    cache_config: optional(z.looseObject({
      block_size: optional(count), cache_dtype: optional(z.string()), enable_prefix_caching: optional(z.boolean()), num_gpu_blocks: optional(count),
      gpu_memory_utilization: optional(z.number().gt(0).max(1)),
    })),
    parallel_config: optional(z.looseObject({
      tensor_parallel_size: optional(count), data_parallel_size: optional(count), pipeline_parallel_size: optional(count), enable_expert_parallel: optional(z.boolean()),
    })),
    compilation_config: optional(z.looseObject({ max_cudagraph_capture_size: optional(z.number().int().min(0)) })),
    model_config: optional(z.looseObject({ enforce_eager: optional(z.boolean()), quantization: optional(z.string()), dtype: optional(z.string()) })),
    speculative_config: z.unknown().optional(),
  })),
});
type Meta = z.infer<typeof metaSchema>;

/** Fields of config.json that are read, beside those of a model's own config. */
export const clusterSchema = z.looseObject({
  link_bw: optional(perDimension(z.number().positive())), link_latency: optional(perDimension(z.number().min(0))),
  nodes: optional(z.array(z.looseObject({
    instances: z.array(z.looseObject({
      model_name: optional(z.string()), hardware: optional(z.string()), npu_mem: optional(z.looseObject({ mem_size: optional(z.number().positive()) })),
      num_npus: optional(count), tp_size: optional(count), ep_size: optional(count), pp_size: optional(count), pd_type: optional(z.string()),
      max_num_seqs: optional(z.number().int().min(0)), max_num_batched_tokens: optional(z.number().int().min(0)),
    })).min(1),
  })).min(1)),
});
type Cluster = z.infer<typeof clusterSchema>;

/** Where vLLM 0.19 resolves what a run does not say. */
const DEFAULTS = { maxRunning: 256, tokenBudget: 2048, blockTokens: 16, memoryFraction: 0.9, mostCapturedTokens: 512 };

/**
 * Engine of a run.
 *
 * @throws {DataError} when layers or phases are divided between GPUs in a way that is not simulated.
 */
export function readEngine(meta: Meta, cluster: Cluster, file: string): EngineSettings {
  const asked = meta.engine_kwargs ?? {}, kv = meta.kv_cache, resolved = meta.resolved_config;
  const scheduler = resolved?.scheduler_config, cache = resolved?.cache_config, parallel = resolved?.parallel_config;
  const instances = cluster.nodes?.flatMap((node) => node.instances) ?? [], first = instances[0];
  refuseStages(asked.pipeline_parallel_size ?? parallel?.pipeline_parallel_size ?? first?.pp_size ?? 1, first?.pd_type, file);
  const maxRunning = scheduler?.max_num_seqs ?? asked.max_num_seqs ?? (first?.max_num_seqs || DEFAULTS.maxRunning);
  const blockTokens = kv?.block_size ?? cache?.block_size ?? asked.block_size ?? DEFAULTS.blockTokens;
  const isEager = (resolved?.model_config?.enforce_eager ?? asked.enforce_eager) === true, dtype = asked.dtype ?? resolved?.model_config?.dtype ?? "bfloat16";
  const kvDtype = asked.kv_cache_dtype ?? cache?.cache_dtype ?? "auto";
  return {
    tensorParallel: asked.tensor_parallel_size ?? parallel?.tensor_parallel_size ?? first?.tp_size ?? first?.num_npus ?? 1,
    dataParallel: asked.data_parallel_size ?? parallel?.data_parallel_size ?? Math.max(1, instances.length),
    isExpertParallel: asked.enable_expert_parallel ?? parallel?.enable_expert_parallel ?? (first?.ep_size ?? 1) > 1, maxRunning,
    tokenBudget: scheduler?.max_num_batched_tokens ?? asked.max_num_batched_tokens ?? (first?.max_num_batched_tokens || DEFAULTS.tokenBudget), blockTokens,
    memoryFraction: kv?.gpu_memory_utilization ?? cache?.gpu_memory_utilization ?? asked.gpu_memory_utilization ?? DEFAULTS.memoryFraction,
    prefixCache: kv?.enable_prefix_caching ?? cache?.enable_prefix_caching ?? asked.enable_prefix_caching ?? true,
    schedulesAhead: scheduler?.async_scheduling ?? asked.async_scheduling ?? true,
    bytesPerWeight: weightBytesOf(asked.quantization ?? resolved?.model_config?.quantization ?? undefined, meta.model ?? first?.model_name ?? "") ?? bytesOf(dtype),
    bytesPerKvElement: bytesOf(kvDtype === "auto" ? dtype : kvDtype),
    kvBlocks: kv?.num_gpu_blocks ?? cache?.num_gpu_blocks ?? (typeof kv?.num_kv_tokens === "number" ? Math.floor(kv.num_kv_tokens / blockTokens) : undefined),
    capturedTokens: isEager ? 0 : resolved?.compilation_config?.max_cudagraph_capture_size ?? Math.min(DEFAULTS.mostCapturedTokens, 2 * maxRunning),
    unreplayed: listUnreplayed(meta),
  };
}

/** GPUs of a run and the link between them: of several dimensions that over which tensors are divided, the first, or else the last. */
export function readHardware(meta: Meta, cluster: Cluster, tensorParallel: number): RunHardware {
  const instance = cluster.nodes?.[0]?.instances[0], gigabytes = instance?.npu_mem?.mem_size;
  const oneOf = (value: number | readonly number[] | null | undefined): number | undefined =>
    (typeof value === "object" && value !== null ? value[tensorParallel > 1 ? 0 : value.length - 1] : value ?? undefined);
  const latencyNs = oneOf(cluster.link_latency), gigabytesPerS = oneOf(cluster.link_bw);
  return {
    gpu: instance?.hardware ?? meta.hardware?.device_name ?? "", memoryBytes: meta.hardware?.device_total_memory_bytes ?? undefined,
    statedMemoryBytes: typeof gigabytes === "number" ? gigabytes * 1e9 : undefined, hopS: latencyNs === undefined ? undefined : latencyNs / 1e9,
    linkBytesPerS: gigabytesPerS === undefined ? undefined : gigabytesPerS * 1e9,
  };
}

function refuseStages(stages: number, phase: string | null | undefined, file: string): void {
  const hint = "Replay a run without it: tensor, data and expert parallelism are simulated.";
  if (stages > 1) throw new DataError({ subject: "pipeline parallelism", rule: "be 1: stages of layers are not simulated", got: stages, where: file, hint });
  if (typeof phase === "string") throw new DataError({ subject: "pd_type", rule: "be null: engines for prompts or answers alone are not simulated", got: phase, where: file, hint });
}

/** Settings of the run that change times and that the replay does not have. */
function listUnreplayed({ engine_kwargs: asked, resolved_config: resolved }: Meta): readonly string[] {
  const scheduler = resolved?.scheduler_config, isUnchunked = (scheduler?.enable_chunked_prefill ?? asked?.enable_chunked_prefill) === false;
  return [
    ...(isUnchunked ? ["prompts in one piece (enable_chunked_prefill false)"] : []),
    ...((scheduler?.long_prefill_token_threshold ?? 0) > 0 ? ["a limit on a prompt's piece (long_prefill_token_threshold)"] : []),
    ...(typeof scheduler?.policy === "string" && scheduler.policy !== "fcfs" ? [`the queue's order (policy ${scheduler.policy})`] : []),
    ...(resolved?.speculative_config === undefined || resolved.speculative_config === null ? [] : ["speculative decoding"]),
  ];
}

function bytesOf(dtype: string): number { return /fp8|float8|int8|e4m3|e5m2/i.test(dtype) ? 1 : /float32|fp32/i.test(dtype) ? 4 : 2; }

/** 4 bits with a 16-bit scale and 4-bit zero per 128 weights, as AWQ and GPTQ store them; embeddings counted alike. */
const FOUR_BIT_BYTES = 4.156 / 8;

/** By the method, or where that leaves it open ("compressed-tensors") by the model's name. Undefined: as the dtype. */
function weightBytesOf(method: string | undefined, model: string): number | undefined {
  for (const text of method === undefined ? [model] : [method, model]) {
    if (/awq|gptq|int4|w4a|4-?bit|nf4|fp4|bitsandbytes/i.test(text)) return FOUR_BIT_BYTES;
    if (/fp8|int8|w8a|8-?bit/i.test(text)) return 1;
  }
  return undefined;
}
