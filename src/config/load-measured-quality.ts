/** Answer quality as it was measured on the shipped family. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadDataset, packageRoot } from "./load-dataset.js";
import { type MeasuredQuality, parseMeasuredQuality, QUALITY_FILE } from "./measured-quality.js";

/** Where it lies. */
export function measuredQualityPath(): string { return join(packageRoot(), "datasets", QUALITY_FILE); }

/**
 * What was measured, or undefined before anything was.
 *
 * @throws {DataError} when the file is none of ours.
 */
export function loadMeasuredQuality(): MeasuredQuality | undefined {
  return existsSync(measuredQualityPath()) ? parseMeasuredQuality(loadDataset(QUALITY_FILE)) : undefined;
}
