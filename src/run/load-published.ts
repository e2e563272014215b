/** Reads published results back, those of older versions too as far as they go. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { packageRoot } from "../config/load-dataset.js";
import type { CellFindings, Summary } from "../report/aggregate.js";
import { loadJson } from "./load-json.js";

/** Published results as read. */
export interface PublishedResults {
  readonly folder: string;
  readonly manifest: PublishedManifest;
  /** Absent when the experiment has a form of its own. */
  readonly summary?: Summary;
  /** Metrics of each cell, without histograms. Absent in results of older versions. */
  readonly cells?: readonly CellFindings[];
}

const manifestSchema = z.looseObject({
  modelSha256: z.string().optional(), reportSha256: z.string().optional(), files: z.record(z.string(), z.string()).optional(), measured: z.array(z.string()).default([]),
  recordsSha256: z.string().optional(), study: z.looseObject({ seed: z.number() }).optional(),
  cells: z.array(z.object({ label: z.string(), replication: z.number(), recordsSha256: z.string() })).optional(),
});
/** What is read of a manifest. */
export type PublishedManifest = z.output<typeof manifestSchema>;

// JSON has no NaN: the half width of a single replication is null.
const estimateSchema = z.object({ mean: z.number(), halfWidth95: z.number().nullable().transform((width) => width ?? NaN), n: z.number() });
const findingsSchema = z.object({
  labels: z.array(z.object({ label: z.string(), axes: z.record(z.string(), z.unknown()), replications: z.number(), metrics: z.record(z.string(), estimateSchema) })),
  warnings: z.array(z.string()),
});
const cellsSchema = z.array(z.object({ label: z.string(), replication: z.number(), metrics: z.record(z.string(), z.number()), warnings: z.array(z.string()) }));
const histogramSchema = z.object({ unit: z.string(), edges: z.array(z.number()), counts: z.array(z.number()) });
const histogramsSchema = z.array(z.object({ label: z.string(), histograms: z.record(z.string(), histogramSchema) }));

/** Folders with published results of an experiment, oldest first. */
export function listPublished(name: string): string[] {
  const parent = join(packageRoot(), "results", name);
  if (!existsSync(parent)) return [];
  return readdirSync(parent).filter((folder) => existsSync(join(parent, folder, "manifest.json"))).sort().map((folder) => join(parent, folder));
}

/** Whether a folder holds published results in the common form. */
export function isPublished(folder: string): boolean {
  return existsSync(join(folder, "manifest.json")) && existsSync(join(folder, "findings.json"));
}

/**
 * Reads published results.
 *
 * @throws {DataError} when a file is missing, damaged or of another form.
 */
export function loadPublished(folder: string): PublishedResults {
  const manifest = loadJson(join(folder, "manifest.json"), manifestSchema);
  if (!existsSync(join(folder, "findings.json"))) return { folder, manifest };
  const { labels, warnings } = loadJson(join(folder, "findings.json"), findingsSchema), histograms = loadHistograms(folder);
  const summary: Summary = { labels: labels.map((label) => ({ ...label, histograms: histograms.get(label.label) ?? {} })), warnings };
  const cells = loadPublishedCells(folder, summary);
  return { folder, manifest, summary, ...(cells === undefined ? {} : { cells }) };
}

function loadPublishedCells(folder: string, { labels }: Summary): CellFindings[] | undefined {
  const path = join(folder, "cells.json");
  if (!existsSync(path)) return undefined;
  const axes = new Map(labels.map((label) => [label.label, label.axes]));
  return loadJson(path, cellsSchema).map(({ label, replication, metrics, warnings }) => (
    { label, axes: axes.get(label) ?? {}, replication, findings: { metrics, histograms: {}, warnings } }));
}

function loadHistograms(folder: string): Map<string, Summary["labels"][number]["histograms"]> {
  const path = join(folder, "histograms.json");
  return new Map(existsSync(path) ? loadJson(path, histogramsSchema).map(({ label, histograms }) => [label, histograms]) : []);
}

/** Name of results for people: the last folder of their path. */
export function nameOfResults(folder: string): string { return basename(folder); }
