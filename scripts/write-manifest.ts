/**
 * Brings the sha256 of each entry of datasets/manifest.json up to date and names files without an entry.
 *
 *   node dist/scripts/write-manifest.js
 *
 * source, licence, date and howMade are written by hand.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadDatasetManifest } from "../src/config/dataset-manifest.js";
import { packageRoot } from "../src/config/load-dataset.js";
import { renderDatasetJson } from "./render-dataset-json.js";

const FOLDER = join(packageRoot(), "datasets");
const manifest = loadDatasetManifest();
const files = manifest.files.map((entry) => ({ ...entry, sha256: createHash("sha256").update(readFileSync(join(FOLDER, entry.path))).digest("hex") }));
writeFileSync(join(FOLDER, "manifest.json"), renderDatasetJson({ ...manifest, files: [...files].sort((a, b) => (a.path < b.path ? -1 : 1)) }, 3));
const listed = new Set(files.map((entry) => entry.path));
for (const path of readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((item) => item.isFile())
  .map((item) => join(item.parentPath, item.name).slice(FOLDER.length + 1)).filter((name) => name !== "manifest.json" && !listed.has(name))) {
  console.error(`datasets/${path} has no entry: add its source, licence, date and howMade to datasets/manifest.json.`);
  process.exitCode = 1;
}
console.log(`datasets/manifest.json: ${files.length} files.`);
