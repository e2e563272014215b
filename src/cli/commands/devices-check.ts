/** plmm devices check and folds: predictions beside measurements. */
import { readFileSync } from "node:fs";
import type { CommandModule } from "yargs";
import { DataError } from "../../core/errors.js";
import { parseMeasurements } from "../../devices/facts/measurement.js";
import { CHECKED, reportCheck } from "../../devices/fit/check-report.js";
import type { CheckedName, TargetReport } from "../../devices/fit/check-report.js";
import { tabulateFolds } from "../../devices/fit/folds.js";
import type { PredictorFolds } from "../../devices/fit/folds.js";
import { checkHeat, isHeatTable } from "../check-heat.js";
import { loadFirstTokenScale, loadRateModel } from "../../devices/fit/load-rate-models.js";
import { TARGETS } from "../../devices/fit/rate-targets.js";
import type { TargetName } from "../../devices/fit/rate-targets.js";
import type { ErrorSummary } from "../../devices/fit/score.js";

/** Column that measures each target. */
const TARGET_COLUMNS: Readonly<Record<CheckedName, string>> = { "decode": "decode_tps", "prefill": "prefill_tps", "memory": "peak_mem_mb", "energy": "j_per_token", "first token": "ttft_ms" };

interface CheckFlags { readonly file: string; readonly calibrate: number; readonly leaveOneSocOut: boolean; readonly json: boolean; readonly rows: boolean; }

/** plmm devices check FILE.csv */
export const checkCommand: CommandModule = {
  command: "check <file>",
  describe: "Predict every row of a CSV file of measurements without looking at it, and compare",
  builder: (argv) => argv
    .positional("file", { type: "string", demandOption: true, describe: "Columns of device-measurements.csv, roofline-eta.csv or energy-measurements.csv; or recorded runs: throttle-curves.csv" })
    .option("calibrate", { type: "number", choices: [0, 1], default: 0, describe: "Rows per SoC, stack and accelerator that may be used, by hash of their id; not scored" })
    .option("leave-one-soc-out", { type: "boolean", default: false, describe: "Predict each SoC without the rows of it that the fit knows" })
    .option("rows", { type: "boolean", default: false, describe: "Also print each row" })
    .option("json", { type: "boolean", default: false, describe: "Print JSON" })
    .example("$0 devices check datasets/devices/device-measurements.csv --leave-one-soc-out", "The figures of this project."),
  handler: (args) => { checkFile(args as unknown as CheckFlags); },
};

/** plmm devices folds */
export const foldsCommand: CommandModule = {
  command: "folds",
  describe: "Every fold of leave-one-SoC-out on the shipped rows, beside simple predictors",
  builder: (argv) => argv
    .option("target", { choices: TARGETS, default: "decode" as const, describe: "What is predicted; simple predictors stand beside decode alone" })
    .option("json", { type: "boolean", default: false, describe: "Print JSON" }),
  handler: (args) => {
    const { target, json } = args as unknown as { readonly target: TargetName; readonly json: boolean }, tables = tabulateFolds(loadRateModel(target));
    process.stdout.write(json ? `${JSON.stringify(tables, undefined, 2)}\n` : renderFolds(tables));
  },
};

function checkFile(flags: CheckFlags): void {
  const text = loadText(flags.file);
  if (isHeatTable(text)) { process.stdout.write(checkHeat(text, flags.file, flags.json)); return; }
  const rows = parseMeasurements(text, flags.file);
  const reports = reportCheck(rows, { model: loadRateModel, firstTokenScale: loadFirstTokenScale() }, { calibrate: flags.calibrate === 1, leaveChipsOut: flags.leaveOneSocOut });
  if (reports.length === 0) {
    throw new DataError({
      subject: flags.file, rule: "measure decode_tps, prefill_tps, ttft_ms, peak_mem_mb or j_per_token in some row", got: `${rows.length} rows without any`,
      hint: "Compare with datasets/devices/device-measurements.csv.",
    });
  }
  process.stdout.write(flags.json ? `${JSON.stringify({ file: flags.file, options: { calibrate: flags.calibrate, leaveOneSocOut: flags.leaveOneSocOut }, targets: reports }, undefined, 2)}\n`
    : `${reports.map((report) => renderReport(report, flags)).join("\n")}${renderUnmeasured(reports)}`);
}

