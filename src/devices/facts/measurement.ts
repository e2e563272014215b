/**
 * Published measurements of language models on devices, in one form for the two tables that hold them: device-measurements.csv
 * and roofline-eta.csv. Names are brought to families, bytes that a token reads are worked out where the source does not print them.
 */
import { parseNumberedCsv } from "../parse-csv.js";
import type { CsvRow } from "../parse-csv.js";
import { readMeasured, readStated } from "./row-number.js";
import { DataError } from "../../core/errors.js";
import { activeParameters, hasUnstreamedEmbeddings } from "./model-name.js";
import { acceleratorOf, familyOf } from "./software.js";
import { bitsOf } from "./weight-format.js";
import { excludeRow } from "./row-rules.js";
import { namedPromptTokens } from "./prompt-intake.js";

/** One measured configuration. Absent numbers are undefined. */
export interface Measurement {
  readonly id: string;
  readonly device: string;
  readonly deviceClass: string;
  readonly chip: string;
  /** Printed name of the software; undefined in tables that print families only. */
  readonly backend: string | undefined;
  readonly family: string;
  readonly accelerator: string;
  readonly threads: number | undefined;
  readonly model: string;
  readonly format: string;
  readonly bits: number;
  readonly bandwidthBytesPerS: number | undefined;
  /** Parameters that work on a token. */
  readonly parameters: number | undefined;
  readonly isMixture: boolean;
  readonly modelBytes: number | undefined;
  /** Bytes of weights that one token reads, and how they are known: streamed, file, or parameters times bits. */
  readonly streamedBytes: number | undefined;
  readonly bytesBasis: string;
  /** KV cache of a token where it is known, as for a model card. */
  readonly kvBytesPerToken: number | undefined;
  /** Printed, or of the prompt that the flags name. */
  readonly promptTokens: number | undefined;
  readonly decodePerS: number | undefined;
  readonly prefillPerS: number | undefined;
  /** Time to the first token of the answer. */
  readonly firstTokenS: number | undefined;
  readonly peakBytes: number | undefined;
  readonly energyPerTokenJ: number | undefined;
  /** Power of the whole device; J per token times tokens per second where only those are printed. */
  readonly powerW: number | undefined;
  /** Memory of the device. */
  readonly memoryBytes: number | undefined;
  /** Repository or paper that measured: one protocol. Undefined when the table has no sources. */
  readonly protocol: string | undefined;
  /** Rule that says the row measured something else than a cool device with the model in memory; undefined: none. */
  readonly exclusion: string | undefined;
}

/**
 * Reads a table of measurements; which of the forms it has shows in its columns.
 *
 * @throws {DataError} when the text is not such a table, two rows have one id, or a number is none: naming line, column and value.
 */
export function parseMeasurements(text: string, file: string): readonly Measurement[] {
  const rows = parseNumberedCsv(text, file), first = rows[0]?.row;
  if (first === undefined || !("model" in first && "soc" in first)) {
    throw new DataError({
      subject: file, rule: "have the columns of device-measurements.csv, roofline-eta.csv or energy-measurements.csv",
      got: first === undefined ? "no rows" : Object.keys(first).slice(0, 8).join(","), hint: "Needed: soc, model, and what was measured; an id where rows have one.",
    });
  }
  const measurements = rows.map(({ row, line }) => readRow(row, `${file}:${line}`, `line ${line}`)), lines = new Map<string, number>();
  measurements.forEach(({ id }, at) => {
    const before = lines.get(id), { line } = rows[at]!;
    if (before !== undefined) throw new DataError({ subject: "id", rule: `be different in each row, and line ${before} has this one`, got: id, where: `${file}:${line}`, hint: "Number the rows anew, or leave the repeated one out." });
    lines.set(id, line);
  });
  return measurements;
}

/** Name of a row without an id: its line. */
function idOf(row: CsvRow, otherwise: string): string {
  const id = (row["id"] ?? row["measurement_id"] ?? "").trim();
  return id === "" ? otherwise : id;
}

function readRow(row: CsvRow, where: string, lineName: string): Measurement {
  const measured = (column: string): number | undefined => readMeasured(row, column, where), stated = (column: string): number | undefined => readStated(row, column, where);
  const model = row["model"] ?? "", format = row["quant"] ?? "", backend = row["backend"], chip = row["soc"] ?? "";
  const printed = row["accelerator"] ?? row["accelerator_class"] ?? "", active = activeParameters(model, stated("params_b"));
  const bits = bitsOf(format, model), bytes = readBytes(row, stated, active.billions, active.isMixture, bits);
  return {
    id: idOf(row, lineName), device: row["device"] ?? "", deviceClass: row["device_class"] ?? "", chip,
    backend, family: familyOf(backend ?? row["backend_family"] ?? ""), accelerator: acceleratorOf(printed, chip, backend ?? row["backend_family"] ?? ""),
    threads: stated("threads"), model, format, bits,
    bandwidthBytesPerS: scale(stated("mem_bw_gbs"), 1e9), parameters: scale(active.billions, 1e9), isMixture: active.isMixture,
    modelBytes: scale(stated("model_mb"), 1e6), streamedBytes: bytes.value, bytesBasis: bytes.basis,
    kvBytesPerToken: undefined, promptTokens: stated("prompt_tokens") ?? namedPromptTokens(row["flags"] ?? ""), decodePerS: measured("decode_tps"), prefillPerS: measured("prefill_tps"),
    firstTokenS: scale(measured("ttft_ms"), 1e-3), peakBytes: scale(measured("peak_mem_mb"), 1e6), energyPerTokenJ: measured("j_per_token"),
    powerW: readPower(row, measured), memoryBytes: scale(stated("ram_gb"), 1e9),
    protocol: protocolOf(row["source_url"]), exclusion: excludeRow(`${row["flags"] ?? ""} thermal=${row["thermal"] ?? ""}`, model),
  };
}

type NumberReader = (column: string) => number | undefined;

interface KnownBytes { readonly value: number | undefined; readonly basis: string; }

/** Streamed size, else the joined size, else the file's where all of it is read, else parameters times bits. */
function readBytes(row: CsvRow, stated: NumberReader, billions: number | undefined, isMixture: boolean, bits: number): KnownBytes {
  const streamed = stated("streamed_mb_per_token"), joined = stated("bytes_mb"), file = stated("model_mb");
  if (streamed !== undefined) return { value: streamed * 1e6, basis: "streamed" };
  if (joined !== undefined) return { value: joined * 1e6, basis: row["bytes_basis"] ?? "joined" };
  const isRead = !isMixture && !hasUnstreamedEmbeddings(row["model"] ?? "") && !/larger than the fp file/.test(row["flags"] ?? "");
  if (file !== undefined && isRead) return { value: file * 1e6, basis: "file" };
  return { value: billions === undefined ? undefined : (billions * 1e9 * bits) / 8, basis: "params x bits" };
}

function readPower(row: CsvRow, measured: NumberReader): number | undefined {
  if (/not stated|unconfirmed/.test(row["flags"] ?? "")) return undefined;
  const perToken = measured("j_per_token"), perS = measured("decode_tps");
  return measured("power_w") ?? (perToken === undefined || perS === undefined ? undefined : perToken * perS);
}

/** Owner and repository, or site and first folder, of a source. */
function protocolOf(url: string | undefined): string | undefined {
  const path = url?.replace(/^https?:\/\/(github\.com\/|huggingface\.co\/|www\.)?/, "");
  return path === undefined || path === "" ? undefined : path.split("/").slice(0, 2).join("/").slice(0, 40);
}

function scale(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}
