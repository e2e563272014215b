import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../core/errors.js";
import { summarizeCells } from "../report/aggregate.js";
import { sampleCells } from "../report/sample-findings.test-data.js";
import { checkResults } from "./check-results.js";
import { compareResults } from "./compare-results.js";
import { digestRun } from "./digest-records.js";
import { loadPublished } from "./load-published.js";
import { sealResults, writeJson, writeJsonLines, writeText } from "./publish-results.js";
import { renderFigureFile, renderTableFile } from "./render-published.js";
import { findExperiments, listExperiments } from "./reproduce-experiment.js";

const cells = sampleCells(3);
const identities = cells.map(({ label, replication }, cellIndex) => ({ cellKey: "", label, seed: 1, replication, recordsSha256: String(cellIndex).padStart(64, "0") }));
const recordsSha256 = digestRun(identities.map((cell, cellIndex) => ({ ...cell, cellIndex })));
let parent: string, folder: string;

/** Publishes the sample findings as an experiment does. */
async function publish(folder: string, fields: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const summary = summarizeCells(cells);
  writeJson(join(folder, "findings.json"), { labels: summary.labels.map(({ label, axes, replications, metrics }) => ({ label, axes, replications, metrics })), warnings: summary.warnings });
  writeJsonLines(join(folder, "cells.json"), cells.map(({ label, replication, findings }) => ({ label, replication, metrics: findings.metrics, warnings: findings.warnings })));
  writeJsonLines(join(folder, "histograms.json"), summary.labels.map(({ label, histograms }) => ({ label, histograms })));
  writeText(join(folder, "tables", "paired.md"), renderTableFile("paired", summary, cells)!);
  writeText(join(folder, "tables", "five-answers.md"), renderTableFile("five-answers", summary)!);
  writeText(join(folder, "figures", "ttft-cdf.svg"), (await renderFigureFile("ttft-cdf", summary))!);
  sealResults(folder, { recordsSha256, study: { seed: 1 }, cells: identities, ...fields });
}

/** Replaces text in a file of the results. */
function edit(path: string, before: string | RegExp, after: string): void {
  const text = readFileSync(join(folder, path), "utf8"), edited = text.replace(before, after);
  expect(edited).not.toBe(text);
  writeFileSync(join(folder, path), edited);
}

beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), "plmm-published-"));
  folder = join(parent, `2026-01-01-${recordsSha256.slice(0, 8)}`);
  await publish(folder);
});
afterEach(() => { rmSync(parent, { recursive: true, force: true }); });

