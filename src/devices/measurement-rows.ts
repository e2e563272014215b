/**
 * Published measurements of language models on devices, made ready for fitting: which software stack and accelerator ran, how many
 * bytes one token streams, and which rows tell about something else than a cool device with the model in memory.
 * Rows are left out by rule, never by their error. Source of each row: datasets/devices/device-measurements.csv.
 */
import { parseCsv } from "./parse-csv.js";
import type { CsvRow } from "./parse-csv.js";

/** One measured configuration. Absent numbers are undefined. */
export interface MeasurementRow {
  readonly id: string;
  readonly device: string;
  readonly deviceClass: string;
  readonly soc: string;
  /** Software family and accelerator, as in "llama.cpp CPU". */
  readonly group: string;
  readonly accelerator: string;
  readonly model: string;
  readonly bandwidthBytesPerS: number | undefined;
  readonly parameters: number | undefined;
  readonly modelBytes: number | undefined;
  /** Bytes of weights that one token reads. */
  readonly streamedBytes: number | undefined;
  readonly promptTokens: number | undefined;
  readonly prefillTokensPerS: number | undefined;
  readonly decodeTokensPerS: number | undefined;
  readonly peakMemoryBytes: number | undefined;
  /** Memory of the device. */
  readonly memoryBytes: number | undefined;
  /** Rule that leaves the row out of the decode fit. */
  readonly decodeExclusion: string | undefined;
  /** Rule that leaves the row out of the prefill fit. */
  readonly prefillExclusion: string | undefined;
}

/** Software families by the name printed in the source, first match wins. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/executorch/i, "executorch"], [/litert/i, "litert"], [/mlx/i, "mlx"], [/mlc/i, "mlc"], [/core-?ai|core-?ml|apple-fm/i, "coreai"],
  [/llama\.?cpp|ollama|llmfarm/i, "llama.cpp"], [/rkllm/i, "rkllm"], [/qnn\/genie/i, "qnn"], [/mnn/i, "mnn"], [/cactus/i, "cactus"],
  [/t-mac/i, "tmac"], [/onnx/i, "onnxruntime"],
];

/** Bits per weight of a named quantization with its scales: block formats of llama.cpp, and groups of 32 to 128 elsewhere. First match wins. */
const QUANT_BITS: readonly (readonly [RegExp, number])[] = [
  [/^(bf16|f16|fp16)/i, 16], [/w1\.58/i, 2.2], [/^w2$/i, 2.5], [/q4_k/i, 4.9], [/^(int8|dynamic.int8|w8|q8|8bit|dynamic_int8)/i, 8.5],
  [/^(int4|w4|q4|4bit|4-bit|wi4|8da4w|spinquant|cq4)/i, 4.6], [/^1-bit/i, 1.25],
];

/** Highest bandwidth use that a row may show: above it, bytes or bandwidth in the source are wrong. */
const MOST_ETA = 1.05;

/** What says in a row's flags that it measured something else. */
const DECODE_RULES: readonly (readonly [RegExp, string])[] = [
  [/RAM.?cap|below-working-set/i, "memory below the working set"],
  [/\(MTP\)=yes|draft model/i, "speculative decoding"],
  [/outlier/i, "flagged as outlier by its collector"],
  [/debug build/i, "debug build"],
  [/back-to-back|thermal=serious/i, "hot device"],
  [/sustained-generation/i, "hot device"],
  [/long-context|context sweep|max_num_tokens=(2048|4096)/i, "long context"],
  [/not stated|not checked/i, "method not stated"],
];

/**
 * Reads the table of measurements.
 *
 * @throws {DataError} when the text is not such a table.
 */
export function parseMeasurements(text: string, file: string): readonly MeasurementRow[] {
  return parseCsv(text, file).map(readRow);
}

