/** One thread's part in the run of one cell: builds the domains on the shared memory and goes through the windows. */
import { AnswerQuality } from "../clients/answer-quality.js";
import { Fleet, type FleetParts } from "../clients/fleet.js";
import { NextQuestion, type TraceInstants } from "../clients/next-question.js";
import { Phone } from "../clients/phone.js";
import type { TokenPrices } from "../clients/question-world.js";
import { type KeptRows, QuestionLog } from "../clients/question-log.js";
import { makeRouter } from "../clients/routing/make-router.js";
import type { Scenario } from "../config/scenario-schema.js";
import { LimitError } from "../core/errors.js";
import type { DeviceTable } from "../devices/device-table.js";
import { compileLinkTable } from "../network/link-table.js";
import { QuestionSampler, type TraceLengths } from "../population/question.js";
import { compileWireShape } from "../protocol/message-sizes.js";
import type { FleetTotals } from "../records/fleet-totals.js";
import { Barrier } from "../simulation/barrier.js";
import { Mailboxes } from "../simulation/mailboxes.js";
import { runWindows, type ThreadTime } from "../simulation/window-engine.js";
import { requestStop } from "../simulation/window-memory.js";
import { ResponseField, type TierSummary } from "../tiers/tier-messages.js";
import { makeTierProcess } from "../tiers/tier-process.js";
import type { FleetMemory } from "./fleet-memory.js";

/** What a run reads besides its scenario. */
export interface CellInputs {
  readonly devices: DeviceTable;
  readonly prices: TokenPrices;
  readonly trace?: TraceInstants & TraceLengths;
}

/** Words by which a run is watched and stopped from outside. In shared memory. */
export interface RunControl {
  /** Simulated instant reached (microseconds), and model events fired. */
  readonly progress: Float64Array;
  /** Set to 1 to stop the run at the end of its cycle. */
  readonly stop: Int32Array;
}

/** Makes the control words of one run. */
export function allocateControl(): RunControl {
  return { progress: new Float64Array(new SharedArrayBuffer(16)), stop: new Int32Array(new SharedArrayBuffer(4)) };
}

/** What one thread is asked to do. */
export interface PartTask {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly replication: number;
  readonly thread: number;
  readonly memory: FleetMemory;
  readonly inputs: CellInputs;
  readonly control: RunControl;
}

/** What one thread's part of a run took. */
export interface PartTime extends ThreadTime {
  /** Building the domains and drawing the people, until all threads were ready. Milliseconds on the clock. */
  readonly setUpMs: number;
  /** Processor time of the whole process while the simulated time passed. Milliseconds. */
  readonly cpuMs: number;
}

/** What one thread found. */
export interface PartOutcome {
  readonly isFinished: boolean;
  readonly totals: FleetTotals;
  readonly rows: KeptRows;
  readonly events: number;
  /** From the thread that serves the tiers. */
  readonly tiers?: TierSummary;
  readonly endedAtUs: number;
  readonly time: PartTime;
}

/** Takes part in a run from its first window to its end, or until it is stopped. */
export function participate(task: PartTask): PartOutcome {
  const { memory, thread } = task, { windows } = memory, begunAtMs = performance.now();
  const outbox = new Mailboxes(memory.outbox), inbox = new Mailboxes(memory.inbox);
  const { fleet, log } = beginFleet(task, outbox, inbox), server = thread === 0 ? makeServer(task, inbox) : undefined;
  new Barrier(windows.words, windows.threads).wait(() => undefined);
  const startedAtMs = performance.now(), cpuBefore = process.cpuUsage();
  const { isFinished, time } = runWindows(windows, {
    thread, clients: fleet, outbox, inbox, check: makeCheck(task, startedAtMs), clockMs: () => performance.now(), ...(server === undefined ? {} : { server }),
  });
  const cpu = process.cpuUsage(cpuBefore), endedAtUs = windows.progress[0]!;
  return {
    isFinished, totals: log.totals, rows: log.rows, events: fleet.eventCount(), endedAtUs,
    time: { ...time, setUpMs: startedAtMs - begunAtMs, cpuMs: (cpu.user + cpu.system) / 1000 },
    ...(server === undefined ? {} : { tiers: server.summarize(endedAtUs) }),
  };
}

