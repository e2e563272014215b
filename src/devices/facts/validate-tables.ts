/**
 * Physical and formal checks of the tables of datasets/devices. Fails on the first wrong row and names it.
 * Bandwidth use above 1.05 fails unless the row is listed among the known wrong ones, which the fit leaves out and says so.
 */
import { DataError } from "../../core/errors.js";
import { parseCsv } from "../parse-csv.js";
import type { CsvRow } from "../parse-csv.js";
import { parseMeasurements } from "./measurement.js";
import type { Measurement } from "./measurement.js";

/** Texts by table name. */
export type TableTexts = Readonly<Record<string, string>>;

interface Bound { readonly column: string; readonly low: number; readonly high: number; readonly unit: string; }

const MEASUREMENT_BOUNDS: readonly Bound[] = [
  { column: "mem_bw_gbs", low: 1, high: 2000, unit: "GB/s" }, { column: "ram_gb", low: 0.1, high: 2000, unit: "GB" },
  { column: "params_b", low: 0.01, high: 2000, unit: "1e9 parameters" }, { column: "model_mb", low: 10, high: 2e6, unit: "MB" },
  { column: "streamed_mb_per_token", low: 10, high: 2e6, unit: "MB" }, { column: "prompt_tokens", low: 1, high: 2e6, unit: "tokens" },
  { column: "gen_tokens", low: 1, high: 2e6, unit: "tokens" }, { column: "prefill_tps", low: 0.05, high: 1e5, unit: "tokens/s" },
  { column: "decode_tps", low: 0.05, high: 5000, unit: "tokens/s" }, { column: "ttft_ms", low: 0.1, high: 1e7, unit: "ms" },
  { column: "peak_mem_mb", low: 1, high: 2e6, unit: "MB" },
];
const ENERGY_BOUNDS: readonly Bound[] = [
  { column: "decode_tps", low: 0.05, high: 5000, unit: "tokens/s" }, { column: "energy_j", low: 0.1, high: 1e7, unit: "J" },
  { column: "power_w", low: 0.1, high: 1000, unit: "W" }, { column: "j_per_token", low: 1e-3, high: 1000, unit: "J/token" },
];
const CHIP_BOUNDS: readonly Bound[] = [
  { column: "year", low: 2005, high: 2100, unit: "" }, { column: "mem_bw_gbs", low: 1, high: 2000, unit: "GB/s" },
  { column: "battery_wh", low: 0.5, high: 200, unit: "Wh" },
];
const CPU_BOUNDS: readonly Bound[] = [
  { column: "big_cores", low: 1, high: 256, unit: "cores" }, { column: "fastest_ghz", low: 0.2, high: 10, unit: "GHz" },
  { column: "single_core_score", low: 20, high: 10000, unit: "points" },
];
const ACCELERATOR_BOUNDS: readonly Bound[] = [
  { column: "gpu_tflops", low: 0.01, high: 200, unit: "1e12 operations/s" }, { column: "npu_tops", low: 0.1, high: 500, unit: "1e12 operations/s" },
];
const CLASSES = ["phone", "tablet", "laptop", "desktop", "sbc", "edge", "other"];
const EVIDENCE = ["primary", "copy", "secondary"];
const MOST_ETA = 1.05;
/** Rows whose bytes or bandwidth are known to be wrong: nominal sizes of Qwen3.5-2B. The fit leaves them out by the same bound. */
const KNOWN_ABOVE_BOUND: ReadonlySet<string> = new Set(["m0134", "m0776"]);

/**
 * Checks the five tables.
 *
 * @throws {DataError} naming table, row and column.
 */
