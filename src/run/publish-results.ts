/**
 * Published results of an experiment, kept with the code:
 *
 *     results/<experiment>/<date>-<fingerprint>/
 *       findings.json     a mean with its interval for each label and metric, and doubts
 *       cells.json        the metrics of each cell, one line a cell; tables of differences are made from it
 *       histograms.json   what figures of whole distributions are made from, one line a label
 *       tables/, figures/ rendered from the three above
 *       manifest.json     provenance, sha256 of the code that ran and that rendered, sha256 of each other file
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../config/load-dataset.js";
import { digestModel, digestReport } from "./cell-key.js";
import { measureProvenance } from "./measure-provenance.js";
import { writeWhole } from "./write-cell.js";

const KEY_DIGITS = 8;
const MANIFEST = "manifest.json";

/** What a manifest says of the files beside it and of the code that made them. */
export interface ResultsSeal {
  /** sha256 of the code and data sets that results depend on. */
  readonly modelSha256: string;
  /** sha256 of the code that draws tables and figures. */
  readonly reportSha256: string;
  /** Path with forward slashes to sha256, manifest.json left out. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of fields that hold times and sizes measured on the machine: they differ from run to run. */
  readonly measured: readonly string[];
}

/** Writes a text file, whole or not at all. */
export function writeText(path: string, text: string): void { writeWhole(path, new TextEncoder().encode(text)); }

/** Writes a JSON file, whole or not at all. */
export function writeJson(path: string, value: unknown): void { writeText(path, `${JSON.stringify(value, undefined, 2)}\n`); }

/** Writes a JSON array with one line per item, whole or not at all. */
export function writeJsonLines(path: string, items: readonly unknown[]): void {
  writeText(path, `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]\n`);
}

/**
 * Folder for results of an experiment made today: below results/, or the folder that the script's --out names.
 *
 * @param fingerprint Hex digits that tell these results from others.
 */
export function resultsFolder(name: string, fingerprint: string): string {
  const { out } = parseArgs({ options: { out: { type: "string" } }, strict: false }).values;
  if (typeof out === "string") return out;
  return join(packageRoot(), "results", name, `${new Date().toISOString().slice(0, 10)}-${fingerprint.slice(0, KEY_DIGITS)}`);
}

/**
 * Completes results by their manifest. Call it last: it notes the sha256 of every file that is there.
 *
 * @param fields What else the manifest should hold.
 */
export function sealResults(folder: string, fields: Readonly<Record<string, unknown>>): void {
  const seal: ResultsSeal = { modelSha256: digestModel(), reportSha256: digestReport(), files: digestFolder(folder), measured: [] };
  writeJson(join(folder, MANIFEST), { ...measureProvenance(), ...seal, ...fields });
}

/** sha256 of each file below a folder, manifest.json at its top left out. */
export function digestFolder(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1).split(sep).join("/"));
  return Object.fromEntries(paths.filter((path) => path !== MANIFEST).sort()
    .map((path) => [path, createHash("sha256").update(readFileSync(join(folder, path))).digest("hex")]));
}
