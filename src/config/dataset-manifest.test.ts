import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadDatasetManifest } from "./dataset-manifest.js";
import { packageRoot } from "./load-dataset.js";

const folder = join(packageRoot(), "datasets");
const { files } = loadDatasetManifest();

describe("datasets/manifest.json", () => {
  it("has the sha256 of each file; bring it up to date with: node dist/scripts/write-manifest.js", () => {
    for (const entry of files) {
      expect([entry.path, createHash("sha256").update(readFileSync(join(folder, entry.path))).digest("hex")]).toEqual([entry.path, entry.sha256]);
    }
  });

  it("lists every file of datasets/ with source, licence, date and how it was made", () => {
    const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((item) => item.isFile())
      .map((item) => join(item.parentPath, item.name).slice(folder.length + 1)).filter((path) => path !== "manifest.json").sort();
    expect(files.map((entry) => entry.path).sort()).toEqual(found);
    for (const entry of files) {
      expect(entry.source.length * entry.licence.length * entry.howMade.length).toBeGreaterThan(0);
      expect(entry.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });
});
