/** plmm query: SQL over the rows and findings of a run. */
import type { Argv, CommandModule } from "yargs";
import { renderRows, ROW_FORMATS, type RowFormat } from "../../report/render-rows.js";
import { findRun } from "../../run/load-cells.js";
import { QUERY_VIEWS, queryRun } from "../../run/query-run.js";

interface QueryArguments { readonly sql: string; readonly run?: string; readonly format: RowFormat }

/** The query command. */
export const command: CommandModule<object, QueryArguments> = {
  command: "query <sql>",
  describe: "Ask the rows of a run in SQL",
  builder: (parser: Argv) => parser
    .positional("sql", { type: "string", demandOption: true, describe: `DuckDB SQL over the views ${QUERY_VIEWS}` })
    .option("run", { type: "string", describe: "Run folder", defaultDescription: "the newest below out/" })
    .option("format", { choices: ROW_FORMATS, default: "text" as const, describe: "How the answer is printed" })
    .example('$0 query "select label, route, count(*) n from request group by all order by all"', "Who answered, by policy.") as Argv<QueryArguments>,
  handler: async ({ sql, run, format }) => {
    const { columns, rows } = await queryRun(findRun(run), sql);
    process.stdout.write(renderRows(columns, rows, format));
  },
};
