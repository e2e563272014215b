/** plmm live load: the simulator's own workload on the live system, stored as a run. */
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { packageRoot } from "../../config/load-dataset.js";
import { loadStudy } from "../../config/load-study.js";
import { ConfigError } from "../../core/errors.js";
import { loadLiveConfig, shippedLiveConfig } from "../../live/config/load-live-config.js";
import type { LiveConfig } from "../../live/config/live-config.js";
import { describeProtocol } from "../../live/load/describe-protocol.js";
import { loadSystem } from "../../live/load/load-system.js";
import { CAPTURE_OPTION, withCapture } from "./capture-option.js";
import { renderLoad } from "./render-load.js";

interface LoadArguments {
  readonly config: string | undefined; readonly clients: number; readonly active: number | undefined; readonly rate: number; readonly questions: number;
  readonly scenario: string; readonly set: readonly string[] | undefined; readonly state: string | undefined; readonly out: string;
  readonly capture: string | undefined; readonly read: number; readonly warm: boolean;
}

/** The subcommand. */
export const loadCommand: CommandModule<object, LoadArguments> = {
  command: "load [config]",
  describe: "Start the system, replay the simulator's workload on it, and write the records of a run",
  builder: (argv: Argv) => argv
    .positional("config", { type: "string", describe: "Config of a live system", defaultDescription: "configs/live.yaml" })
    .option("clients", { type: "number", requiresArg: true, default: 8, describe: "P-clients" })
    .option("active", { type: "number", requiresArg: true, describe: "Of them, those who ask; the others ask one question each and stay idle", defaultDescription: "all" })
    .option("rate", { type: "number", requiresArg: true, default: 1, describe: "Questions of all clients together in a second" })
    .option("questions", { type: "number", requiresArg: true, default: 60, describe: "How many in all" })
    .option("read", { type: "number", requiresArg: true, default: 0, describe: "Seconds that a person reads before the next question" })
    .option("warm", { type: "boolean", default: false, describe: "Everybody consults an expert once before, so that stores, connections, keys and tokens are at hand" })
    .option("scenario", { type: "string", requiresArg: true, default: join(packageRoot(), "configs", "minimal.yaml"), defaultDescription: "configs/minimal.yaml", describe: "Config of a study: who asks what, when" })
    .option("set", { alias: "c", type: "string", array: true, requiresArg: true, describe: "Set one key of the scenario: -c population.kindShares.chat=1" })
    .option("state", { type: "string", requiresArg: true, describe: "Folder of stores, journal, log and addresses", defaultDescription: "state of the config" })
    .option("capture", CAPTURE_OPTION)
    .option("out", { type: "string", requiresArg: true, default: "out/live-load", describe: "Run folder" })
    .example("$0 live load --clients 72 --active 8 --rate 4 --questions 200", "64 idle clients and 8 active ones: answers, TTFT, memory")
    .example("$0 live load --clients 24 --warm --capture out/capture", "Then: plmm privacy attack out/live-load --modelled"),
  handler: async (flags) => {
    requirePositive(flags);
    const loaded = loadLiveConfig(flags.config ?? shippedLiveConfig());
    await load({ ...withCapture(loaded, flags.capture), state: flags.state ?? loaded.state, personal: { ...loaded.personal, clients: flags.clients } }, flags);
  },
};

async function load(config: LiveConfig, { clients, active = clients, rate, questions, read, warm, scenario, set, out }: LoadArguments): Promise<void> {
  const study = loadStudy(scenario, { overrides: [...SCENARIO, ...describeProtocol(config), `population.clients=${active}`, ...set ?? []] });
  const stop = new AbortController(), interrupt = (): void => { stop.abort(); }, isTerminal = process.stderr.isTTY;
  process.once("SIGINT", interrupt);
  const onDone = (doneCount: number): void => { if (isTerminal) process.stderr.write(`\r${doneCount} of ${questions} questions`); };
  const loaded = await loadSystem(config, { study, ratePerS: rate, questions, active, readMs: read * 1000, warmsUp: warm, out, onDone, signal: stop.signal });
  process.off("SIGINT", interrupt);
  if (loaded === undefined) { process.exitCode = 130; return; }
  process.stdout.write(`${isTerminal ? "\n" : ""}${renderLoad(loaded, out)}`);
}

/** The people of one scenario on one thread, all rows kept; who answers is decided live. */
const SCENARIO = ["records.keepFraction=1", "simulation.horizonS=7 d", "replications=1", "routing.kind=p-only"];

function requirePositive({ clients, active = clients, rate, questions, read }: LoadArguments): void {
  for (const [flag, value, isWhole] of [["--clients", clients, true], ["--active", active, true], ["--rate", rate, false], ["--questions", questions, true]] as const) {
    if (value > 0 && (!isWhole || Number.isInteger(value))) continue;
    throw new ConfigError({ subject: flag, rule: `be a ${isWhole ? "whole " : ""}number above 0`, got: value, hint: "See: plmm live load --help" });
  }
  if (active > clients) throw new ConfigError({ subject: "--active", rule: "be at most --clients", got: `${active} of ${clients}`, hint: "Give more --clients." });
  if (!(read >= 0)) throw new ConfigError({ subject: "--read", rule: "be a number of seconds, 0 or more", got: read, hint: "See: plmm live load --help" });
}
