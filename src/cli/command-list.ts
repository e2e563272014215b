/** Every command of plmm, in the order of the help page. A new command is a file in commands/ and a line here. */
import type { CommandModule } from "yargs";
import { command as config } from "./commands/config.js";

/** Commands in the order of the help page. */
export const COMMANDS: readonly CommandModule[] = [
  config,
];
