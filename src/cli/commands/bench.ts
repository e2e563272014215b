/** plmm bench: speed and memory of the kernel and of the fleet, each beside the reference of the same run. */
import type { Argv, CommandModule } from "yargs";
import { type BenchName, BENCHES, measureBenches } from "../../run/measure-benches.js";
import { renderBenches } from "../render-benches.js";

interface BenchArguments {
  readonly only: readonly BenchName[] | undefined;
  readonly quick: boolean;
  readonly json: boolean;
}

/** The command. */
export const command: CommandModule<object, BenchArguments> = {
  command: "bench",
  describe: "Measure speed and memory, each beside the reference of the same run",
  builder: (parser: Argv) => parser
    .option("only", { choices: BENCHES, array: true, requiresArg: true, describe: "Some of the benchmarks" })
    .option("quick", { type: "boolean", default: false, describe: "Small sizes, under half a minute: shows that it works, not how fast it is" })
    .option("json", { type: "boolean", default: false, describe: "One JSON document with the machine and all rows" })
    .example("$0 bench --only hold", "The event queues alone."),
  handler: async ({ only, quick, json }) => {
    const found = await measureBenches(only ?? BENCHES, quick, (line) => { process.stderr.write(`${line}\n`); });
    process.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : renderBenches(found));
  },
};
