/**
 * Fits speed, memory, energy and heat to the tables of datasets/devices and writes rate-fit.json, heat-fit.json and catalogue.json there.
 *
 *   npm run fit:devices                    fit and write: about 5 minutes
 *   npm run fit:devices -- --stored        keep the stored parameters, make the catalogue from them: seconds
 *   npm run fit:devices -- --only A,B      fit these of decode, prefill, memory and energy, keep the stored parameters of the others
 *   npm run fit:devices -- --check         fit, compare with the committed files, write nothing
 *   npm run fit:devices -- --nested        errors of decode and prefill (or of those named by --only) with each fifth of the chips left out of
 *                                          the whole fit, write nothing: five fits each
 *   npm run fit:devices -- --import DIR    first carry the tables over from DIR and fit DIR/throttle-curves.csv
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadDataset, loadDatasetText, packageRoot } from "../src/config/load-dataset.js";
import { parseDeviceCatalogue } from "../src/devices/device-catalogue.js";
import { parseDeviceFacts } from "../src/devices/device-facts.js";
import { validateTables } from "../src/devices/facts/validate-tables.js";
import { fitHeatCurve, parseHeatCurves, summarizeHeat } from "../src/devices/fit-heat.js";
import { loadFitInputs } from "../src/devices/fit/load-rate-models.js";
import type { FitInputs } from "../src/devices/fit/load-rate-models.js";
import { checkFirstToken, scaleFirstToken } from "../src/devices/fit/check-first-token.js";
import { parseRateFitFile } from "../src/devices/fit/rate-fit-file.js";
import type { RateFitFile } from "../src/devices/fit/rate-fit-file.js";
import { COVERAGE, fitRateModel } from "../src/devices/fit/fit-rate-model.js";
import { checkNested } from "../src/devices/fit/nested-check.js";
import { conditionModel, rowsOf } from "../src/devices/fit/rate-model.js";
import type { RateFit, RateModel } from "../src/devices/fit/rate-model.js";
import { TARGETS } from "../src/devices/fit/rate-targets.js";
import { isHandheld, summarizeErrors } from "../src/devices/fit/score.js";
import type { TargetName } from "../src/devices/fit/rate-targets.js";
import { makeCatalogue } from "../src/devices/make-catalogue.js";
import type { HeatSummary } from "../src/devices/fit-heat.js";
import { renderDatasetJson } from "./render-dataset-json.js";

const FOLDER = join(packageRoot(), "datasets", "devices");
const TABLES = ["device-measurements.csv", "energy-measurements.csv", "soc-facts.csv"] as const;
const RATE_FIT = "rate-fit.json";
const NESTED_FOLDS = 5;

function main(flags: readonly string[]): void {
  const importAt = flags.indexOf("--import");
  if (importAt >= 0) importTables(flags[importAt + 1] ?? "");
  validateTables(Object.fromEntries(["device-measurements.csv", "energy-measurements.csv", "soc-facts.csv", "chip-cpus.csv", "chip-accelerators.csv"]
    .map((table) => [table, loadDatasetText(`devices/${table}`)])));
  const inputs = loadFitInputs();
  const onlyAt = flags.indexOf("--only"), named = onlyAt < 0 ? undefined : TARGETS.filter((name) => flags[onlyAt + 1]?.split(",").includes(name));
  if (flags.includes("--nested")) { for (const name of named ?? ["decode", "prefill"] as const) printNested(name, inputs); return; }
  const fit = fitSome(inputs, flags.includes("--stored") ? [] : named ?? TARGETS);
  const heat = loadDataset("devices/heat-fit.json") as { readonly summary: HeatSummary };
  const facts = parseDeviceFacts(loadDataset("devices/device-facts.json"), "datasets/devices/device-facts.json");
  const catalogue = makeCatalogue({ inputs, fit, heat: heat.summary, facts });
  parseDeviceCatalogue(catalogue, "the fitted catalogue");
  const outputs = { [RATE_FIT]: renderDatasetJson(fit, 3), "catalogue.json": renderDatasetJson(catalogue, 3) };
  const finish = flags.includes("--check") ? compare : write;
  for (const [file, text] of Object.entries(outputs)) finish(file, text);
}

/** Fits these targets; the others keep their stored parameters. */
function fitSome(inputs: FitInputs, fitted: readonly TargetName[]): RateFitFile {
  const isWhole = fitted.length === TARGETS.length;
  const stored = isWhole ? undefined : parseRateFitFile(loadDataset(`devices/${RATE_FIT}`), RATE_FIT, inputs.fingerprints);
  const targets = Object.fromEntries(TARGETS.map((name): [TargetName, RateFit] => {
    if (stored !== undefined && !fitted.includes(name)) return [name, stored.targets[name]];
    const { fit } = fitRateModel(name, rowsOf(name, inputs), inputs.chips);
    console.log(`${name}: ${fit.rows} rows, 80% interval at ${fit.intervalScale.toFixed(2)} standard deviations, with a known row at ${fit.calibratedScale.toFixed(2)}.`);
    return [name, roundNumbers(fit)];
  })) as Record<TargetName, RateFit>;
  return { madeBy: "npm run fit:devices", inputs: inputs.fingerprints, targets, firstTokenScale: fitFirstToken(inputs, targets) };
}

