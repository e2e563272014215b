/** plmm run CONFIG: all cells of a config, replicated. */
import type { CommandModule } from "yargs";
import { executeConfig } from "../execute-study.js";
import { addDesignArguments, addStudyArguments, type DesignArguments, type StudyArguments } from "../study-arguments.js";
import { addStudyFlags, type RunFlags } from "../run-flags.js";

type RunArguments = StudyArguments & DesignArguments & RunFlags;

/** The command. */
export const command: CommandModule<object, RunArguments> = {
  command: "run <config>",
  describe: "Run a scenario: all points of its sweep, replicated",
  builder: (argv) => addStudyFlags(addDesignArguments(addStudyArguments(argv)))
    .example("$0 run configs/quickstart.yaml --threads 2", "A day of 10,000 phones under four policies.")
    .example("$0 run configs/minimal.yaml -c routing.kind=oracle --reps 20", "One change, more replications."),
  handler: async (args) => { process.exitCode = await executeConfig(args); },
};
