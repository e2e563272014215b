/**
 * The name of a cell's result: sha256 over everything it depends on and nothing else: the resolved scenario, seed and
 * replication, the code that computes it, the data sets it reads. Not the host, the threads, the folder.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../config/load-dataset.js";
import { fingerprintScenario } from "../config/fingerprint.js";
import type { Cell } from "../config/plan.js";
import { requireTraceFile } from "./load-cell-inputs.js";

/** Folders of code that results depend on. */
const MODEL_FOLDERS = ["core", "config", "records", "simulation", "devices", "population", "network", "protocol", "tiers", "clients", "privacy", "economics", "metrics", "run"];

let modelDigest: string | undefined;

/** sha256 over the running code of the model and the data sets of the package. Computed once per process. */
export function digestModel(): string {
  modelDigest ??= digestFiles([
    ...MODEL_FOLDERS.flatMap(listCode),
    ...listFiles(join(packageRoot(), "datasets")),
  ]);
  return modelDigest;
}

/** sha256 over the code that renders tables and figures of results. */
export function digestReport(): string {
  return digestFiles(["core", "metrics", "report"].flatMap(listCode));
}

/** Key of a cell. 64 hex digits. */
export function cellKeyOf(cell: Cell): string {
  const { scenario } = cell, { arrivals } = scenario.population;
  const trace = arrivals.kind === "trace" ? createHash("sha256").update(readFileSync(requireTraceFile(arrivals.file))).digest("hex") : "";
  return createHash("sha256").update([fingerprintScenario(scenario), cell.seed, cell.replication, trace, digestModel()].join("\n")).digest("hex");
}

function sourceRoot(): string { return dirname(dirname(fileURLToPath(import.meta.url))); }

/** Code of a folder of src, tests and types left out. */
function listCode(folder: string): string[] {
  return listFiles(join(sourceRoot(), folder)).filter((file) => /\.[jt]s$/.test(file) && !/\.(test|d|contract|fixture)\./.test(file));
}

function listFiles(folder: string): string[] {
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? listFiles(path) : [path];
  });
}

function digestFiles(files: readonly string[]): string {
  const hash = createHash("sha256"), root = packageRoot();
  for (const file of files) hash.update(`${relative(root, file)}\n`).update(readFileSync(file));
  return hash.digest("hex");
}
