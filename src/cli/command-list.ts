/**
 * Every command of plmm, in the order of the help page. A new command is a file in commands/ and a line here. The code of a command
 * is loaded when it is used: its usage and description stand here a second time so that the help page needs none of it (a test holds
 * the two together).
 */
import type { CommandModule } from "yargs";

/** A command on the help page, and where its code is. */
export interface ListedCommand {
  /** As in its module: name and positionals. */
  readonly command: string;
  /** As in its module. */
  readonly describe: string;
  /** Loads the file in commands/. The arguments of a module are its own affair. */
  readonly load: () => Promise<{ readonly command: unknown }>;
}

/** Commands in the order of the help page: run, look at results, look at inputs, look at the machine. */
export const COMMANDS: readonly ListedCommand[] = [
  { command: "run <config>", describe: "Run a scenario: all points of its sweep, replicated", load: () => import("./commands/run.js") },
  { command: "sweep <config>", describe: "Run a sweep: choose how axes combine, see the plan, or run a part of it", load: () => import("./commands/sweep.js") },
  { command: "resume <run>", describe: "Finish a run that was stopped or killed; finished cells are kept", load: () => import("./commands/resume.js") },
  { command: "status [run]", describe: "Show finished, failed and missing cells of a run", load: () => import("./commands/status.js") },
  { command: "serve [run]", describe: "Show a run in the browser while it goes on: progress, failures, answers so far", load: () => import("./commands/serve.js") },
  { command: "table [name]", describe: "Print a table of a run", load: () => import("./commands/table.js") },
  { command: "plot <name>", describe: "Draw a figure of a run", load: () => import("./commands/plot.js") },
  { command: "query <sql>", describe: "Ask the rows of a run in SQL", load: () => import("./commands/query.js") },
  { command: "report [run]", describe: "Write one HTML page of a run: answers, figures, doubts, definitions", load: () => import("./commands/report.js") },
  { command: "compare <before> <after>", describe: "Compare two runs metric by metric; fail on a regression", load: () => import("./commands/compare.js") },
  { command: "reproduce [id]", describe: "Run experiments again and compare with what is published", load: () => import("./commands/reproduce.js") },
  { command: "config", describe: "Show, check, compare and explain configs", load: () => import("./commands/config.js") },
  { command: "devices", describe: "Real devices of the catalogue: speed, memory, heat and battery, with sources", load: () => import("./commands/devices.js") },
  { command: "models", describe: "Model cards and model files: list, pull, inspect, quantize, prune, convert, chat, eval, ask, family, measure", load: () => import("./commands/models.js") },
  { command: "tiers", describe: "Servers of E and T: GPU profiles with their sources; the simulated server against a real one", load: () => import("./commands/tiers.js") },
  { command: "prices [book]", describe: "Show a dated price book with its sources", load: () => import("./commands/prices.js") },
  { command: "economics", describe: "Known answers of economics, and the ladder of closed forms", load: () => import("./commands/economics.js") },
  { command: "world", describe: "The synthetic world: people with secrets, facts that change, questions with exact answers", load: () => import("./commands/world.js") },
  { command: "privacy", describe: "What each observer of a run learns; what the detector of personal data finds", load: () => import("./commands/privacy.js") },
  { command: "train <plan>", describe: "Train a family of models on the world; goes on where it was stopped", load: () => import("./commands/train.js") },
  { command: "live", describe: "The real system on this machine: P, experts, T, relay, gateway and ledger as processes", load: () => import("./commands/live.js") },
  { command: "data", describe: "Data sets of others: what they are for, licence, checksum, download", load: () => import("./commands/data.js") },
  { command: "bench", describe: "Measure speed and memory, each beside the reference of the same run", load: () => import("./commands/bench.js") },
  { command: "calibrate", describe: "Measure this machine with the real engines and predict steps that were not measured; goes on where it was stopped", load: () => import("./commands/calibrate.js") },
  { command: "doctor", describe: "Check this machine and installation, and say what to do about what is missing", load: () => import("./commands/doctor.js") },
];

/**
 * The commands as yargs takes them: the one that is called with all its code, the others by name and description.
 *
 * @param words Command line; its first word that is no flag names the command.
 */
export async function loadCommands(words: readonly string[]): Promise<readonly CommandModule[]> {
  const called = words.find((word) => !word.startsWith("-"));
  return Promise.all(COMMANDS.map(async ({ command, describe, load }) =>
    nameOf(command) === called ? (await load()).command as CommandModule : { command, describe, handler: () => undefined }));
}

/** First word of a command's usage. */
export function nameOf(usage: string): string { return usage.split(" ")[0]!; }
