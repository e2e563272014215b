/** Every command of plmm, in the order of the help page. A new command is a file in commands/ and a line here. */
import { command as bench } from "./commands/bench.js";
import { command as config } from "./commands/config.js";
import { command as data } from "./commands/data.js";
import { command as devices } from "./commands/devices.js";
import { command as doctor } from "./commands/doctor.js";
import { command as economics } from "./commands/economics.js";
import { command as models } from "./commands/models.js";
import { command as plot } from "./commands/plot.js";
import { command as prices } from "./commands/prices.js";
import { command as query } from "./commands/query.js";
import { command as report } from "./commands/report.js";
import { command as resume } from "./commands/resume.js";
import { command as run } from "./commands/run.js";
import { command as status } from "./commands/status.js";
import { command as sweep } from "./commands/sweep.js";
import { command as table } from "./commands/table.js";
import { command as tiers } from "./commands/tiers.js";
import { command as world } from "./commands/world.js";

/** A command of any arguments: what the files in commands/ export as `command: CommandModule`. */
export interface ListedCommand {
  readonly command?: string | readonly string[] | undefined;
  readonly describe?: string | false | undefined;
  readonly handler: (args: never) => void | Promise<void>;
}

/** Commands in the order of the help page: run, look at results, look at inputs, look at the machine. */
export const COMMANDS: readonly ListedCommand[] = [
  run, sweep, resume, status,
  table, plot, query, report,
  config, devices, models, tiers, prices, economics, world, data,
  bench, doctor,
];
