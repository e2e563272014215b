/** The shipped measurements, spec sheets and fitted parameters, put together. */
import { createHash } from "node:crypto";
import { loadDataset, loadDatasetText } from "../../config/load-dataset.js";
import { parseChipSpecs } from "../facts/chip-specs.js";
import type { ChipSpec } from "../facts/chip-specs.js";
import { parseMeasurements } from "../facts/measurement.js";
import type { Measurement } from "../facts/measurement.js";
import { FITTED_TABLES, parseRateFitFile } from "./rate-fit-file.js";
import type { RateFitFile } from "./rate-fit-file.js";
import { conditionModel, rowsOf } from "./rate-model.js";
import type { RateModel } from "./rate-model.js";
import type { TargetName } from "./rate-targets.js";

/** What the fit reads. */
export interface FitInputs {
  readonly chips: ReadonlyMap<string, ChipSpec>;
  readonly measurements: readonly Measurement[];
  readonly energy: readonly Measurement[];
  /** sha256 by table. */
  readonly fingerprints: Readonly<Record<string, string>>;
}

let loadedInputs: FitInputs | undefined;
let loadedFile: RateFitFile | undefined;
const loadedModels = new Map<TargetName, RateModel>();

/**
 * Loads the tables. Read once.
 *
 * @throws {DataError} when one is missing or wrong.
 */
export function loadFitInputs(): FitInputs {
  if (loadedInputs !== undefined) return loadedInputs;
  const texts = Object.fromEntries(FITTED_TABLES.map((table) => [table, loadDatasetText(`devices/${table}`)])) as Record<(typeof FITTED_TABLES)[number], string>;
  loadedInputs = {
    chips: parseChipSpecs(texts["soc-facts.csv"], texts["chip-cpus.csv"], texts["chip-accelerators.csv"]),
    measurements: parseMeasurements(texts["device-measurements.csv"], "datasets/devices/device-measurements.csv"),
    energy: parseMeasurements(texts["energy-measurements.csv"], "datasets/devices/energy-measurements.csv"),
    fingerprints: Object.fromEntries(FITTED_TABLES.map((table) => [table, createHash("sha256").update(texts[table]).digest("hex")])),
  };
  return loadedInputs;
}

/**
 * Loads a fitted target and conditions it on its rows: about a second, once.
 *
 * @throws {DataError} when the parameters are missing, wrong, or of other tables.
 */
export function loadRateModel(name: TargetName): RateModel {
  const known = loadedModels.get(name);
  if (known !== undefined) return known;
  const inputs = loadFitInputs();
  const model = conditionModel(name, loadFit().targets[name], rowsOf(name, inputs), inputs.chips);
  loadedModels.set(name, model);
  return model;
}

/** Scale of the interval of the time to first token. @throws {DataError} as `loadRateModel`. */
export function loadFirstTokenScale(): number { return loadFit().firstTokenScale; }

function loadFit(): RateFitFile {
  loadedFile ??= parseRateFitFile(loadDataset("devices/rate-fit.json"), "datasets/devices/rate-fit.json", loadFitInputs().fingerprints);
  return loadedFile;
}
