import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigError, DataError } from "../../core/errors.js";
import { findDatasetFile, loadPublicDataset } from "./load-public-dataset.js";
import { findPublicDataset, PUBLIC_DATASETS } from "./public-datasets.js";

describe("public data sets", () => {
  it("have a name of their own, a licence, a page, and a size with each sum", () => {
    expect(new Set(PUBLIC_DATASETS.map(({ name }) => name)).size).toBe(PUBLIC_DATASETS.length);
    expect(new Set(PUBLIC_DATASETS.map(({ path }) => path)).size).toBe(PUBLIC_DATASETS.length);
    for (const { licence, page, url, sha256, bytes, path } of PUBLIC_DATASETS) {
      expect(licence).not.toBe("");
      expect([page, ...(url === undefined ? [] : [url])].every((address) => address.startsWith("https://"))).toBe(true);
      expect(sha256 === undefined).toBe(bytes === undefined);
      if (sha256 !== undefined) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(path).not.toMatch(/^\/|\.\./);
    }
  });

  it("are as recorded where PLMM_DATA holds them", () => {
    const here = PUBLIC_DATASETS.filter((dataset) => findDatasetFile(dataset) !== undefined);
    if (here.length === 0) process.stderr.write("No public data set is checked: PLMM_DATA is not set or holds none.\n");
    for (const dataset of here) {
      const content = readFileSync(findDatasetFile(dataset)!);
      if (dataset.sha256 !== undefined) expect([createHash("sha256").update(content).digest("hex"), content.length], dataset.name).toEqual([dataset.sha256, dataset.bytes]);
    }
  });

  it("are found by name, with the nearest one for a slip", () => {
    expect(findPublicDataset("pupa").licence).toContain("MIT");
    expect(() => findPublicDataset("pubmed-qa")).toThrow(ConfigError);
    expect(() => findPublicDataset("pubmed-qa")).toThrow("Did you mean pubmedqa?");
  });
});

describe("a data set that is not there", () => {
  afterEach(() => { vi.unstubAllEnvs(); });

  it.each([undefined, "", "/nowhere/at/all"])("is refused with the command that fetches it, PLMM_DATA being %s", (folder) => {
    vi.stubEnv("PLMM_DATA", folder);
    expect(() => loadPublicDataset("pubmedqa")).toThrow(DataError);
    expect(() => loadPublicDataset("pubmedqa")).toThrow("plmm data fetch pubmedqa --to DIR");
  });
});
