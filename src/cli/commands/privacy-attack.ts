/** plmm privacy attack: attacks on the rows of a run, simulated or captured from the live system. */
import type { Argv, CommandModule } from "yargs";
import { OBSERVERS, type Observer } from "../../config/sections/outcome-section.js";
import { renderRows, ROW_FORMATS, type RowFormat, type RowValue } from "../../report/render-rows.js";
import { attackRun, type AttackedCell } from "../../run/attack-run.js";
import { findRun } from "../../run/load-cells.js";

interface AttackArguments { readonly run?: string; readonly observer?: readonly Observer[]; readonly format: RowFormat; readonly modelled: boolean }

/** The subcommand of plmm privacy. */
export const attackCommand: CommandModule<object, AttackArguments> = {
  command: "attack [run]",
  describe: "Attack the stored rows of a run, or what was captured of a live one, as each observer; all questions in one table",
  builder: (parser: Argv) => parser
    .positional("run", { type: "string", describe: "Run folder", defaultDescription: "the newest below out/" })
    .option("observer", { choices: OBSERVERS, array: true, requiresArg: true, describe: "Who attacks", defaultDescription: "all of them" })
    .option("modelled", { type: "boolean", default: false, describe: "Of a captured run: beside the real observers those of the simulator, on the same questions" })
    .option("format", { choices: ROW_FORMATS, default: "text" as const, describe: "How the table is printed" })
    .example("$0 privacy attack out/readme --observer expert", "What an honest but curious E reads out of its requests.")
    .example("$0 privacy attack out/live-load --modelled", "After plmm live load --capture out/capture: real observers beside the simulator's.") as Argv<AttackArguments>,
  handler: async ({ run, observer, format, modelled }) => {
    const cells = await attackRun(findRun(run), observer ?? OBSERVERS, modelled);
    process.stdout.write(renderRows(COLUMNS, cells.flatMap(rowsOf), format));
    for (const warning of new Set(cells.flatMap(({ warnings }) => warnings))) process.stderr.write(`${warning}\n`);
  },
};

const COLUMNS = ["scenario", "rep", "observers", "question", "bits", "low", "high", "AUC", "TPR at 1%", "TPR at 0.1%", "advantage", "right", "blind", "ROUGE-L"];
const MEASURES = ["bits", "bits.low", "bits.high", "auc", "tpr1", "tpr01", "advantage", "top1", "prior", "rouge"];

/** One row per question that has a leakage in bits or a share of right guesses. */
function rowsOf({ label, replication, view, metrics }: AttackedCell): RowValue[][] {
  const questions = [...new Set(Object.keys(metrics).flatMap((name) => /^(leak\..+)\.(bits|top1)$/.exec(name)?.[1] ?? []))].filter((name) => name !== "leak.worst" && name !== "leak.mean");
  return questions.map((name) => [label, replication, view, name.slice("leak.".length), ...MEASURES.map((measure) => {
    const value = metrics[`${name}.${measure}`];
    return value === undefined ? null : Number(value.toFixed(3));
  })]);
}
