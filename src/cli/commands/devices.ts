/** plmm devices: the catalogue of devices with the origin of each number; predictions for any chip; predictions beside measurements. */
import type { CommandModule } from "yargs";
import { listCommand, showCommand } from "./devices-catalogue.js";
import { checkCommand, foldsCommand } from "./devices-check.js";
import { predictCommand } from "./devices-predict.js";

/** The command. */
export const command: CommandModule = {
  command: "devices",
  describe: "Real devices of the catalogue: speed, memory, heat and battery, with sources",
  builder: (argv) => argv
    .command(listCommand).command(showCommand).command(predictCommand).command(checkCommand).command(foldsCommand)
    .demandCommand(1, "Give one of: list, show NAME, predict, check FILE, folds.")
    .example("$0 devices list --class phone", "Phones with Llama 3.2 1B.")
    .example("$0 devices show pixel-10", "Where each number comes from."),
  handler: () => { /* yargs runs the subcommands */ },
};
