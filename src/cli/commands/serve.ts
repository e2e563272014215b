/** plmm serve: the live page of a run. */
import type { Argv, CommandModule } from "yargs";
import { ConfigError } from "../../core/errors.js";
import { findRun } from "../../run/load-cells.js";
import { RunWatch } from "../../run/watch-run.js";
import { startRunServer } from "../serve-run.js";

interface ServeArguments { readonly run?: string; readonly port: number; readonly host: string }

/** "plmm" on the keys of a telephone. */
const USUAL_PORT = 7566;
const HIGHEST_PORT = 65_535;

/** The serve command. */
export const command: CommandModule<object, ServeArguments> = {
  command: "serve [run]",
  describe: "Show a run in the browser while it goes on: progress, failures, answers so far",
  builder: (parser: Argv) => parser
    .positional("run", { type: "string", describe: "Run folder", defaultDescription: "the newest below out/" })
    .option("port", { type: "number", requiresArg: true, default: USUAL_PORT, describe: "Port; 0 takes a free one" })
    .option("host", { type: "string", requiresArg: true, default: "127.0.0.1", describe: "Interface; the default is seen from this machine only" })
    .example("$0 serve out/quickstart", "While plmm run goes on in another terminal.")
    .example("$0 serve --port 0", "The newest run, on any free port.")
    .epilogue("Ends with Ctrl-C. /state.json holds the state for programs. Whoever can reach --host can read the run.") as Argv<ServeArguments>,
  handler: async ({ run, port, host }) => {
    if (!(Number.isInteger(port) && port >= 0 && port <= HIGHEST_PORT)) throw new ConfigError({ subject: "--port", rule: `be a whole number from 0 to ${HIGHEST_PORT}`, got: port, hint: "Take any free port with: --port 0" });
    const server = await startRunServer(new RunWatch(findRun(run)), host, port);
    process.stdout.write(`${server.url}\nEnds with Ctrl-C.\n`);
    await new Promise<void>((resolve) => { process.once("SIGINT", () => { resolve(); }).once("SIGTERM", () => { resolve(); }); });
    await server.close();
  },
};