/** Names what no row measures, so that a misspelt column does not pass for a file without it. */
function renderUnmeasured(reports: readonly TargetReport[]): string {
  const unmeasured = CHECKED.filter((name) => reports.every(({ target }) => target !== name));
  return unmeasured.length === 0 ? "" : `\nNo row measures ${unmeasured.map((name) => `${name} (${TARGET_COLUMNS[name]})`).join(", ")}.\n`;
}

function renderReport(report: TargetReport, flags: CheckFlags): string {
  const lines = [`${report.target} (${report.unit})`, `  ${HEAD}`];
  for (const [name, summary] of [["all", report.all], ["phones, tablets", report.handheld], ["llama.cpp Metal 7B", report.metal7b]] as const) {
    if (summary !== undefined) lines.push(`  ${name.padEnd(NAME_WIDTH)}${renderSummary(summary)}`);
  }
  if (report.noiseFloor !== undefined) {
    lines.push(`  Rows that say the same differ from their mean by ${percent(report.noiseFloor.medianError)} (median of ${report.noiseFloor.rows}): no predictor gets below.`);
  }
  if (report.calibrationRows > 0) lines.push(`  ${report.calibrationRows} rows calibrated their SoC, stack and accelerator, and are not scored.`);
  lines.push(flags.leaveOneSocOut ? "  Each SoC was predicted without its own rows." : `  ${report.rowsOfKnownChips} scored rows are of SoCs that the fit has seen.`);
  for (const [rule, count] of Object.entries(report.skipped)) lines.push(`  Not scored: ${count}, ${rule}.`);
  if (flags.rows) for (const row of report.rows) lines.push(`  ${row.id.padEnd(8)}${row.chip.padEnd(30)}measured ${number(row.measured)}  predicted ${number(row.predicted)} [${number(row.low)}, ${number(row.high)}]`);
  return `${lines.join("\n")}\n`;
}

const NAME_WIDTH = 22;
const HEAD = `${"".padEnd(NAME_WIDTH)}${["rows", "median", "P90", "within 2x", "median SoC", "in 80%"].map((title) => title.padStart(11)).join("")}`;

function renderSummary(summary: ErrorSummary): string {
  return [String(summary.rows), percent(summary.median), percent(summary.p90), percent(summary.within2x), percent(summary.macroMedian),
    summary.coverage === undefined ? "-" : percent(summary.coverage)].map((cell) => cell.padStart(11)).join("");
}

function renderFolds(tables: readonly PredictorFolds[]): string {
  const summaries = tables.flatMap((table) => [`${table.predictor}`, `  ${"all".padEnd(NAME_WIDTH)}${renderSummary(table.all)}`,
    ...(table.handheld === undefined ? [] : [`  ${"phones, tablets".padEnd(NAME_WIDTH)}${renderSummary(table.handheld)}`])]);
  const last = tables[tables.length - 2]!, chips = last.folds.map(({ chip, errors }) => `${chip.padEnd(34)}${String(errors.rows).padStart(5)}${tables
    .map((table) => { const fold = table.folds.find((entry) => entry.chip === chip); return (fold === undefined ? "-" : percent(fold.errors.median)).padStart(9); }).join("")}`);
  return [`  ${HEAD}`, ...summaries, "", `Median error of each fold, predictors in the order above:`, ...chips, ""].join("\n");
}

function percent(share: number): string { return `${(share * 100).toFixed(1)}%`; }

function number(value: number | undefined): string { return value === undefined ? "-" : String(Number(value.toPrecision(4))); }

function loadText(file: string): string {
  try { return readFileSync(file, "utf8"); } catch (cause) {
    throw new DataError({ subject: file, rule: "be a readable file", got: (cause as NodeJS.ErrnoException).code ?? "unreadable", hint: "Check the path.", cause });
  }
}
