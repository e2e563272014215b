/**
 * An experiment: one config, its tables and figures. The full form leaves its results below results/, with provenance; the
 * small form prints a few numbers, which the tests compare with expected-small.json.
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
import { renderSvg } from "../report/render-figure.js";
import { renderTable } from "../report/render-table.js";
import { makeTable, type TableName } from "../report/table.js";
import { LIGHT_THEME } from "../report/theme.js";
import { findNameFaults } from "./find-name-faults.js";
import { loadRun, type StoredRun } from "./load-cells.js";
import { measureProvenance } from "./measure-provenance.js";
import { runStudy, type StudyOutcome } from "./run-study.js";
import { writeWhole } from "./write-cell.js";

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
}

const SIGNIFICANT_DIGITS = 6;
const KEY_DIGITS = 8;

/** How an experiment's script is called: `run.js [--small --out DIR] [--threads N]`. */
export interface ExperimentForm { readonly isSmall: boolean; readonly out: string | undefined; readonly threads: number }

/** Reads the command line of an experiment's script. */
export function readExperimentForm(): ExperimentForm {
  const { values } = parseArgs({ options: { small: { type: "boolean", default: false }, out: { type: "string" }, threads: { type: "string", default: String(availableParallelism()) } } });
  return { isSmall: values.small, out: values.out, threads: Number(values.threads) };
}

/** Runs the experiment that a script stands for, in the form that its command line asks for. */
export async function runExperiment(plan: ExperimentPlan): Promise<void> {
  const { isSmall, out, threads } = readExperimentForm();
  if (isSmall) writeSmallFindings(out, await runSmall(plan, threads));
  else process.stdout.write(`${await runFull(plan, threads)}\n`);
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
    return { recordsSha256: outcome.recordsSha256, ...Object.fromEntries(labels) as object };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Runs the full form and publishes it. Returns the folder of the results. */
async function runFull(plan: ExperimentPlan, threads: number): Promise<string> {
  const { run, outcome } = await runPlan(plan, [], join(packageRoot(), "out", plan.name), threads);
  const folder = resultsFolder(plan.name, outcome.recordsSha256!);
  const summary = summarizeCells(run.cells);
  writeJson(join(folder, "manifest.json"), {
    ...measureProvenance(), experiment: plan.name, recordsSha256: outcome.recordsSha256, events: outcome.events, study: run.study,
    cells: run.cells.map(({ cellKey, label, seed, replication, recordsSha256, wallS, cpuS }) => ({ cellKey, label, seed, replication, recordsSha256, wallS, cpuS })),
  });
  writeJson(join(folder, "findings.json"), { labels: summary.labels.map(({ label, axes, replications, metrics }) => ({ label, axes, replications, metrics })), warnings: summary.warnings });
  for (const table of plan.tables) writeText(join(folder, "tables", `${table}.md`), `${renderTable(makeTable(table, run.cells), "md")}\n`);
  await writeFigures(plan, summary, folder);
  return folder;
}

async function runPlan(plan: ExperimentPlan, overrides: readonly string[], out: string, threads: number): Promise<{ run: StoredRun; outcome: StudyOutcome }> {
  const study = loadStudy(join(packageRoot(), "experiments", plan.name, "config.yaml"), { overrides, capacityTokensPerS: estimateCapacity, findNameFaults });
  const outcome = await runStudy({ study, design: { kind: "grid" }, cells: expandStudy(study, { kind: "grid" }, estimateCapacity), out, threads });
  if (!outcome.isComplete) {
    throw new DataError({ subject: `experiment ${plan.name}`, rule: "finish all its cells", got: outcome.failures[0]?.message ?? "stopped", where: out, hint: "Run it again: finished cells are kept." });
  }
  return { run: loadRun(out), outcome };
}

async function writeFigures(plan: ExperimentPlan, summary: Summary, folder: string): Promise<void> {
  for (const name of plan.figures) {
    const figure = FIGURES[name].make(summary, LIGHT_THEME);
    if (figure !== undefined) writeText(join(folder, "figures", `${name}.svg`), await renderSvg(figure));
  }
}

/** Writes a text file, whole or not at all. */
export function writeText(path: string, text: string): void { writeWhole(path, new TextEncoder().encode(text)); }

/** Writes a JSON file, whole or not at all. */
export function writeJson(path: string, value: unknown): void { writeText(path, `${JSON.stringify(value, undefined, 2)}\n`); }

/** Folder for results of an experiment made today. */
export function resultsFolder(name: string, fingerprint: string): string {
  return join(packageRoot(), "results", name, `${new Date().toISOString().slice(0, 10)}-${fingerprint.slice(0, KEY_DIGITS)}`);
}
