/** plmm live up|chat|load|status: the real P-E-T system on this machine. */
import type { Argv, CommandModule } from "yargs";
import { chatCommand } from "../live/chat-command.js";
import { loadCommand } from "../live/load-command.js";
import { statusCommand } from "../live/status-command.js";
import { upCommand } from "../live/up-command.js";

/** The command. */
export const command: CommandModule = {
  command: "live",
  describe: "The real system on this machine: P, experts, T, relay, gateway and ledger as processes",
  builder: (argv: Argv) => argv
    .command(upCommand as never).command(chatCommand as never).command(loadCommand as never).command(statusCommand as never)
    .demandCommand(1, "Give one of: up, chat, load, status.")
    .example("$0 live up", "Start everything; Ctrl-C stops it.")
    .example("$0 live chat", "Talk to it from another terminal."),
  handler: () => { /* yargs runs the subcommands */ },
};
