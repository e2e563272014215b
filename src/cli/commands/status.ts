/** plmm status: how far a run is, what failed, and how to go on. */
import type { Argv, CommandModule } from "yargs";
import { renderRows } from "../../report/render-rows.js";
import { findRun, loadRun, type StoredRun } from "../../run/load-cells.js";
import { watchStatus } from "../watch-status.js";

interface StatusArguments { readonly run?: string; readonly json?: boolean; readonly watch: boolean }

/** The status command. */
export const command: CommandModule<object, StatusArguments> = {
  command: "status [run]",
  describe: "Show finished, failed and missing cells of a run",
  builder: (parser: Argv) => parser
    .positional("run", { type: "string", describe: "Run folder", defaultDescription: "the newest below out/" })
    .option("watch", { type: "boolean", default: false, describe: "Look again and again until the run has ended" })
    .option("json", { type: "boolean", describe: "JSON for programs; with --watch a line for each look" })
    .example("$0 status out/quickstart --watch", "While plmm run goes on in another terminal.") as Argv<StatusArguments>,
  handler: async ({ run, json, watch }) => {
    if (watch) return watchStatus(findRun(run), json === true);
    const stored = loadRun(findRun(run));
    process.stdout.write(json === true ? `${JSON.stringify(countCells(stored), undefined, 2)}\n` : renderStatus(stored));
  },
};

/** Counts of cells by state. */
export interface CellCounts {
  readonly folder: string;
  readonly planned: number;
  readonly finished: number;
  readonly failed: number;
  readonly missing: number;
  /** Command that runs what is missing; null when all is done. */
  readonly resume: string | null;
}

/** Counts the cells of a run by state. */
export function countCells({ folder, plan, cells, failures, missingCount }: StoredRun): CellCounts {
  return {
    folder, planned: plan.length, finished: cells.length, failed: failures.length, missing: missingCount,
    resume: cells.length === plan.length ? null : `plmm resume ${/^[\w./-]+$/.test(folder) ? folder : `'${folder}'`}`,
  };
}

/** The state of a run as text: counts, a line per scenario, failures with their reasons, the command to go on. */
export function renderStatus(run: StoredRun): string {
  const counts = countCells(run);
  const lines = [
    `${run.folder}: ${counts.finished} of ${counts.planned} cells finished, ${counts.failed} failed, ${counts.missing} missing`,
    ...(run.manifest === undefined ? [] : [`started ${run.manifest.startedAt}${run.manifest.finishedAt === null ? "" : `, ended ${run.manifest.finishedAt}`}: ${run.manifest.commandLine}`]),
    "", renderScenarios(run).trimEnd(),
  ];
  const reasons = run.failures.map(({ label, replication, message }) => `  ${label}, replication ${replication}: ${message.split("\n")[0]}`);
  if (reasons.length > 0) lines.push("", "failed:", ...reasons);
  if (counts.resume !== null) lines.push("", `To run the rest: ${counts.resume}`);
  return `${lines.join("\n")}\n`;
}

function renderScenarios({ plan, cells, failures }: StoredRun): string {
  const labels = [...new Set(plan.map(({ label }) => label))];
  const count = (rows: readonly { readonly label: string }[], label: string): number => rows.filter((row) => row.label === label).length;
  const rows = labels.map((label) => {
    const own = cells.filter((cell) => cell.label === label);
    const wallS = own.reduce((sum, cell) => sum + cell.wallS, 0);
    return [label, count(plan, label), own.length, count(failures, label), own.length === 0 ? null : Number((wallS / own.length).toFixed(2))];
  });
  return renderRows(["scenario", "cells", "finished", "failed", "s per cell"], rows, "text").replace(/\d+ rows?\n$/, "");
}
