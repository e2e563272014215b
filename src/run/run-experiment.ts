/**
 * An experiment: one config, its tables and figures. The full form leaves its results below results/, with provenance; the
 * small form prints a few numbers, which `plmm reproduce --check` compares with expected-small.json.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../config/load-dataset.js";
import { loadStudy } from "../config/load-study.js";
import { expandStudy } from "../config/plan.js";
import { DataError } from "../core/errors.js";
import { estimateCapacity } from "../tiers/estimate-capacity.js";
import { type Summary, summarizeCells } from "../report/aggregate.js";
import { FIGURES, type FigureName } from "../report/figure-catalogue.js";
import type { TableName } from "../report/table.js";
import { findNameFaults } from "./find-name-faults.js";
import { loadRun, type StoredRun } from "./load-cells.js";
import { resultsFolder, sealResults, writeJson, writeJsonLines, writeText } from "./publish-results.js";
import { renderFigureFile, renderTableFile } from "./render-published.js";
import { runStudy, type StudyOutcome } from "./run-study.js";

/** What an experiment runs and shows. */
export interface ExperimentPlan {
  /** Name of its folder below experiments/. */
  readonly name: string;
  /** Overrides that make the small form. */
  readonly small: readonly string[];
  /** Metrics that the small form prints. */
  readonly smallMetrics: readonly string[];
  readonly tables: readonly TableName[];
  readonly figures: readonly FigureName[];
  /** What is found beside the fleet, in each form. */
  readonly beside?: () => Promise<BesideFindings>;
}

/** Findings of an experiment that no cell holds. */
export interface BesideFindings {
  /** For the small form: the same on every machine. */
  readonly small: Readonly<Record<string, unknown>>;
  /** By name of the file without its ending. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Markdown by name. */
  readonly tables: Readonly<Record<string, string>>;
}

const SIGNIFICANT_DIGITS = 6;

/**
 * How an experiment's script is called: `run.js [--small] [--out DIR] [--threads N] [--family DIR]`. With --out the findings of the small form, or the
 * results of the full form, go to that folder; the cells of the full form are then kept in DIR.run.
 */
export interface ExperimentForm {
  readonly isSmall: boolean;
  readonly out: string | undefined;
  readonly threads: number;
  /** Folder of a family of models; the shipped one when left out. */
  readonly family: string | undefined;
}

/** Reads the command line of an experiment's script. */
export function readExperimentForm(): ExperimentForm {
  const { values } = parseArgs({ options: { small: { type: "boolean", default: false }, out: { type: "string" }, threads: { type: "string", default: String(availableParallelism()) }, family: { type: "string" } } });
  return { isSmall: values.small, out: values.out, threads: Number(values.threads), family: values.family };
}

/** Runs the experiment that a script stands for, in the form that its command line asks for. */
export async function runExperiment(plan: ExperimentPlan): Promise<void> {
  const { isSmall, out, threads } = readExperimentForm();
  if (isSmall) writeSmallFindings(out, await runSmall(plan, threads));
  else process.stdout.write(`${await runFull(plan, out, threads)}\n`);
}

/** Leaves the findings of a small form where the tests look for them, or prints them. */
export function writeSmallFindings(out: string | undefined, findings: unknown): void {
  if (out === undefined) process.stdout.write(`${JSON.stringify(findings, undefined, 2)}\n`);
  else writeJson(join(out, "findings.json"), findings);
}

/** Numbers of the small form: label to metric to mean, and the digest of all records. */
async function runSmall(plan: ExperimentPlan, threads: number): Promise<unknown> {
  const out = mkdtempSync(join(tmpdir(), "plmm-experiment-"));
  try {
    const { run, outcome } = await runPlan(plan, plan.small, out, threads);
    const labels = summarizeCells(run.cells).labels.map(({ label, metrics }) => [
      label, Object.fromEntries(plan.smallMetrics.flatMap((name) => metrics[name] === undefined ? [] : [[name, Number(metrics[name].mean.toPrecision(SIGNIFICANT_DIGITS))]])),
    ]);
    return { recordsSha256: outcome.recordsSha256, ...Object.fromEntries(labels) as object, ...(await plan.beside?.())?.small };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Runs the full form and publishes it. Returns the folder of the results. */
async function runFull(plan: ExperimentPlan, out: string | undefined, threads: number): Promise<string> {
  const { run, outcome } = await runPlan(plan, [], out === undefined ? join(packageRoot(), "out", plan.name) : `${out}.run`, threads);
  const folder = resultsFolder(plan.name, outcome.recordsSha256!), summary = summarizeCells(run.cells);
  writeFindings(plan, run, summary, folder);
  for (const table of plan.tables) writeText(join(folder, "tables", `${table}.md`), renderTableFile(table, summary, run.cells)!);
  for (const figure of plan.figures) {
    const svg = await renderFigureFile(figure, summary);
    if (svg !== undefined) writeText(join(folder, "figures", `${figure}.svg`), svg);
  }
  const beside = await plan.beside?.();
  for (const [name, value] of Object.entries(beside?.data ?? {})) writeJson(join(folder, `${name}.json`), value);
  for (const [name, text] of Object.entries(beside?.tables ?? {})) writeText(join(folder, "tables", `${name}.md`), `${text.trimEnd()}\n`);
  sealResults(folder, {
    experiment: plan.name, recordsSha256: outcome.recordsSha256, events: outcome.events, study: run.study,
    cells: run.cells.map(({ cellKey, label, seed, replication, recordsSha256, wallS, cpuS }) => ({ cellKey, label, seed, replication, recordsSha256, wallS, cpuS })),
  });
  return folder;
}

/** What tables and figures can be made of again. */
function writeFindings(plan: ExperimentPlan, { cells }: StoredRun, { labels, warnings }: Summary, folder: string): void {
  writeJson(join(folder, "findings.json"), { labels: labels.map(({ label, axes, replications, metrics }) => ({ label, axes, replications, metrics })), warnings });
  writeJsonLines(join(folder, "cells.json"), cells.map(({ label, replication, findings }) => ({ label, replication, metrics: findings.metrics, warnings: findings.warnings })));
  const drawn = new Set(plan.figures.flatMap((name) => FIGURES[name].histograms ?? []));
  if (drawn.size > 0) {
    writeJsonLines(join(folder, "histograms.json"), labels.map(({ label, histograms }) => (
      { label, histograms: Object.fromEntries(Object.entries(histograms).filter(([name]) => drawn.has(name))) })));
  }
}

async function runPlan(plan: ExperimentPlan, overrides: readonly string[], out: string, threads: number): Promise<{ run: StoredRun; outcome: StudyOutcome }> {
  const study = loadStudy(join(packageRoot(), "experiments", plan.name, "config.yaml"), { overrides, capacityTokensPerS: estimateCapacity, findNameFaults });
  const outcome = await runStudy({ study, design: { kind: "grid" }, cells: expandStudy(study, { kind: "grid" }, estimateCapacity), out, threads });
  if (!outcome.isComplete) {
    throw new DataError({ subject: `experiment ${plan.name}`, rule: "finish all its cells", got: outcome.failures[0]?.message ?? "stopped", where: out, hint: "Run it again: finished cells are kept." });
  }
  return { run: loadRun(out), outcome };
}
