/** One load from start to end: a system is started, clients that stay idle are opened, the others ask, the run is written, the system stops. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Study } from "../../config/scenario-schema.js";
import { scenarioOf } from "../../config/parse-study.js";
import { ConfigError } from "../../core/errors.js";
import { makeWorld } from "../../world/world.js";
import { askPersonal } from "../ask-personal.js";
import type { LiveConfig } from "../config/live-config.js";
import { personalModel } from "../personal/personal-backend.js";
import { livePaths } from "../processes/live-state.js";
import { startLiveSystem, type LiveSystem } from "../processes/live-system.js";
import { LiveError } from "../transport/live-error.js";
import { loadCaptured } from "./load-captured.js";
import { measureMemory, type ProcessMemory } from "./measure-memory.js";
import { planLoad } from "./plan-load.js";
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
  readonly out: string;
  readonly onDone: (doneCount: number) => void;
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface LoadedSystem { readonly metrics: Readonly<Record<string, number>>; readonly idle: { readonly asked: number; readonly answered: number }; readonly memory: readonly ProcessMemory[] }

/** Time that observers get to write down the last exchange. */
const SETTLE_MS = 500;
/** What clients that stay idle ask first. */
const OPENING = "are you well?";

/**
 * Runs a load.
 *
 * @returns Undefined when the signal ended it: nothing is written then.
 * @throws {ConfigError} when the scenario asks too little, or a capture does not begin with person 0; as `startLiveSystem`.
 */
export async function loadSystem(config: LiveConfig, { study, ratePerS, questions, active, readMs, out, onDone, signal }: SystemLoad): Promise<LoadedSystem | undefined> {
  requireFirst(config);
  const world = makeWorld(config.world), { clients, firstPerson } = config.personal, plan = planLoad(study, world, { ratePerS, questions, firstPerson }), system = await startLiveSystem(config);
  try {
    const target = { ...system, withinMs: config.deadlines.answerS * 1000 + SETTLE_MS, readMs, onDone, signal };
    const idle = await openIdle(system, active, clients, target), { startedAtUs, asked } = await runLoad(plan, target);
    await sleep(SETTLE_MS + readMs);
    if (signal.aborted) return undefined;
    const views = config.capture === undefined ? {} : loadCaptured(config.capture, { world, domains: scenarioOf(study).population.domains.map(({ name }) => name), startedAtUs, asked });
    const metrics = writeLoad({ study, out, ratePerS, clients: active, startedAtUs, asked, seen: loadCapture(livePaths.capture(config.state), startedAtUs), ...views });
    return { metrics, idle, memory: measureMemory(system.state().processes) };
  } finally {
    await system.stop();
  }
}

/** One after another: opening a store takes a processor for the time that a guess at its secret shall cost. */
async function openIdle({ api, apiKey }: LiveSystem, from: number, to: number, { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal }): Promise<LoadedSystem["idle"]> {
  let answered = 0;
  for (let client = from; client < to && !signal.aborted; client++) {
    const answer = await askPersonal({ api, apiKey, model: personalModel(client) }, OPENING, AbortSignal.any([signal, AbortSignal.timeout(withinMs)]), () => undefined)
      .catch((error: unknown) => { if (error instanceof LiveError) return undefined; throw error; });
    if (answer !== undefined) answered++;
  }
  return { asked: to - from, answered };
}

/** Scorers of captures know person N of the world as client N. */
function requireFirst({ capture, personal: { firstPerson } }: LiveConfig): void {
  if (capture === undefined || firstPerson === 0) return;
  throw new ConfigError({ subject: "personal.firstPerson", rule: "be 0 for a capture", got: firstPerson, hint: "Leave the key out of the config." });
}
