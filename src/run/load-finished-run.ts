/** A run that has something to report on. */
import { DataError } from "../core/errors.js";
import { loadRun, type StoredRun } from "./load-cells.js";

/**
 * Reads a run that has at least one finished cell.
 *
 * @throws {ConfigError} when the folder is not a run.
 * @throws {DataError} when no cell is finished, or a file is damaged.
 */
export function loadFinishedRun(folder: string): StoredRun {
  const run = loadRun(folder);
  if (run.cells.length > 0) return run;
  throw new DataError({
    subject: "the run", rule: "have a finished cell", got: `${run.failures.length} failed, ${run.missingCount} missing`, where: folder,
    hint: `See: plmm status ${folder}`,
  });
}
