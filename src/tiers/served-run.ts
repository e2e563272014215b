/**
 * A run of a real server, request by request, with the engine's settings: what the tiers are held against. Format of
 * casys-kaist/LLMServingSim (bench): requests.jsonl with the instants of each request, meta.json with what vLLM was asked
 * for and resolved, config.json with the GPUs and their link.
 */
import { z } from "zod";
import { DataError } from "../core/errors.js";
import type { ModelCard } from "../devices/model-card.js";
import { findServedModel, modelShapeSchema } from "./served-model.js";

/** One request as it was served. Seconds from the first arrival; lengths in tokens. */
export interface ServedRequest {
  readonly arrivedAtS: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** Time to first token, time per token after it, and time to last token. The first and the last count from when the engine took the request in, if the client's clock is another. */
  readonly ttftS: number;
  readonly tpotS: number;
  readonly latencyS: number;
}

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
}

/** GPUs of the run as config.json gives them. */
export interface RunHardware {
  /** Name of the GPU, as given: "RTX4090". */
  readonly gpu: string;
  readonly memoryBytes: number | undefined;
  readonly hopS: number | undefined;
  readonly linkBytesPerS: number | undefined;
}

/** A run. */
export interface ServedRun {
  readonly folder: string;
  readonly model: string;
  readonly card: ModelCard;
  readonly engine: EngineSettings;
  readonly hardware: RunHardware;
  readonly requests: readonly ServedRequest[];
  /** Whether instants count from the client's send (true) or from when the engine took the request in. */
  readonly isTimedAtClient: boolean;
}

const count = z.number().int().positive();
const optional = <T extends z.ZodType>(type: T): z.ZodOptional<z.ZodNullable<T>> => type.nullable().optional();

const metaSchema = z.looseObject({
  model: z.string().min(1),
  engine_kwargs: z.looseObject({
    tensor_parallel_size: optional(count), data_parallel_size: optional(count), enable_expert_parallel: optional(z.boolean()),
    max_num_seqs: optional(count), max_num_batched_tokens: optional(count), dtype: optional(z.string()), kv_cache_dtype: optional(z.string()),
    gpu_memory_utilization: optional(z.number().gt(0).max(1)), block_size: optional(count), enable_prefix_caching: optional(z.boolean()),
    enable_chunked_prefill: optional(z.boolean()), async_scheduling: optional(z.boolean()), enforce_eager: optional(z.boolean()), quantization: optional(z.string()),
  }),
  kv_cache: optional(z.looseObject({
    num_gpu_blocks: optional(count), block_size: optional(count), gpu_memory_utilization: optional(z.number().gt(0).max(1)),
    enable_prefix_caching: optional(z.boolean()), num_kv_tokens: optional(count),
  })),
  hardware: optional(z.looseObject({ device_name: optional(z.string()), device_total_memory_bytes: optional(z.number().positive()) })),
  resolved_config: optional(z.looseObject({
    scheduler_config: optional(z.looseObject({ async_scheduling: optional(z.boolean()), max_num_seqs: optional(count), max_num_batched_tokens: optional(count) })),
    compilation_config: optional(z.looseObject({ max_cudagraph_capture_size: optional(z.number().int().min(0)) })),
    model_config: optional(z.looseObject({ enforce_eager: optional(z.boolean()) })),
  })),
});

const configSchema = z.looseObject({
  link_bw: optional(z.number().positive()), link_latency: optional(z.number().min(0)),
  nodes: optional(z.array(z.looseObject({
    instances: z.array(z.looseObject({
      model_name: optional(z.string()), hardware: optional(z.string()), npu_mem: optional(z.looseObject({ mem_size: optional(z.number().positive()) })),
      tp_size: optional(count), ep_size: optional(count),
    })).min(1),
  })).min(1)),
});

/** Where vLLM 0.19 resolves what a run does not say. */
const DEFAULTS = { maxRunning: 256, tokenBudget: 2048, blockTokens: 16, memoryFraction: 0.9, mostCapturedTokens: 512 };
/** Texts of a run's files. */
export interface RunFiles { readonly requests: string; readonly meta: unknown; readonly config: unknown }

/**
 * Checks the files of a run.
 *
 * @throws {DataError} naming file and field.
 */
export function parseServedRun(files: RunFiles, folder: string): ServedRun {
  const meta = check(metaSchema, files.meta, `${folder}/meta.json`), config = check(configSchema, files.config, `${folder}/config.json`);
  const shape = modelShapeSchema.safeParse(files.config), instance = config.nodes?.[0]?.instances[0];
  const { requests, isTimedAtClient } = parseRequests(files.requests, `${folder}/requests.jsonl`);
  return {
    folder, model: meta.model, card: findServedModel(meta.model, shape.success ? shape.data : undefined, `${folder}/meta.json`),
    engine: readEngine(meta, config), requests, isTimedAtClient,
    hardware: {
      gpu: instance?.hardware ?? meta.hardware?.device_name ?? "", memoryBytes: meta.hardware?.device_total_memory_bytes ?? undefined,
      hopS: typeof config.link_latency !== "number" ? undefined : config.link_latency / 1e9, linkBytesPerS: typeof config.link_bw !== "number" ? undefined : config.link_bw * 1e9,
    },
  };
}

