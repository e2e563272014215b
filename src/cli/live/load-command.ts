/** plmm live load: the simulator's own workload on the live system, stored as a run. */
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { packageRoot } from "../../config/load-dataset.js";
import { loadStudy } from "../../config/load-study.js";
import { scenarioOf } from "../../config/parse-study.js";
import { ConfigError } from "../../core/errors.js";
import { loadLiveConfig, shippedLiveConfig } from "../../live/config/load-live-config.js";
import type { LiveConfig } from "../../live/config/live-config.js";
import { describeProtocol } from "../../live/load/describe-protocol.js";
import { loadCaptured } from "../../live/load/load-captured.js";
import { planLoad } from "../../live/load/plan-load.js";
import { runLoad } from "../../live/load/run-load.js";
import { loadCapture, writeLoad } from "../../live/load/write-load.js";
import { livePaths } from "../../live/processes/live-state.js";
import { startLiveSystem } from "../../live/processes/live-system.js";
import { makeWorld } from "../../world/world.js";
import { CAPTURE_OPTION, withCapture } from "./capture-option.js";

interface LoadArguments {
  readonly config: string | undefined; readonly clients: number; readonly rate: number; readonly questions: number;
  readonly scenario: string; readonly set: readonly string[] | undefined; readonly state: string | undefined; readonly out: string;
  readonly capture: string | undefined;
}

/** Time that the relay gets to write down the last exchange. Milliseconds. */
const SETTLE_MS = 500;

/** The subcommand. */
export const loadCommand: CommandModule<object, LoadArguments> = {
  command: "load [config]",
  describe: "Start the system, replay the simulator's workload on it, and write the records of a run",
  builder: (argv: Argv) => argv
    .positional("config", { type: "string", describe: "Config of a live system", defaultDescription: "configs/live.yaml" })
    .option("clients", { type: "number", requiresArg: true, default: 8, describe: "P-clients" })
    .option("rate", { type: "number", requiresArg: true, default: 1, describe: "Questions of all clients together in a second" })
    .option("questions", { type: "number", requiresArg: true, default: 60, describe: "How many in all" })
    .option("scenario", { type: "string", requiresArg: true, default: join(packageRoot(), "configs", "minimal.yaml"), defaultDescription: "configs/minimal.yaml", describe: "Config of a study: who asks what, when" })
    .option("set", { alias: "c", type: "string", array: true, requiresArg: true, describe: "Set one key of the scenario: -c population.kindShares.chat=1" })
    .option("state", { type: "string", requiresArg: true, describe: "Folder of stores, journal, log and addresses", defaultDescription: "state of the config" })
    .option("capture", CAPTURE_OPTION)
    .option("out", { type: "string", requiresArg: true, default: "out/live-load", describe: "Run folder" })
    .example("$0 live load --clients 64 --rate 4 --questions 200", "Then: plmm query 'select route, count(*) from request group by route' --run out/live-load"),
  handler: async (flags) => {
    requirePositive(flags);
    const loaded = loadLiveConfig(flags.config ?? shippedLiveConfig());
    await load({ ...withCapture(loaded, flags.capture), state: flags.state ?? loaded.state, personal: { ...loaded.personal, clients: flags.clients } }, flags);
  },
};

/** Scorers know person N of the world as client N. */
function requireFirst({ capture, personal: { firstPerson } }: LiveConfig): void {
  if (capture === undefined || firstPerson === 0) return;
  throw new ConfigError({ subject: "personal.firstPerson", rule: "be 0 for --capture", got: firstPerson, hint: "Leave the key out of the config." });
}

async function load(config: LiveConfig, { clients, rate, questions, scenario, set, out }: LoadArguments): Promise<void> {
  requireFirst(config);
  const study = loadStudy(scenario, { overrides: [...SCENARIO, ...describeProtocol(config), `population.clients=${clients}`, ...set ?? []] });
  const world = makeWorld(config.world), plan = planLoad(study, world, { ratePerS: rate, questions, firstPerson: config.personal.firstPerson });
  const stop = new AbortController(), interrupt = (): void => { stop.abort(); };
  process.once("SIGINT", interrupt);
  const system = await startLiveSystem(config);
  try {
    const onDone = (doneCount: number): void => { if (process.stderr.isTTY) process.stderr.write(`\r${doneCount} of ${plan.length} questions`); };
    const { startedAtUs, asked } = await runLoad(plan, { api: system.api, apiKey: system.apiKey, withinMs: config.deadlines.answerS * 1000 + SETTLE_MS, onDone, signal: stop.signal });
    await new Promise((resolve) => { setTimeout(resolve, SETTLE_MS); });
    if (stop.signal.aborted) { process.exitCode = 130; return; }
    const views = config.capture === undefined ? {} : loadCaptured(config.capture, { world, domains: scenarioOf(study).population.domains.map(({ name }) => name), startedAtUs, asked });
    const metrics = writeLoad({ study, out, ratePerS: rate, clients, startedAtUs, asked, seen: loadCapture(livePaths.capture(config.state), startedAtUs), ...views });
    process.stdout.write(`${process.stderr.isTTY ? "\n" : ""}${render(metrics)}Written to ${out}; see: plmm table service --run ${out}\n`);
  } finally {
    await system.stop();
  }
}

/** The people of one scenario on one thread, all rows kept; who answers is decided live. */
const SCENARIO = ["records.keepFraction=1", "simulation.horizonS=7 d", "replications=1", "routing.kind=p-only"];

function render(metrics: Readonly<Record<string, number>>): string {
  const shown = ["questions", "answered.fraction", "ttft.p50", "ttft.p95", "latency.p95", "tpot.mean", "correct.fraction", "bytes.up", "bytes.down"].filter((name) => metrics[name] !== undefined);
  return shown.map((name) => `${name.padEnd(18)} ${metrics[name]!.toPrecision(4)}\n`).join("");
}

function requirePositive({ clients, rate, questions }: LoadArguments): void {
  for (const [flag, value, isWhole] of [["--clients", clients, true], ["--rate", rate, false], ["--questions", questions, true]] as const) {
    if (value > 0 && (!isWhole || Number.isInteger(value))) continue;
    throw new ConfigError({ subject: flag, rule: `be a ${isWhole ? "whole " : ""}number above 0`, got: value, hint: "See: plmm live load --help" });
  }
}
