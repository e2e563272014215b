/** What datasets/ ships: each file with its source, licence and sha256. */
import { loadDataset } from "./load-dataset.js";

/** A file of datasets/. */
export interface DatasetEntry {
  /** Relative to datasets/, with forward slashes. */
  readonly path: string;
  readonly source: string;
  readonly licence: string;
  /** ISO 8601 day. */
  readonly date: string;
  readonly sha256: string;
  readonly howMade: string;
}

/** `datasets/manifest.json`. */
export interface DatasetManifest { readonly about: string; readonly files: readonly DatasetEntry[] }

/** The manifest of datasets/. @throws {DataError} when it is not there or is no JSON. */
export function loadDatasetManifest(): DatasetManifest { return loadDataset("manifest.json") as DatasetManifest; }
