/** Whether published results are whole: every file as its manifest says, numbers that fit together, tables and figures that can be drawn again. */
import { DataError } from "../core/errors.js";
import { summarizeCells } from "../report/aggregate.js";
import { digestReport } from "./cell-key.js";
import { digestRun } from "./digest-records.js";
import { findDifferences } from "./find-differences.js";
import { loadPublished, nameOfResults, type PublishedManifest, type PublishedResults } from "./load-published.js";
import { digestFolder } from "./publish-results.js";
import { holdsText, renderPublished } from "./render-published.js";

/** What a look at published results found. */
export interface ResultsCheck {
  /** What is wrong, in sentences. */
  readonly faults: readonly string[];
  /** What could not be checked, and why. */
  readonly notes: readonly string[];
  /** Tables and figures that came out with the same bytes. */
  readonly sameCount: number;
  readonly fileCount: number;
}

/**
 * Checks published results. Takes seconds: nothing is simulated.
 *
 * @throws {DataError} when a file cannot be read.
 */
export async function checkResults(folder: string): Promise<ResultsCheck> {
  const published = loadPublished(folder), files = digestFolder(folder);
  const rendering = await checkRendering(published);
  return {
    faults: [...checkFiles(published.manifest, files), ...checkRecords(published), ...checkFindings(published), ...rendering.faults],
    notes: [...(published.manifest.files === undefined ? ["its manifest is of an older form without sha256 of files"] : []), ...rendering.notes],
    sameCount: rendering.sameCount, fileCount: Object.keys(files).length,
  };
}

function checkFiles({ files }: PublishedManifest, found: Readonly<Record<string, string>>): string[] {
  return files === undefined ? [] : findDifferences(files, found, "manifest.json: files").map((difference) => `${difference}.`);
}

/** The digest of all records must be that of the cells' digests, and give the folder its name. */
function checkRecords({ folder, manifest: { recordsSha256, cells } }: PublishedResults): string[] {
  if (recordsSha256 === undefined) return [];
  const faults = nameOfResults(folder).endsWith(recordsSha256.slice(0, 8)) ? [] : [`the folder's name must end with ${recordsSha256.slice(0, 8)}, as recordsSha256 begins.`];
  const digest = cells === undefined ? recordsSha256 : digestRun(cells.map((cell, cellIndex) => ({ ...cell, cellIndex })));
  return digest === recordsSha256 ? faults : [...faults, `recordsSha256 must be the digest of the cells' digests, ${digest}; got ${recordsSha256}.`];
}

/** The labels and means must be those of the cells. */
function checkFindings({ manifest, summary, cells }: PublishedResults): string[] {
  if (summary === undefined) return [];
  const found = Object.fromEntries(summary.labels.map(({ label, replications }) => [label, replications]));
  const planned: Record<string, number> = {};
  for (const { label } of manifest.cells ?? []) planned[label] = (planned[label] ?? 0) + 1;
  const faults = manifest.cells === undefined ? [] : findDifferences(planned, found, "findings.json: replications");
  if (cells === undefined) return faults;
  const means = (labels: typeof summary.labels): unknown => Object.fromEntries(labels.map(({ label, metrics }) => [label, metrics]));
  return [...faults, ...findDifferences(means(summarizeCells(cells).labels), means(summary.labels), "findings.json: metrics")].map((fault) => `${fault}.`);
}

type RenderingCheck = Pick<ResultsCheck, "faults" | "notes" | "sameCount">;

/** Drawn by the same code, the files must have the same bytes; other code may draw otherwise, or not know the form any more. */
async function checkRendering(published: PublishedResults): Promise<RenderingCheck> {
  const isSameCode = published.manifest.reportSha256 === digestReport();
  try {
    return compareRendering(published, [...await renderPublished(published)], isSameCode);
  } catch (error) {
    if (!(error instanceof DataError) || isSameCode) throw error;
    return { faults: [], notes: [`its tables and figures cannot be drawn again by this code: ${error.message}`], sameCount: 0 };
  }
}

function compareRendering(published: PublishedResults, rendered: readonly (readonly [string, string])[], isSameCode: boolean): RenderingCheck {
  const differing = rendered.filter(([path, text]) => !holdsText(published.folder, path, text)).map(([path]) => path);
  const sameCount = rendered.length - differing.length;
  if (differing.length === 0) return { faults: [], notes: [], sameCount };
  const sentence = `${differing.length} of ${rendered.length} tables and figures come out otherwise: ${differing.join(", ")}`;
  return isSameCode ? { faults: [`${sentence}.`], notes: [], sameCount } : { faults: [], notes: [`${sentence}; other code drew them`], sameCount };
}