describe("published results", () => {
  it("are whole as they were published, every table and figure drawn again to the same bytes", async () => {
    expect(await checkResults(folder)).toEqual({ faults: [], notes: [], sameCount: 3, fileCount: 6 });
  });

  it.each([
    ["a changed number", () => { edit("cells.json", /"ttft\.p95":[\d.]+/, '"ttft.p95":99'); }, /^manifest\.json: files\.cells\.json must be /, /findings\.json: metrics\..+ttft\.p95\.mean must be/],
    ["a changed figure", () => { edit("figures/ttft-cdf.svg", "</svg>", " </svg>"); }, /^manifest\.json: files\.figures\/ttft-cdf\.svg/, /^1 of 3 tables and figures come out otherwise: figures\/ttft-cdf\.svg\.$/],
    ["a file that is gone", () => { rmSync(join(folder, "tables", "paired.md")); }, /tables\/paired\.md must be ".+"; got nothing/, /./],
    ["a file too many", () => { writeFileSync(join(folder, "notes.txt"), ""); }, /notes\.txt must be absent/, /./],
    ["another digest of a cell", () => { edit("manifest.json", /"recordsSha256": "0{63}1"/, `"recordsSha256": "${"7".repeat(64)}"`); }, /^recordsSha256 must be the digest of the cells' digests/, /./],
  ])("are not whole with %s", async (_name, spoil, first, second) => {
    spoil();
    const { faults } = await checkResults(folder);
    expect(faults.some((fault) => first.test(fault)), faults.join("\n")).toBe(true);
    expect(faults.some((fault) => second.test(fault)), faults.join("\n")).toBe(true);
  });

  it("of other drawing code may look otherwise, which is noted", async () => {
    await publish(folder, { reportSha256: "00" });
    edit("figures/ttft-cdf.svg", "</svg>", " </svg>");
    const { faults, notes } = await checkResults(folder);
    expect(notes).toEqual(["1 of 3 tables and figures come out otherwise: figures/ttft-cdf.svg; other code drew them"]);
    expect(faults).toHaveLength(1);
  });

  it("in a folder of another name, or cut short, are refused", async () => {
    const renamed = join(parent, "2026-01-01-00000000");
    cpSync(folder, renamed, { recursive: true });
    expect((await checkResults(renamed)).faults[0]).toMatch(/^the folder's name must end with/);
    writeFileSync(join(folder, "findings.json"), "{");
    await expect(checkResults(folder)).rejects.toThrow(DataError);
  });
});

describe("results made again", () => {
  const again = async (fields: Readonly<Record<string, unknown>>): Promise<string> => {
    await publish(join(parent, "again"), fields);
    return join(parent, "again");
  };

  it("by the same code must have the same records", async () => {
    const same = compareResults(loadPublished(folder), loadPublished(await again({})));
    expect(same).toMatchObject({ faults: [], isSameCode: true });
    expect(new Set(same.rows.map(({ verdict }) => verdict))).toEqual(new Set(["equal"]));
    const other = compareResults(loadPublished(folder), loadPublished(await again({ recordsSha256: "ab" })));
    expect(other.faults).toEqual([`the same code must give records with sha256 ${recordsSha256}; got ab.`]);
  });

  it("by other code may differ within the intervals, not beyond", async () => {
    const path = await again({ modelSha256: "00", recordsSha256: "ab" }), published = loadPublished(folder), fresh = loadPublished(path);
    const label = fresh.summary!.labels[0]!, { mean, halfWidth95, n } = label.metrics["ttft.p95"]!;
    const shifted = (by: number): typeof fresh => ({ ...fresh, summary: { ...fresh.summary!, labels: [{ ...label, metrics: { ...label.metrics, "ttft.p95": { mean: mean + by, halfWidth95, n } } }] } });
    const verdictOf = (by: number): string => compareResults(published, shifted(by)).rows.find((row) => row.label === label.label && row.metric === "ttft.p95")!.verdict;
    expect([verdictOf(0), verdictOf(1.9 * halfWidth95), verdictOf(2.1 * halfWidth95), verdictOf(-2.1 * halfWidth95)]).toEqual(["equal", "within", "outside", "outside"]);
    const { rows, faults } = compareResults(published, shifted(0));
    expect(faults).toEqual([]);
    expect(rows.filter(({ verdict }) => verdict === "outside").every(({ again: mean }) => mean === undefined)).toBe(true);
    expect(rows.some(({ label, verdict }) => label !== fresh.summary!.labels[0]!.label && verdict === "outside")).toBe(true);
  });

  it("of a form of their own are compared but for what is measured, and digests of other code", () => {
    const write = (name: string, rows: unknown, modelSha256: string): ReturnType<typeof loadPublished> => {
      const path = join(parent, name);
      writeJson(join(path, "rows.json"), rows);
      sealResults(path, { modelSha256, measured: ["wallS"] });
      return loadPublished(path);
    };
    const before = write("a", [{ clients: 5, wallS: 1, recordsSha256: "x" }], "1"), slower = write("b", [{ clients: 5, wallS: 2, recordsSha256: "y" }], "2");
    expect(compareResults(before, slower).faults).toEqual([]);
    expect(compareResults(before, { ...slower, manifest: { ...slower.manifest, modelSha256: "1" } }).faults).toEqual(['rows.json[0].recordsSha256 must be "x"; got "y".']);
    expect(compareResults(before, write("c", [{ clients: 6, wallS: 1, recordsSha256: "x" }], "2")).faults).toEqual(["rows.json[0].clients must be 5; got 6."]);
  });
});

describe("the experiment that a word means", () => {
  it("is found by number, name or both", () => {
    for (const word of ["4", "04", "responsiveness", "04-responsiveness"]) expect(findExperiments(word)).toEqual(["04-responsiveness"]);
    expect(findExperiments("all")).toEqual(listExperiments());
    expect(listExperiments()).toContain("00-quickstart");
  });

  it("is named when it is nearly right", () => {
    expect(() => findExperiments("responsivness")).toThrow(/Did you mean responsiveness\?/);
    expect(() => findExperiments("99")).toThrow(ConfigError);
  });
});
