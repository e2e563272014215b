/** plmm resume RUN: run what a run folder's plan still lacks. */
import type { CommandModule } from "yargs";
import { executeFolder } from "../execute-study.js";
import { addRunFlags, type RunFlags } from "../run-flags.js";

/** The command. */
export const command: CommandModule<object, RunFlags & { readonly run: string }> = {
  command: "resume <run>",
  describe: "Finish a run that was stopped or killed; finished cells are kept",
  builder: (argv) => addRunFlags(argv.positional("run", { type: "string", demandOption: true, describe: "Run folder" }))
    .example("$0 resume out/quickstart", "Go on where Ctrl-C stopped it."),
  handler: async (args) => { process.exitCode = await executeFolder(args.run, args); },
};