/** Tells the outside how far the run is, hears whether it is to stop, and holds it to its limits. */
function makeCheck({ scenario, control, memory: { windows } }: PartTask, startedAtMs: number): (nowUs: number, events: number) => void {
  return (nowUs, events) => {
    control.progress[0] = nowUs;
    control.progress[1] = events;
    if (Atomics.load(control.stop, 0) === 1) requestStop(windows);
    checkLimits(scenario, nowUs, events, (performance.now() - startedAtMs) / 1000);
  };
}

/** The fleet as one thread sees it, with this thread's share of the people drawn. */
function beginFleet(task: PartTask, outbox: Mailboxes, inbox: Mailboxes): { fleet: Fleet; log: QuestionLog } {
  const { memory, thread, scenario } = task, { windows } = memory, parts = makeFleetParts(task);
  const fleet = new Fleet({ ...parts, state: memory.clients, wakes: memory.wakes, bandits: memory.bandits, outbox, inbox, windowUs: windows.windowUs });
  for (let shard = thread; shard < windows.shards; shard += windows.threads) fleet.beginShard(shard, scenario.population.clients, windows.shards);
  return { fleet, log: parts.log };
}

/** The domains of a fleet on its memory: who asks what, on which phone, over which link, by which policy. */
export function makeFleetParts(task: PartTask): Pick<FleetParts, "world" | "log" | "next"> {
  const { scenario, seed, replication, memory, inputs } = task, state = memory.clients;
  const links = compileLinkTable(scenario.network);
  const phone = new Phone(scenario, seed, replication, state, inputs.devices, links);
  const world = {
    scenario, state, phone, links, seed, replication, prices: inputs.prices,
    sampler: new QuestionSampler(scenario, seed, replication, inputs.trace),
    quality: new AnswerQuality(scenario),
    router: makeRouter(scenario.routing, memory.bandits),
    shape: compileWireShape(scenario.protocol),
  };
  return { world, log: new QuestionLog(scenario, state, inputs.devices), next: new NextQuestion(scenario, seed, replication, state, inputs.devices, phone, inputs.trace) };
}

function makeServer(task: PartTask, inbox: Mailboxes): ReturnType<typeof makeTierProcess> {
  const { scenario, seed, replication } = task, { clients } = scenario.population, { shards } = scenario.simulation;
  return makeTierProcess(scenario, seed, replication, (row) => {
    inbox.post(shardOf(row[ResponseField.clientId]!, shards, clients), row);
  });
}

/** Shard of a client: the inverse of `firstClient`. */
function shardOf(client: number, shards: number, clients: number): number {
  return Math.floor(((client + 1) * shards - 1) / clients);
}

function checkLimits(scenario: Scenario, nowUs: number, events: number, wallS: number): void {
  const { limits } = scenario.simulation;
  if (events <= limits.maxEvents && wallS <= limits.maxWallS) return;
  const where = `t = ${(nowUs / 1e6).toFixed(3)} s, ${events} events, ${wallS.toFixed(1)} s of wall time`;
  if (!(events <= limits.maxEvents)) {
    throw new LimitError({ subject: "the run", rule: `finish within ${limits.maxEvents} events`, got: events, where, hint: "Lower population.clients or simulation.horizonS, or raise simulation.limits.maxEvents." });
  }
  throw new LimitError({ subject: "the run", rule: `finish within ${limits.maxWallS} s of wall time`, got: Math.round(wallS), where, hint: "Use more --threads, a smaller fleet, or raise simulation.limits.maxWallS." });
}