/** On chips left out, as the scales of the other intervals. */
function fitFirstToken(inputs: FitInputs, targets: RateFitFile["targets"]): number {
  const conditioned = (name: TargetName): RateModel => conditionModel(name, targets[name], rowsOf(name, inputs), inputs.chips);
  const { scored } = checkFirstToken({ prefill: conditioned("prefill"), decode: conditioned("decode"), scale: 1 }, inputs.measurements, true);
  return roundNumbers(scaleFirstToken(scored, COVERAGE));
}

function printNested(target: TargetName, inputs: FitInputs): void {
  const options = [0, 1].map((calibrate) => ({ calibrate: calibrate === 1, leaveChipsOut: true }));
  checkNested(target, rowsOf(target, inputs), inputs.chips, NESTED_FOLDS, options).forEach((scored, calibrate) => {
    for (const [name, rows] of [["all", scored], ["phones, tablets", scored.filter(({ row }) => isHandheld(row))]] as const) {
      const { rows: count, median, p90, within2x, coverage } = summarizeErrors(rows)!;
      console.log(`${target}, ${calibrate} rows calibrate, ${name}: ${count} rows, ${[median, p90, within2x, coverage ?? NaN].map((share) => `${(100 * share).toFixed(1)}%`).join(", ")} (median, P90, within 2x, in 80%).`);
    }
  });
}

function compare(file: string, text: string): void {
  const isSame = text === loadDatasetText(`devices/${file}`);
  console.log(isSame ? `datasets/devices/${file} is the same.` : `datasets/devices/${file} DIFFERS.`);
  if (!isSame) process.exitCode = 1;
}

function write(file: string, text: string): void {
  writeFileSync(join(FOLDER, file), text);
  console.log(`Wrote datasets/devices/${file}.`);
}

/** Carries the tables over without the collector's private archive numbers, and keeps only parameters of the recorded curves. */
function importTables(from: string): void {
  for (const table of TABLES) {
    const text = readFileSync(join(from, table), "utf8");
    writeFileSync(join(FOLDER, table), text
      .replace(/,? ?\b(file )?ids? \d{9,}(?:, \d{9,})*/g, "").replace(/\bstored\b/g, "archived").replace(/\r\n/g, "\n"));
  }
  const fits = parseHeatCurves(readFileSync(join(from, "throttle-curves.csv"), "utf8"), "throttle-curves.csv").map(fitHeatCurve);
  const rounded = fits.map(roundNumbers);
  const heat = {
    source: "john-rocky/apple-silicon-llm-bench@93ef587 (MIT): decode rate per second of continuous runs of 8 to 14 minutes, iPhone 17 Pro",
    model: "rate(t) = cold * (f + (1 - f) e^(-t / tau)); summary: medians over runs that start in thermal state nominal or fair",
    summary: roundNumbers(summarizeHeat(rounded)), curves: rounded,
  };
  writeFileSync(join(FOLDER, "heat-fit.json"), renderDatasetJson(heat, 2));
}

/** Four significant digits of every number, at any depth: more would claim more than the data hold. */
function roundNumbers<T>(value: T): T {
  if (typeof value === "number") return Number(value.toPrecision(4)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, roundNumbers(item as unknown)])) as T;
}

main(process.argv.slice(2));
