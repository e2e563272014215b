/** One load from start to end: a system is started, clients that stay idle are opened, the others ask, the run is written, the system stops. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Study } from "../../config/scenario-schema.js";
import { scenarioOf } from "../../config/parse-study.js";
import { ConfigError } from "../../core/errors.js";
import { makeWorld } from "../../world/world.js";
import type { LiveConfig } from "../config/live-config.js";
import { livePaths } from "../processes/live-state.js";
import { startLiveSystem } from "../processes/live-system.js";
import { loadCaptured } from "./load-captured.js";
import { measureMemory, type ProcessMemory } from "./measure-memory.js";
import { consultOnce, openOneByOne, type OpenedClients } from "./open-clients.js";
import { planLoad } from "./plan-load.js";
import { makeReplyTo } from "./reply-to-expert.js";
import { runLoad } from "./run-load.js";
import { loadCapture, writeLoad } from "./write-load.js";

/** What is asked, of whom, and where the run goes. */
export interface SystemLoad {
  readonly study: Study;
  readonly ratePerS: number;
  readonly questions: number;
  /** Clients that ask; those behind them are opened by one question each and then stay idle. */
  readonly active: number;
  /** A person reads so long before the next question. */
  readonly readMs: number;
  /** Whether everybody who asks consults an expert once before. */
  readonly warmsUp: boolean;
  readonly out: string;
  readonly onDone: (doneCount: number) => void;
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface LoadedSystem { readonly metrics: Readonly<Record<string, number>>; readonly idle: OpenedClients; readonly memory: readonly ProcessMemory[] }

/** Time that observers get to write down the last exchange. */
const SETTLE_MS = 500;

/**
 * Runs a load.
 *
 * @returns Undefined when the signal ended it: nothing is written then.
 * @throws {ConfigError} when the scenario asks too little, or a capture does not begin with person 0; as `startLiveSystem`.
 */
export async function loadSystem(config: LiveConfig, { study, ratePerS, questions, active, readMs, warmsUp, out, onDone, signal }: SystemLoad): Promise<LoadedSystem | undefined> {
  requireFirst(config);
  const world = makeWorld(config.world), { clients, firstPerson } = config.personal, plan = planLoad(study, world, { ratePerS, questions, firstPerson }), system = await startLiveSystem(config);
  try {
    const scenario = scenarioOf(study), { asksBack } = config.experts, replyTo = asksBack ? { replyTo: makeReplyTo({ world, compliance: scenario.observation.askBackCompliance, seed: study.seed }) } : {};
    const target = { ...system, ...replyTo, withinMs: config.deadlines.answerS * 1000 + SETTLE_MS, readMs, onDone, signal };
    const idle = await openOneByOne(active, clients, target);
    if (warmsUp) {
      await openOneByOne(0, active, target);
      await consultOnce(active, world, firstPerson, target);
      await sleep(SETTLE_MS + readMs);
    }
    const { startedAtUs, asked } = await runLoad(plan, target);
    await sleep(SETTLE_MS + readMs);
    if (signal.aborted) return undefined;
    const views = config.capture === undefined ? {} : loadCaptured(config.capture, { world, domains: scenario.population.domains.map(({ name }) => name), startedAtUs, asked, asksBack });
    const metrics = writeLoad({ study, out, ratePerS, clients: active, startedAtUs, asked, seen: loadCapture(livePaths.capture(config.state), startedAtUs), ...views });
    return { metrics, idle, memory: measureMemory(system.state().processes) };
  } finally {
    await system.stop();
  }
}

/** Scorers of captures know person N of the world as client N. */
function requireFirst({ capture, personal: { firstPerson } }: LiveConfig): void {
  if (capture === undefined || firstPerson === 0) return;
  throw new ConfigError({ subject: "personal.firstPerson", rule: "be 0 for a capture", got: firstPerson, hint: "Leave the key out of the config." });
}
