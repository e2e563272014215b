/**
 * A kernel profile in one table of our own, for GPUs measured by other means. Columns:
 * part (layer, once, sequence, attention or experts), name, tokens, before, decodes, context, experts, us.
 *
 * layer: a kernel of every layer, by tokens (twice a layer when named layernorm). once: a kernel of a step, by tokens. sequence: a kernel of a step, by
 * sequences that get a token (in tokens). attention: one layer, by tokens of a prompt piece, tokens before it, decodes and
 * their mean context. experts: one layer, by tokens of one GPU and distinct experts. Cells without meaning stay empty.
 */
import { DataError } from "../core/errors.js";
import { parseCsv } from "../devices/parse-csv.js";
import type { CsvRow } from "../devices/parse-csv.js";
import { checkColumns } from "./check-columns.js";
import { parseKernelProfile } from "./kernel-profile.js";
import type { KernelProfile, ProfileFile } from "./kernel-profile.js";

const COLUMNS = ["part", "name", "tokens", "before", "decodes", "context", "experts", "us"];

/** Table of the profiler's format that holds a part: its file, and its columns in ours. */
interface PartForm { readonly file: ProfileFile; readonly header: string; readonly from: readonly (keyof CsvRow)[] }

const PARTS: Readonly<Record<string, PartForm>> = {
  layer: { file: "dense.csv", header: "layer,tokens,time_us", from: ["name", "tokens"] },
  once: { file: "dense.csv", header: "layer,tokens,time_us", from: ["name", "tokens"] },
  sequence: { file: "per_sequence.csv", header: "layer,sequences,time_us", from: ["name", "tokens"] },
  attention: { file: "attention.csv", header: "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us", from: ["tokens", "before", "decodes", "context"] },
  experts: { file: "moe.csv", header: "tokens,activated_experts,time_us", from: ["tokens", "experts"] },
};
/** Name under which the profiler's format knows what a step has once. */
const ONCE_NAME = "embedding";

/**
 * Parses the table.
 *
 * @throws {DataError} when a column or part is unknown, or a number is not one.
 */
export function parseProfileTable(text: string, file: string): KernelProfile {
  const rows = parseCsv(text, file), lines = new Map<ProfileFile, string[]>();
  checkColumns(Object.keys(rows[0] ?? {}), COLUMNS, file);
  rows.forEach((row, index) => {
    const form = PARTS[row["part"]!];
    if (form === undefined) throw new DataError({ subject: "part", rule: `be one of ${Object.keys(PARTS).join(", ")}`, got: row["part"], where: `${file}:${index + 2}`, hint: "Remove the line or correct the part." });
    const found = lines.get(form.file) ?? [form.header], cells = form.from.map((column) => column === "name" && row["part"] === "once" ? ONCE_NAME : row[column]!);
    found.push([...cells, row["us"]!].join(","));
    lines.set(form.file, found);
  });
  return parseKernelProfile(Object.fromEntries([...lines].map(([name, found]) => [name, found.join("\n")])), file);
}
