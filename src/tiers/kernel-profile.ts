/**
 * Measured kernel times of one model on one kind of GPU: what a profiler of a serving engine writes. Times are
 * microseconds on one GPU of a tensor-parallel group, without communication.
 *
 * Format of casys-kaist/LLMServingSim (MIT): dense.csv (layer, tokens), per_sequence.csv (layer, sequences), attention.csv
 * (prefill chunk, tokens cached before it, decodes, their context), moe.csv (tokens per GPU, distinct experts; mixtures
 * only) and skew_fit.csv (how far between equal contexts of mean and of greatest length an uneven batch lies).
 */
import { DataError } from "../core/errors.js";
import { parseCsv } from "../devices/parse-csv.js";
import { checkColumns } from "./check-columns.js";
import { GridTable } from "./grid-table.js";
import { SkewTable } from "./skew-table.js";

/** Times by kernel. */
export interface KernelProfile {
  /** By tokens in the batch; one table per layer name. */
  readonly dense: ReadonlyMap<string, GridTable>;
  /** By sequences that get a token. */
  readonly perSequence: ReadonlyMap<string, GridTable>;
  /** By chunk tokens, tokens before the chunk, decodes, mean context of the decodes. One layer. */
  readonly attention: GridTable;
  /** By tokens of one GPU and distinct experts that it reads. One layer. Absent without a mixture. */
  readonly experts: GridTable | undefined;
  readonly skew: SkewTable;
  /** Where it was read from, for reports. */
  readonly source: string;
}

/** Texts of a profile's files by file name; missing ones left out. */
export type ProfileFiles = Readonly<Partial<Record<ProfileFile, string>>>;
/** Names of files. */
export type ProfileFile = "dense.csv" | "per_sequence.csv" | "attention.csv" | "moe.csv" | "skew_fit.csv";

/** Largest place on an axis, and longest time of a kernel: a second keeps steps of any model below an hour. */
const MOST_TOKENS = 2 ** 30, MOST_US = 1e6;

/**
 * Parses the files of a profile.
 *
 * @param folder Named in errors.
 * @param source For reports; default: the folder.
 * @throws {DataError} when dense.csv or attention.csv is missing, a column is unknown or missing, or a number is not one.
 */
export function parseKernelProfile(files: ProfileFiles, folder: string, source: string = folder): KernelProfile {
  const text = (file: ProfileFile): string => {
    const found = files[file];
    if (found !== undefined) return found;
    throw new DataError({ subject: `${folder}/${file}`, rule: "be there", got: "no such file", hint: "A profile needs dense.csv and attention.csv at least." });
  };
  const read = (file: ProfileFile, keys: readonly string[]): readonly TimedRow[] => parseRows(text(file), `${folder}/${file}`, keys);
  return {
    dense: byLayer(read("dense.csv", ["layer", "tokens"])),
    perSequence: files["per_sequence.csv"] === undefined ? new Map<string, GridTable>() : byLayer(read("per_sequence.csv", ["layer", "sequences"])),
    attention: new GridTable(withDecodes(read("attention.csv", ["prefill_chunk", "kv_prefill", "n_decode", "kv_decode"]))),
    experts: files["moe.csv"] === undefined ? undefined : new GridTable(read("moe.csv", ["tokens", "activated_experts"])),
    skew: files["skew_fit.csv"] === undefined ? SkewTable.none : SkewTable.parse(files["skew_fit.csv"], `${folder}/skew_fit.csv`),
    source,
  };
}

/** One measurement: name of a layer where there is one, place on the axes, time. */
export interface TimedRow { readonly layer: string; readonly at: readonly number[]; readonly us: number }

/**
 * Rows of a table with given key columns and `time_us`.
 *
 * @throws {DataError} naming the line.
 */
export function parseRows(text: string, file: string, keys: readonly string[]): readonly TimedRow[] {
  const rows = parseCsv(text, file), wanted = [...keys, "time_us"], axes = keys.filter((key) => key !== "layer");
  checkColumns(Object.keys(rows[0] ?? {}), wanted, file);
  return rows.map((row, index) => {
    const number = (name: string, most: number): number => {
      const value = row[name]!.trim() === "" ? NaN : Number(row[name]);
      if (value >= 0 && value <= most) return value;
      throw new DataError({ subject: name, rule: `be a number from 0 to ${most}`, got: row[name], where: `${file}:${index + 2}`, hint: "Measure this point again, or leave the line out." });
    };
    return { layer: row["layer"] ?? "", at: axes.map((axis) => number(axis, MOST_TOKENS)), us: number("time_us", MOST_US) };
  });
}

/** Leaves out places of (chunk, before) that were measured without decodes only, where the same chunk has others with. */
function withDecodes(rows: readonly TimedRow[]): readonly TimedRow[] {
  const withAny = new Set<number>(), pairs = new Set<string>();
  for (const { at: [chunk, before, decodes] } of rows) if (decodes! > 0) { withAny.add(chunk!); pairs.add(`${chunk!}|${before!}`); }
  return rows.filter(({ at: [chunk, before] }) => !withAny.has(chunk!) || pairs.has(`${chunk!}|${before!}`));
}

function byLayer(rows: readonly TimedRow[]): ReadonlyMap<string, GridTable> {
  const layers = new Map<string, TimedRow[]>();
  for (const row of rows) layers.set(row.layer, [...layers.get(row.layer) ?? [], row]);
  return new Map([...layers].map(([name, ofLayer]) => [name, new GridTable(ofLayer)]));
}
