/** Published results beside those of a run that was made again. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Estimate, Summary } from "../report/aggregate.js";
import { findDifferences, isSameNumber } from "./find-differences.js";
import { loadJson } from "./load-json.js";
import type { PublishedResults } from "./load-published.js";

/** One mean, published and found again. */
export interface ResultRow {
  readonly label: string;
  readonly metric: string;
  readonly published: Estimate | undefined;
  readonly again: Estimate | undefined;
  /** equal: to 1e-9 of its size; within: the 95% intervals meet; outside: they do not, or one of the means is missing. */
  readonly verdict: "equal" | "within" | "outside";
}

/** All that a comparison found. */
export interface ResultsComparison {
  readonly rows: readonly ResultRow[];
  /** What is wrong apart from means, in sentences. */
  readonly faults: readonly string[];
  /** Whether both were made by the same code and data sets, so that records must be equal to the byte. */
  readonly isSameCode: boolean;
}

/** Compares published results with those of another run of the same experiment. */
export function compareResults(published: PublishedResults, again: PublishedResults): ResultsComparison {
  const isSameCode = published.manifest.modelSha256 !== undefined && published.manifest.modelSha256 === again.manifest.modelSha256;
  const before = published.manifest.recordsSha256, after = again.manifest.recordsSha256;
  const faults = isSameCode && before !== after ? [`the same code must give records with sha256 ${before ?? "none"}; got ${after ?? "none"}.`] : [];
  const rows = published.summary === undefined || again.summary === undefined ? [] : compareMeans(published.summary, again.summary);
  return { rows, faults: rows.length > 0 ? faults : [...faults, ...compareFiles(published, again, isSameCode)], isSameCode };
}

function compareMeans(published: Summary, again: Summary): ResultRow[] {
  const found = new Map(again.labels.map(({ label, metrics }) => [label, metrics]));
  const labels = new Set([...published.labels, ...again.labels].map(({ label }) => label));
  const known = new Map(published.labels.map(({ label, metrics }) => [label, metrics]));
  return [...labels].flatMap((label) => {
    const before = known.get(label) ?? {}, after = found.get(label) ?? {};
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((metric) => (
      { label, metric, published: before[metric], again: after[metric], verdict: judge(before[metric], after[metric]) }));
  });
}

function judge(published: Estimate | undefined, again: Estimate | undefined): ResultRow["verdict"] {
  if (published === undefined || again === undefined) return "outside";
  if (isSameNumber(published.mean, again.mean)) return "equal";
  return Math.abs(published.mean - again.mean) <= widthOf(published) + widthOf(again) ? "within" : "outside";
}

/** The half width; 0 where one replication gives none. */
function widthOf({ halfWidth95 }: Estimate): number { return Number.isFinite(halfWidth95) ? halfWidth95 : 0; }

/** Results of a form of their own: every JSON file, but for what was measured on the machine and, of other code, digests. */
function compareFiles(published: PublishedResults, again: PublishedResults, isSameCode: boolean): string[] {
  const measured = new Set([...published.manifest.measured, ...again.manifest.measured]);
  const isCompared = (name: string): boolean => !measured.has(name) && (isSameCode || !name.endsWith("Sha256"));
  const files = readdirSync(published.folder).filter((file) => file.endsWith(".json") && file !== "manifest.json");
  return files.flatMap((file) => {
    if (!existsSync(join(again.folder, file))) return [`${file} must be made again; it was not.`];
    const [before, after] = [published, again].map(({ folder }) => keepFields(loadJson(join(folder, file), z.json()), isCompared));
    return findDifferences(before, after, file).map((difference) => `${difference}.`);
  });
}

function keepFields(value: unknown, isKept: (name: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => keepFields(item, isKept));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => isKept(name)).map(([name, inner]) => [name, keepFields(inner, isKept)]));
}