function check<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new DataError({ subject: issue.path.join(".") || file, rule: "be a setting of a served run", got: issue.message, where: file, hint: "Compare with what the benchmark of LLMServingSim writes." });
}

function readEngine(meta: z.infer<typeof metaSchema>, config: z.infer<typeof configSchema>): EngineSettings {
  const { engine_kwargs: asked, kv_cache: kv, resolved_config: resolved } = meta, scheduler = resolved?.scheduler_config;
  const instances = config.nodes?.flatMap((node) => node.instances) ?? [];
  const maxRunning = scheduler?.max_num_seqs ?? asked.max_num_seqs ?? DEFAULTS.maxRunning, blockTokens = kv?.block_size ?? asked.block_size ?? DEFAULTS.blockTokens;
  const isEager = (resolved?.model_config?.enforce_eager ?? asked.enforce_eager) === true;
  return {
    tensorParallel: asked.tensor_parallel_size ?? instances[0]?.tp_size ?? 1, dataParallel: asked.data_parallel_size ?? Math.max(1, instances.length),
    isExpertParallel: asked.enable_expert_parallel ?? (instances[0]?.ep_size ?? 1) > 1, maxRunning,
    tokenBudget: scheduler?.max_num_batched_tokens ?? asked.max_num_batched_tokens ?? DEFAULTS.tokenBudget, blockTokens,
    memoryFraction: kv?.gpu_memory_utilization ?? asked.gpu_memory_utilization ?? DEFAULTS.memoryFraction,
    prefixCache: kv?.enable_prefix_caching ?? asked.enable_prefix_caching ?? true, schedulesAhead: scheduler?.async_scheduling ?? asked.async_scheduling ?? true,
    bytesPerWeight: bytesOf(asked.quantization ?? asked.dtype ?? "bfloat16"),
    bytesPerKvElement: bytesOf(asked.kv_cache_dtype === "auto" ? "bfloat16" : asked.kv_cache_dtype ?? "bfloat16"),
    kvBlocks: kv?.num_gpu_blocks ?? (typeof kv?.num_kv_tokens === "number" ? Math.floor(kv.num_kv_tokens / blockTokens) : undefined),
    capturedTokens: isEager ? 0 : resolved?.compilation_config?.max_cudagraph_capture_size ?? Math.min(DEFAULTS.mostCapturedTokens, 2 * maxRunning),
  };
}

function bytesOf(dtype: string): number { return /fp8|int8|e4m3|e5m2/i.test(dtype) ? 1 : /float32|fp32/i.test(dtype) ? 4 : 2; }

const instant = z.number().positive();
const requestSchema = z.looseObject({
  input_toks: count, output_toks: count, arrival_time: instant, queued_ts: optional(instant), first_token_ts: instant, last_token_ts: instant,
});
/** Clocks further apart than this are not the same. */
const SAME_CLOCK_S = 1e6;
/** Arrivals of tasks that were to start together may swap by this much. */
const LATEST_SWAP_S = 0.1;

function parseRequests(text: string, file: string): { readonly requests: readonly ServedRequest[]; readonly isTimedAtClient: boolean } {
  const rows = text.split("\n").flatMap((line, index) => line.trim() === "" ? [] : [parseRequest(line, `${file}:${index + 1}`)]);
  if (rows.length === 0) throw new DataError({ subject: file, rule: "hold at least one request", got: "none", hint: "Check that the run finished." });
  checkOrder(rows, file);
  const isTimedAtClient = Math.abs(rows[0]!.first_token_ts - rows[0]!.arrival_time) < SAME_CLOCK_S;
  const start = rows[0]!.arrival_time;
  const requests = rows.map((row, index) => toServedRequest(row, start, isTimedAtClient ? row.arrival_time : row.queued_ts, `${file}:${index + 1}`));
  return { requests, isTimedAtClient };
}

function parseRequest(line: string, where: string): z.infer<typeof requestSchema> {
  let value: unknown;
  try { value = JSON.parse(line); } catch (cause) {
    throw new DataError({ subject: "request", rule: "be one JSON object per line", got: line.slice(0, 40), where, hint: "NaN and Infinity are not JSON: leave a request without instants out.", cause });
  }
  return check(requestSchema, value, where);
}

function checkOrder(rows: readonly z.infer<typeof requestSchema>[], file: string): void {
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    if (before === undefined || row.arrival_time >= before.arrival_time - LATEST_SWAP_S) return;
    throw new DataError({ subject: "arrival_time", rule: "rise from line to line", got: row.arrival_time, where: `${file}:${index + 1}`, hint: "Sort the requests by arrival_time." });
  });
}

function toServedRequest(row: z.infer<typeof requestSchema>, start: number, from: number | null | undefined, where: string): ServedRequest {
  const { first_token_ts: first, last_token_ts: last } = row;
  if (typeof from === "number" && from <= first && first <= last) {
    return {
      arrivedAtS: Math.max(0, row.arrival_time - start), promptTokens: row.input_toks, answerTokens: row.output_toks,
      ttftS: first - from, tpotS: (last - first) / Math.max(1, row.output_toks - 1), latencyS: last - from,
    };
  }
  throw new DataError({
    subject: "instants of a request", rule: "be queued_ts <= first_token_ts <= last_token_ts on one clock", got: `${String(from)}, ${first}, ${last}`, where,
    hint: "arrival_time may be on another clock only where queued_ts is given.",
  });
}
