/** plmm report: one self-contained HTML page of a run. */
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { writeReport } from "../../report/write-report.js";
import { findRun } from "../../run/load-cells.js";
import { loadFinishedRun } from "../../run/load-finished-run.js";

interface ReportArguments { readonly run?: string; readonly out?: string }

/** The report command. */
export const command: CommandModule<object, ReportArguments> = {
  command: "report [run]",
  describe: "Write one HTML page of a run: answers, figures, doubts, definitions",
  builder: (parser: Argv) => parser
    .positional("run", { type: "string", describe: "Run folder", defaultDescription: "the newest below out/" })
    .option("out", { alias: "o", type: "string", describe: "File to write", defaultDescription: "report.html in the run folder" }) as Argv<ReportArguments>,
  handler: async ({ run, out }) => {
    const folder = findRun(run), path = out ?? join(folder, "report.html");
    await writeReport(loadFinishedRun(folder), path);
    process.stdout.write(`${path}\n`);
  },
};
