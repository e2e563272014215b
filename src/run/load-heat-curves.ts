/** Recorded heat curves, which are not shipped, from the folder named by PLMM_DATA. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../core/errors.js";
import { parseHeatCurves } from "../devices/fit-heat.js";
import type { HeatCurve } from "../devices/fit-heat.js";

/**
 * Path below PLMM_DATA.
 *
 * @throws {DataError} when PLMM_DATA is not set or does not hold it.
 */
export function findPrivateData(path: string): string {
  const folder = process.env["PLMM_DATA"], full = join(folder ?? "", path);
  if (folder !== undefined && folder !== "" && existsSync(full)) return full;
  throw new DataError({ subject: path, rule: "lie below the folder named by PLMM_DATA", got: folder, hint: "Set PLMM_DATA=DIR, or run the small form: --small." });
}

/** Loads devices/throttle-curves.csv. */
export function loadHeatCurves(): readonly HeatCurve[] {
  const path = findPrivateData("devices/throttle-curves.csv");
  return parseHeatCurves(readFileSync(path, "utf8"), path);
}
