/** plmm table: a named table of a run in any format. */
import type { Argv, CommandModule } from "yargs";
import { renderTable, TABLE_FORMATS, type TableFormat } from "../../report/render-table.js";
import { makeTable, TABLE_NAMES, type TableName } from "../../report/table.js";
import { findRun } from "../../run/load-cells.js";
import { loadFinishedRun } from "../../run/load-finished-run.js";

interface TableArguments { readonly name: TableName; readonly run?: string; readonly format: TableFormat; readonly baseline?: string }

/** The table command. */
export const command: CommandModule<object, TableArguments> = {
  command: "table [name]",
  describe: "Print a table of a run",
  builder: (parser: Argv) => parser
    .positional("name", { choices: TABLE_NAMES, default: "five-answers" as const, describe: "Which table; paired shows differences to a baseline" })
    .option("run", { type: "string", describe: "Run folder", defaultDescription: "the newest below out/" })
    .option("format", { choices: TABLE_FORMATS, default: "text" as const, describe: "How the table is printed" })
    .option("baseline", { type: "string", describe: "Label that paired subtracts", defaultDescription: "the first" }) as Argv<TableArguments>,
  handler: ({ name, run, format, baseline }) => {
    process.stdout.write(renderTable(makeTable(name, loadFinishedRun(findRun(run)).cells, baseline), format));
  },
};