function readRow(row: CsvRow): MeasurementRow {
  const bandwidthGb = readNumber(row["mem_bw_gbs"]), parametersB = readNumber(row["params_b"]);
  const modelMb = readNumber(row["model_mb"]), peakMb = readNumber(row["peak_mem_mb"]);
  const accelerator = nameAccelerator(row), family = FAMILIES.find(([pattern]) => pattern.test(row["backend"] ?? ""))?.[1] ?? "other";
  const base = {
    id: row["id"] ?? "", device: row["device"] ?? "", deviceClass: row["device_class"] ?? "", soc: row["soc"] ?? "",
    group: `${family} ${accelerator}`, accelerator, model: row["model"] ?? "",
    bandwidthBytesPerS: scale(bandwidthGb, 1e9), parameters: scale(parametersB, 1e9), modelBytes: scale(modelMb, 1e6),
    streamedBytes: streamedBytes(row, parametersB, modelMb), promptTokens: readNumber(row["prompt_tokens"]),
    prefillTokensPerS: readNumber(row["prefill_tps"]), decodeTokensPerS: readNumber(row["decode_tps"]), peakMemoryBytes: scale(peakMb, 1e6),
    memoryBytes: scale(readNumber(row["ram_gb"]), 1e9),
  };
  return { ...base, decodeExclusion: excludeFromDecode(base, row), prefillExclusion: excludeFromPrefill(base, row) };
}

type ReadPart = Omit<MeasurementRow, "decodeExclusion" | "prefillExclusion">;

function nameAccelerator(row: CsvRow): string {
  const printed = row["accelerator"] ?? "";
  if (printed === "CPU/GPU" || printed === "") return "mixed";
  if (/^CPU/.test(printed)) return "CPU";
  if (/ANE/.test(printed)) return "ANE";
  if (/NPU/.test(printed)) return "NPU";
  return /Metal/.test(printed) || /Apple/.test(row["soc"] ?? "") ? "Metal" : "GPU";
}

/** Streamed size, else file size, else parameters times bits. Undefined where none of them is what a token reads. */
function streamedBytes(row: CsvRow, parametersB: number | undefined, modelMb: number | undefined): number | undefined {
  const streamed = readNumber(row["streamed_mb_per_token"]);
  if (streamed !== undefined) return streamed * 1e6;
  const model = row["model"] ?? "", flags = row["flags"] ?? "";
  if (/gemma-?(3n|4)|E2B|E4B|moe|-a\d|sparse|mixtral|gpt-oss/i.test(`${model} ${flags}`)) return undefined;
  if (modelMb !== undefined && !/larger than the fp file/.test(flags)) return modelMb * 1e6;
  const bits = QUANT_BITS.find(([pattern]) => pattern.test(row["quant"] ?? ""))?.[1];
  return bits === undefined || parametersB === undefined ? undefined : (parametersB * 1e9 * bits) / 8;
}

function excludeFromDecode(row: ReadPart, source: CsvRow): string | undefined {
  const flags = `${source["flags"] ?? ""} thermal=${source["thermal"] ?? ""}`;
  if (row.decodeTokensPerS === undefined) return "no decode rate";
  if (row.bandwidthBytesPerS === undefined) return "bandwidth unknown";
  if (row.streamedBytes === undefined) return "streamed bytes unknown";
  if (row.group.startsWith("other ") || row.accelerator === "mixed") return "software or accelerator unknown";
  const rule = DECODE_RULES.find(([pattern]) => pattern.test(flags))?.[1];
  if (rule !== undefined) return rule;
  if (/attribution doubtful for the iPhone/.test(flags) && /iPhone/.test(row.device)) return "device doubtful";
  const eta = (row.streamedBytes * row.decodeTokensPerS) / row.bandwidthBytesPerS;
  return eta > MOST_ETA ? "reads more than the bandwidth" : undefined;
}

function excludeFromPrefill(row: ReadPart, source: CsvRow): string | undefined {
  const flags = `${source["flags"] ?? ""} thermal=${source["thermal"] ?? ""}`;
  if (row.prefillTokensPerS === undefined) return "no prefill rate";
  if (row.bandwidthBytesPerS === undefined || row.parameters === undefined) return "bandwidth or parameters unknown";
  if (row.promptTokens === undefined) return "prompt length unknown";
  if (row.group.startsWith("other ") || row.accelerator === "mixed") return "software or accelerator unknown";
  if (/overhead-bound|prefill omitted/.test(flags)) return "overhead-bound";
  if (/moe|-a\d|sparse|mixtral|gpt-oss/i.test(row.model)) return "active parameters unknown";
  return DECODE_RULES.find(([pattern]) => pattern.test(flags))?.[1];
}

function readNumber(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function scale(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}