export function validateTables(texts: TableTexts): void {
  const measurements = readTable(texts, "device-measurements.csv", "id"), energy = readTable(texts, "energy-measurements.csv", "id");
  const chips = readTable(texts, "soc-facts.csv", "soc");
  const known = new Set(chips.map((row) => row["soc"]!));
  for (const row of measurements) {
    checkBounds(row, row["id"]!, "device-measurements.csv", MEASUREMENT_BOUNDS);
    checkMeasurement(row);
  }
  for (const row of parseMeasurements(texts["device-measurements.csv"] ?? "", "device-measurements.csv")) checkBandwidthUse(row);
  for (const row of energy) checkBounds(row, row["id"]!, "energy-measurements.csv", ENERGY_BOUNDS);
  for (const row of chips) checkBounds(row, row["soc"]!, "soc-facts.csv", CHIP_BOUNDS);
  for (const [table, bounds] of [["chip-cpus.csv", CPU_BOUNDS], ["chip-accelerators.csv", ACCELERATOR_BOUNDS]] as const) {
    for (const row of readTable(texts, table, "soc")) {
      checkBounds(row, row["soc"]!, table, bounds);
      require(known.has(row["soc"]!), table, row["soc"]!, "soc", "be a chip of soc-facts.csv", row["soc"]);
      require(/\b(published|assumed)\b|soc-facts\.csv/.test(row["basis"] ?? ""), table, row["soc"]!, "basis", "say what is published, with its source, and what is assumed", row["basis"]);
    }
  }
}

function readTable(texts: TableTexts, table: string, key: string): readonly CsvRow[] {
  const rows = parseCsv(texts[table] ?? "", `datasets/devices/${table}`), seen = new Set<string>();
  for (const row of rows) {
    const id = row[key] ?? "";
    require(id !== "", table, "a row", key, "not be empty", id);
    require(!seen.has(id), table, id, key, "be different in each row", id);
    seen.add(id);
  }
  return rows;
}

function checkMeasurement(row: CsvRow): void {
  const table = "device-measurements.csv", id = row["id"]!;
  require(/^https?:\/\//.test(row["source_url"] ?? "") || (row["source_loc"] ?? "") !== "" || (row["source_url"] ?? "") !== "", table, id, "source_url", "name a source", row["source_url"]);
  require(CLASSES.includes(row["device_class"] ?? ""), table, id, "device_class", `be one of ${CLASSES.join(", ")}`, row["device_class"]);
  require(EVIDENCE.includes(row["evidence"] ?? ""), table, id, "evidence", `be one of ${EVIDENCE.join(", ")}`, row["evidence"]);
  const streamed = Number(row["streamed_mb_per_token"]), file = Number(row["model_mb"]);
  require(!(streamed > 0 && file > 0) || streamed <= file * 1.02, table, id, "streamed_mb_per_token", "not exceed model_mb", streamed);
}

/** Bytes that this project worked out itself are not held against a source. */
function checkBandwidthUse(row: Measurement): void {
  if (row.exclusion !== undefined || row.bytesBasis === "params x bits" || row.bandwidthBytesPerS === undefined) return;
  const eta = ((row.streamedBytes ?? 0) * (row.decodePerS ?? 0)) / row.bandwidthBytesPerS;
  require(!(eta > MOST_ETA) || KNOWN_ABOVE_BOUND.has(row.id), "device-measurements.csv", row.id, "decode_tps", `use at most ${MOST_ETA} of the bandwidth`, eta.toFixed(3));
}

function checkBounds(row: CsvRow, id: string, table: string, bounds: readonly Bound[]): void {
  for (const { column, low, high, unit } of bounds) {
    const text = row[column]?.trim() ?? "";
    if (text === "" || (table === "soc-facts.csv" && column === "battery_wh")) continue;
    const value = Number(text);
    require(value >= low && value <= high, table, id, column, `be a number from ${low} to ${high} ${unit}`.trim(), text);
  }
}

function require(holds: boolean, table: string, id: string, column: string, rule: string, got: unknown): void {
  if (holds) return;
  throw new DataError({
    subject: `${column} of ${id}`, rule, got, where: `datasets/devices/${table}`,
    hint: "Compare with the row's source; correct it there and import again.",
  });
}
