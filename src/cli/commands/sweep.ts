/** plmm sweep CONFIG: like run, with the plan made visible and dealt out. */
import type { CommandModule } from "yargs";
import { expandStudy } from "../../config/plan.js";
import { estimateCapacity } from "../../tiers/estimate-capacity.js";
import { executeConfig, loadStudyWith } from "../execute-study.js";
import { addDesignArguments, addStudyArguments, type DesignArguments, readDesign, type StudyArguments } from "../study-arguments.js";
import { addStudyFlags, type RunFlags } from "../run-flags.js";

type SweepArguments = StudyArguments & DesignArguments & RunFlags & { readonly shard: string | undefined; readonly dryRun: boolean };

/** The command. */
export const command: CommandModule<object, SweepArguments> = {
  command: "sweep <config>",
  describe: "Run a sweep: choose how axes combine, see the plan, or run a part of it",
  builder: (argv) => addStudyFlags(addDesignArguments(addStudyArguments(argv)))
    .option("shard", { type: "string", requiresArg: true, describe: "Run the i-th of n parts of the plan: --shard 1/4" })
    .option("dry-run", { type: "boolean", default: false, describe: "List the cells and run nothing" })
    .example("$0 sweep configs/quickstart.yaml --dry-run", "The cells that would be run.")
    .example("$0 sweep configs/quickstart.yaml --shard 1/2 --out shared/run", "One half, for the first of two machines.") as never,
  handler: async (args) => {
    if (args.dryRun) listCells(args);
    else process.exitCode = await executeConfig(args, args.shard);
  },
};

function listCells(args: SweepArguments): void {
  const cells = expandStudy(loadStudyWith(args), readDesign(args), estimateCapacity);
  for (const { cellIndex, label, seed, replication } of cells) {
    process.stdout.write(args.json ? `${JSON.stringify({ cellIndex, label, seed, replication })}\n` : `${String(cellIndex).padStart(5)}  replication ${replication}  ${label}\n`);
  }
}
