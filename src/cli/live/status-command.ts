/** plmm live status: which processes of a live system are ready. */
import type { Argv, CommandModule } from "yargs";
import { requireLive } from "../../live/processes/live-state.js";

/** Flags by which a command finds the system. */
export interface StateFlag { readonly state: string }

/** Adds the flag. */
export function addStateFlag<T>(argv: Argv<T>): Argv<T & StateFlag> {
  return argv.option("state", { type: "string", requiresArg: true, default: "out/live", describe: "Folder of the running system" });
}

/** The subcommand. */
export const statusCommand: CommandModule<object, StateFlag> = {
  command: "status",
  describe: "Show the processes of the running system",
  builder: (argv: Argv) => addStateFlag(argv),
  handler: ({ state: folder }) => {
    const { state } = requireLive(folder);
    for (const { name, role, port, pid, isReady } of state.processes) process.stdout.write(`${name.padEnd(10)} ${role.padEnd(9)} port ${String(port).padEnd(6)} pid ${String(pid ?? "-").padEnd(8)} ${isReady ? "ready" : "down"}\n`);
    process.stdout.write(`API ${state.api}, since ${state.startedAt}\n`);
  },
};
