/** plmm live up: starts the whole system and keeps it running until Ctrl-C. */
import type { Argv, CommandModule } from "yargs";
import { loadLiveConfig, shippedLiveConfig } from "../../live/config/load-live-config.js";
import type { LogEntry } from "../../live/log-event.js";
import { livePaths } from "../../live/processes/live-state.js";
import { startLiveSystem } from "../../live/processes/live-system.js";
import { CAPTURE_OPTION, withCapture } from "./capture-option.js";

interface UpArguments { readonly config: string | undefined; readonly state: string | undefined; readonly log: boolean; readonly capture: string | undefined }

/** The subcommand. */
export const upCommand: CommandModule<object, UpArguments> = {
  command: "up [config]",
  describe: "Start ledger, experts, T, gateway, relay and P; Ctrl-C stops them in order",
  builder: (argv: Argv) => argv
    .positional("config", { type: "string", describe: "Config of a live system", defaultDescription: "configs/live.yaml" })
    .option("state", { type: "string", requiresArg: true, describe: "Folder of stores, journal, log and addresses", defaultDescription: "state of the config" })
    .option("capture", CAPTURE_OPTION)
    .option("log", { type: "boolean", default: false, describe: "Print the log as it is written" }),
  handler: async ({ config: file, state, log, capture }) => {
    const loaded = withCapture(loadLiveConfig(file ?? shippedLiveConfig()), capture), config = state === undefined ? loaded : { ...loaded, state };
    const stopped = new Promise<void>((resolve) => { process.once("SIGINT", () => { resolve(); }).once("SIGTERM", () => { resolve(); }); });
    const system = await startLiveSystem(config, (entry) => { if (log) process.stderr.write(`${JSON.stringify(entry)}\n`); else note(entry); });
    process.stdout.write(`ready  ${system.api}  (key in ${livePaths.apiKey(config.state)})\nTalk to it: plmm live chat${state === undefined ? "" : ` --state ${state}`}. Ends with Ctrl-C.\n`);
    await stopped;
    process.stdout.write("stopping\n");
    await system.stop();
  },
};

/** What a person at the terminal should hear of. */
function note({ process: name, event, reason, waitMs }: LogEntry): void {
  if (event !== "exited" && event !== "restarting" && event !== "unhealthy" && event !== "crashed") return;
  process.stderr.write(`${name}: ${event}${reason === undefined ? "" : ` (${reason})`}${waitMs === undefined ? "" : ` in ${waitMs} ms`}\n`);
}
