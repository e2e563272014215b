/**
 * Makes datasets/devices/catalogue.json from the measurements beside it.
 *
 *   node dist/scripts/fit-devices.js                 fit and write
 *   node dist/scripts/fit-devices.js --check         fit, print, compare with the committed file, write nothing
 *   node dist/scripts/fit-devices.js --folds         also print the error on chips left out of the fit, one by one
 *   node dist/scripts/fit-devices.js --import DIR    first carry the tables over from DIR and fit DIR/throttle-curves.csv
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadDataset, loadDatasetText, packageRoot } from "../src/config/load-dataset.js";
import { parseDeviceCatalogue } from "../src/devices/device-catalogue.js";
import { parseDeviceFacts } from "../src/devices/device-facts.js";
import { fitHeatCurve, parseHeatCurves, summarizeHeat } from "../src/devices/fit-heat.js";
import { median, rateErrors } from "../src/devices/fit-rate.js";
import type { RateFit, RatePoint } from "../src/devices/fit-rate.js";
import { decodePoints, fitDecode, fitPrefill, makeCatalogue, prefillPoints } from "../src/devices/make-catalogue.js";
import type { CatalogueInputs } from "../src/devices/make-catalogue.js";
import { parseMeasurements } from "../src/devices/measurement-rows.js";
import { renderDatasetJson } from "./render-dataset-json.js";

const FOLDER = join(packageRoot(), "datasets", "devices");
const TABLES = ["device-measurements.csv", "energy-measurements.csv", "soc-facts.csv"] as const;

function main(flags: readonly string[]): void {
  const importAt = flags.indexOf("--import");
  if (importAt >= 0) importTables(flags[importAt + 1] ?? "");
  const inputs = readInputs(), catalogue = makeCatalogue(inputs), text = renderDatasetJson(catalogue, 3);
  parseDeviceCatalogue(catalogue, "the fitted catalogue");
  printFit(inputs, flags.includes("--folds"));
  if (flags.includes("--check")) {
    const isSame = text === loadDatasetText("devices/catalogue.json");
    console.log(isSame ? "The committed catalogue is the same." : "The committed catalogue DIFFERS.");
    process.exitCode = isSame ? 0 : 1;
    return;
  }
  writeFileSync(join(FOLDER, "catalogue.json"), text);
  console.log(`Wrote datasets/devices/catalogue.json: ${catalogue.devices.length} devices.`);
}

function readInputs(): CatalogueInputs {
  const [measurements, energy, socs] = TABLES.map((table) => loadDatasetText(`devices/${table}`));
  const heat = loadDataset("devices/heat-fit.json") as { readonly summary: CatalogueInputs["heat"] };
  return {
    measurements: measurements!, energy: energy!, socs: socs!, heat: heat.summary,
    facts: parseDeviceFacts(loadDataset("devices/device-facts.json"), "datasets/devices/device-facts.json"),
  };
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

function roundNumbers<T extends object>(row: T): T {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, typeof value === "number" ? Number(value.toPrecision(4)) : value as unknown])) as T;
}

function printFit(inputs: CatalogueInputs, withFolds: boolean): void {
  const rows = parseMeasurements(inputs.measurements, TABLES[0]);
  const decode = decodePoints(rows), prefill = prefillPoints(rows);
  console.log(`Heat: sustained ${inputs.heat.sustainedFraction} of cold, time constant ${inputs.heat.heatTauS} s (${inputs.heat.curves} runs that start cool).`);
  printLines("Decode: eta and overhead (s)", decode, fitDecode(decode));
  printLines("Prefill: operations per byte of bandwidth and overhead (s)", prefill, fitPrefill(prefill));
  printExclusions(rows.map((row) => row.decodeExclusion));
  if (!withFolds) return;
  const classes = new Map(rows.map((row) => [row.soc, row.deviceClass]));
  const errors: { readonly soc: string; readonly error: number }[] = [];
  for (const soc of new Set(decode.map((point) => point.soc))) {
    const fit = fitDecode(decode.filter((point) => point.soc !== soc)), own = decode.filter((point) => point.soc === soc);
    rateErrors(fit, own).forEach((error) => errors.push({ soc, error }));
  }
  const phones = errors.filter((entry) => classes.get(entry.soc) === "phone" || classes.get(entry.soc) === "tablet");
  console.log(`Decode on chips left out: all ${percentiles(errors.map((entry) => entry.error))}; phones ${percentiles(phones.map((entry) => entry.error))}.`);
}

function printLines(title: string, points: readonly RatePoint[], fit: RateFit): void {
  console.log(`${title}; ${points.length} rows; error on these rows ${percentiles(rateErrors(fit, points))}`);
  for (const [group, line] of [...fit.groups].sort()) {
    console.log(`  ${group.padEnd(20)} ${line.rate.toPrecision(3).padStart(8)} ${line.overheadS.toFixed(4)}  (${line.rows} rows)`);
  }
}

function printExclusions(rules: readonly (string | undefined)[]): void {
  const counts = new Map<string, number>();
  for (const rule of rules) if (rule !== undefined) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  console.log("Rows left out of the decode fit, by rule:");
  for (const [rule, count] of [...counts].sort((a, b) => b[1] - a[1])) console.log(`  ${count} ${rule}`);
}

function percentiles(errors: readonly number[]): string {
  const sorted = [...errors].sort((a, b) => a - b);
  return `median ${(median(errors) * 100).toFixed(1)}%, P90 ${((sorted[Math.floor(sorted.length * 0.9)] ?? NaN) * 100).toFixed(0)}%`;
}

main(process.argv.slice(2));
