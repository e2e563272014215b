/**
 * A run of a real server, request by request, with the engine's settings: what the tiers are held against. Format of
 * casys-kaist/LLMServingSim (bench): requests.jsonl with the instants of each request, meta.json with what vLLM was asked
 * for and resolved, config.json with the GPUs and their link.
 */
import { z } from "zod";
import { DataError } from "../core/errors.js";
import type { ModelCard } from "../devices/model-card.js";
import { clusterSchema, metaSchema, readEngine, readHardware } from "./run-settings.js";
import type { EngineSettings, RunHardware } from "./run-settings.js";
import { findServedModel, readModelShape } from "./served-model.js";

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

/** Texts of a run's files. */
export interface RunFiles { readonly requests: string; readonly meta: unknown; readonly config: unknown }

/**
 * Checks the files of a run.
 *
 * @throws {DataError} naming file and field.
 */
export function parseServedRun(files: RunFiles, folder: string): ServedRun {
  const meta = check(metaSchema, files.meta, `${folder}/meta.json`), cluster = check(clusterSchema, files.config, `${folder}/config.json`);
  const model = meta.model ?? cluster.nodes?.[0]?.instances[0]?.model_name ?? "", engine = readEngine(meta, cluster, folder);
  const { requests, isTimedAtClient } = parseRequests(files.requests, `${folder}/requests.jsonl`);
  return { folder, model, card: findServedModel(model, readModelShape(files.config, `${folder}/config.json`), `${folder}/meta.json`), engine, requests, isTimedAtClient, hardware: readHardware(meta, cluster, engine.tensorParallel) };
}

function check<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new DataError({ subject: issue.path.join(".") || file, rule: "be a setting of a served run", got: issue.message, where: file, hint: "Compare with what the benchmark of LLMServingSim writes." });
}

const count = z.number().int().positive(), instant = z.number().positive();
const requestSchema = z.looseObject({
  input_toks: count, output_toks: count, arrival_time: instant, queued_ts: instant.nullable().optional(), first_token_ts: instant, last_token_ts: instant,
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
