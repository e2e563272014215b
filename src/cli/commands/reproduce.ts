/** plmm reproduce: experiments run again and held against what is published. */
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { renderRows } from "../../report/render-rows.js";
import { checkResults } from "../../run/check-results.js";
import type { ResultRow } from "../../run/compare-results.js";
import { listPublished, nameOfResults } from "../../run/load-published.js";
import { checkSmallForm, findExperiments, type Reproduction, reproduceFullForm } from "../../run/reproduce-experiment.js";
import { formatSeconds } from "../progress-bar.js";
import { checkThreads } from "../run-flags.js";

interface ReproduceArguments { readonly id: string; readonly check: boolean; readonly threads: number; readonly out: string }

const REGRESSION_EXIT_CODE = 3;
const MOST_FAULTS_SHOWN = 12;

/** The reproduce command. */
export const command: CommandModule<object, ReproduceArguments> = {
  command: "reproduce [id]",
  describe: "Run experiments again and compare with what is published",
  builder: (parser: Argv) => parser
    .positional("id", { type: "string", default: "all", describe: "Number or name of an experiment, or all" })
    .option("check", { type: "boolean", default: false, describe: "Small forms against expected-small.json, and whether published results are whole: minutes in place of hours" })
    .option("threads", { type: "number", requiresArg: true, default: availableParallelism(), describe: "Threads of full forms; results do not depend on it" })
    .option("out", { type: "string", requiresArg: true, default: join("out", "reproduce"), describe: "Folder for the new results of full forms" })
    .example("$0 reproduce --check", "All experiments in small form, as npm test does.")
    .example("$0 reproduce 04", "Experiment 04 in full; a table of what differs.")
    .epilogue("Published results: results/<experiment>/<date>-<first digits of the records' sha256>. The same code must give the same records\nto the byte; other code means within the 95% intervals. Exit code 3 when something differs."),
  handler: async ({ id, check, threads, out }) => {
    checkThreads(threads);
    let isReproduced = true;
    for (const name of findExperiments(id)) {
      const isFine = check ? await checkExperiment(name) : reproduceExperiment(name, out, threads);
      isReproduced &&= isFine;
    }
    if (!isReproduced) process.exitCode = REGRESSION_EXIT_CODE;
  },
};

/** Checks one experiment in small time and says what was found. Returns whether all is as published. */
async function checkExperiment(name: string): Promise<boolean> {
  const startedAtMs = performance.now(), faults = checkSmallForm(name);
  const duration = formatSeconds((performance.now() - startedAtMs) / 1000);
  say(`experiments/${name}: small form ${faults.length === 0 ? "as expected" : "DIFFERS"} (${duration})`, faults);
  const folders = listPublished(name);
  if (folders.length === 0) say("  no published results");
  let isWhole = true;
  for (const folder of folders) {
    const found = await checkResults(folder), hasFaults = found.faults.length > 0;
    isWhole &&= !hasFaults;
    const notes = found.notes.map((note) => `; ${note}`).join("");
    say(`  results ${nameOfResults(folder)}: ${hasFaults ? "NOT WHOLE" : "whole"}, ${found.fileCount} files, ${found.sameCount} tables and figures drawn again to the same bytes${notes}`, found.faults);
  }
  return faults.length === 0 && isWhole;
}

/** Runs one experiment in full and prints what differs. Returns whether it was reproduced. */
function reproduceExperiment(name: string, out: string, threads: number): boolean {
  const startedAtMs = performance.now();
  say(`experiments/${name}: full form on ${threads} threads ...`);
  const found = reproduceFullForm(name, resolve(out), threads);
  const isReproduced = found.faults.length === 0 && found.rows.every(({ verdict }) => verdict !== "outside");
  say(`  ${describeOutcome(found, isReproduced)} (${formatSeconds((performance.now() - startedAtMs) / 1000)}); ${found.again}`, found.faults);
  const differing = found.rows.filter(({ verdict }) => verdict !== "equal");
  if (differing.length > 0) process.stdout.write(renderRows(["label", "metric", "published", "±", "again", "± again", "change", "verdict"], differing.map(rowOf), "text"));
  return isReproduced;
}

function describeOutcome({ published, rows, isSameCode }: Reproduction, isReproduced: boolean): string {
  if (published === undefined) return "no published results to compare with";
  const count = (verdict: ResultRow["verdict"]): number => rows.filter((row) => row.verdict === verdict).length;
  const means = rows.length === 0 ? "" : `: ${count("equal")} of ${rows.length} means equal, ${count("within")} within their intervals, ${count("outside")} outside`;
  return `${isReproduced ? "reproduced" : "NOT REPRODUCED"} ${nameOfResults(published)}${means}; ${isSameCode ? "the same code" : "other code than then"}`;
}

function rowOf({ label, metric, published, again, verdict }: ResultRow): (string | number | null)[] {
  const width = (value: number | undefined): number | null => value === undefined || !Number.isFinite(value) ? null : value;
  const change = published === undefined || again === undefined || published.mean === 0 ? "" : `${((again.mean / published.mean - 1) * 100).toFixed(2)}%`;
  return [label, metric, published?.mean ?? null, width(published?.halfWidth95), again?.mean ?? null, width(again?.halfWidth95), change, verdict];
}

function say(line: string, faults: readonly string[] = []): void {
  process.stdout.write(`${line}\n`);
  const rest = faults.length - MOST_FAULTS_SHOWN;
  for (const fault of faults.slice(0, MOST_FAULTS_SHOWN)) process.stdout.write(`    ${fault}\n`);
  if (rest > 0) process.stdout.write(`    ... and ${rest} more\n`);
}
