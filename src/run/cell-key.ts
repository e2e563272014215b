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
import type { Scenario } from "../config/scenario-schema.js";
import { requireHostProfile } from "../devices/host/load-host-profile.js";
import { requireTraceFile } from "./load-cell-inputs.js";

/** Folders of code that results depend on. */
const MODEL_FOLDERS = ["core", "config", "records", "simulation", "devices", "population", "network", "protocol", "tiers", "clients", "hosted", "privacy", "economics", "metrics", "run"];

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

/** sha256 over the code that asks models about the world and judges their answers. */
export function digestAsking(): string {
  return digestFiles(["core", "world", "models", join("run", "family"), join("run", "compression")].flatMap(listCode));
}

/** Key of a cell. 64 hex digits. */
export function cellKeyOf(cell: Cell): string {
  const inputs = namedInputs(cell.scenario).map(digestInput);
  return createHash("sha256").update([fingerprintScenario(cell.scenario), cell.seed, cell.replication, ...inputs, digestModel()].join("\n")).digest("hex");
}

/** Files and folders that a scenario names: its trace, its host profile and its kernel profiles. What they hold counts, not where they lie. */
function namedInputs({ population: { arrivals }, devices, tiers }: Scenario): string[] {
  const pools = [tiers.expert, ...Object.values(tiers.expertOverrides), tiers.general];
  const profiles = pools.map((pool) => pool.kernelProfile).filter((path) => path !== undefined);
  const hosts = devices.host === undefined ? [] : [requireHostProfile(devices.host.profile, "devices.host.profile")];
  return [...(arrivals.kind === "trace" ? [requireTraceFile(arrivals.file)] : []), ...hosts, ...profiles];
}

function digestInput(path: string): string {
  if (!statSync(path).isDirectory()) return createHash("sha256").update(readFileSync(path)).digest("hex");
  const hash = createHash("sha256");
  for (const file of listFiles(path)) hash.update(`${relative(path, file)}\n`).update(readFileSync(file));
  return hash.digest("hex");
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
