/** Finds and reads data sets of others in the folder named by PLMM_DATA. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../../core/errors.js";
import { findPublicDataset } from "./public-datasets.js";
import type { PublicDataset } from "./public-datasets.js";

/** Path of a data set's file; undefined when PLMM_DATA is not set or does not hold it. */
export function findDatasetFile({ path }: PublicDataset): string | undefined {
  const folder = process.env["PLMM_DATA"];
  if (folder === undefined || folder === "") return undefined;
  const file = join(folder, path);
  return existsSync(file) && statSync(file).isFile() ? file : undefined;
}

/**
 * Text of a data set.
 *
 * @throws {ConfigError} for an unknown name.
 * @throws {DataError} when the file is not there.
 */
export function loadPublicDataset(name: string): string {
  const dataset = findPublicDataset(name), file = findDatasetFile(dataset);
  if (file !== undefined) return readFileSync(file, "utf8");
  throw new DataError({
    subject: `data set ${name}`, rule: `lie at ${dataset.path} below the folder named by PLMM_DATA`, got: process.env["PLMM_DATA"],
    hint: `Run: plmm data fetch ${name} --to DIR, then set PLMM_DATA=DIR.`,
  });
}
