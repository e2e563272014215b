/** Every command of plmm, in the order of the help page. A new command is a file in commands/ and a line here. */
import { command as config } from "./commands/config.js";

/** A command of any arguments: what the files in commands/ export as `command: CommandModule`. */
export interface ListedCommand {
  readonly command?: string | readonly string[] | undefined;
  readonly describe?: string | false | undefined;
  readonly handler: (args: never) => void | Promise<void>;
}

/** Commands in the order of the help page. */
export const COMMANDS: readonly ListedCommand[] = [
  config,
];
