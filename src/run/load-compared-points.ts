/** The points of a run or of published results, as `plmm compare` needs them. */
import { existsSync } from "node:fs";
import { type CellFindings, summarizeCells } from "../report/aggregate.js";
import type { ComparedPoint } from "../report/compare-runs.js";
import { ConfigError } from "../core/errors.js";
import { loadFinishedRun } from "./load-finished-run.js";
import { isPublished, loadPublished } from "./load-published.js";
import { runPaths } from "./result-store.js";

/**
 * Reads the points of a folder: a run with its replications, or published results with theirs or with means alone.
 *
 * @throws {ConfigError} when the folder is neither.
 * @throws {DataError} when no cell is finished, or a file is damaged.
 */
export function loadComparedPoints(folder: string): ComparedPoint[] {
  if (existsSync(runPaths.study(folder))) {
    const { cells, study } = loadFinishedRun(folder);
    return pointsOf(cells, study.seed);
  }
  if (isPublished(folder)) {
    const { cells, summary, manifest } = loadPublished(folder), seed = manifest.study?.seed;
    return cells === undefined ? summary!.labels.map(({ label, metrics }) => ({ label, metrics, seed })) : pointsOf(cells, seed);
  }
  throw new ConfigError({
    subject: "a run to compare", rule: "be a folder that plmm run or sweep wrote, or published results", got: folder,
    hint: "Such a folder has study.json, or manifest.json beside findings.json. Make a run with: plmm run configs/quickstart.yaml",
  });
}

function pointsOf(cells: readonly CellFindings[], seed: number | undefined): ComparedPoint[] {
  return summarizeCells(cells).labels.map(({ label, metrics }) => ({
    label, metrics, seed, replications: new Map(cells.filter((cell) => cell.label === label).map(({ replication, findings }) => [replication, findings.metrics])),
  }));
}
