/**
 * One process of the fleet benchmark: node measure-fleet-process.js TASK prints a row as JSON.
 *
 * It first runs a fleet of 10,000 phones, which is not timed, so that the engine has compiled the code. Then it runs
 * replications of the fleet asked for, one after another, until they hold enough events: fifteen at 1,000 phones, one at
 * 100,000 and more. Timed is the passing of simulated time alone. Starting Node, reading inputs and storing are left out;
 * drawing the people and building the domains is told apart as set-up.
 */
import { join } from "node:path";
import { packageRoot } from "../config/load-dataset.js";
import { loadStudy } from "../config/load-study.js";
import { scenarioOf } from "../config/parse-study.js";
import type { Scenario } from "../config/scenario-schema.js";
import { digestCell, digestRecords, digestRun, digestTotals } from "./digest-records.js";
import { fleetBytes } from "./fleet-memory.js";
import { loadCellInputs } from "./load-cell-inputs.js";
import type { FleetRow, FleetTask } from "./measure-fleet.js";
import { type FleetRun, simulateThreaded } from "./simulate-fleet.js";
import { startPool } from "./worker-pool.js";

const CONFIG = join(packageRoot(), "configs", "million.yaml");
const CLIENTS_OF_CONFIG = 1e6;
const WARM_UP_CLIENTS = 10_000;

async function measureTask(task: FleetTask): Promise<FleetRow> {
  const scenario = scenarioFor(task.clients, task.overrides), inputs = loadCellInputs(scenario), pool = startPool(task.threads);
  try {
    const run = (world: Scenario, replication: number): Promise<FleetRun> => simulateThreaded({ scenario: world, seed: 1, replication }, inputs, { threads: task.threads, pool });
    await run(scenarioFor(WARM_UP_CLIENTS, task.overrides), 0);
    const tally = new RunTally();
    while (tally.runs === 0 || tally.events < task.leastEvents) tally.add(await run(scenario, tally.runs));
    return describeRow(task, tally, fleetBytes(scenario) / task.clients);
  } finally {
    await pool.destroy();
  }
}

/** The config with another number of clients, and their share of the servers, at least one replica each. */
function scenarioFor(clients: number, overrides: readonly string[]): Scenario {
  const { tiers } = scenarioOf(loadStudy(CONFIG)), scaled = (replicas: number): number => Math.max(1, Math.ceil((replicas * clients) / CLIENTS_OF_CONFIG));
  const servers = (["expert", "general"] as const).flatMap((name) => {
    const { replicas, autoscale } = tiers[name], path = `tiers.${name}`;
    const limits = autoscale === undefined ? [] : [`${path}.autoscale.minReplicas=${scaled(autoscale.minReplicas)}`, `${path}.autoscale.maxReplicas=${scaled(autoscale.maxReplicas)}`];
    return [`${path}.replicas=${scaled(replicas)}`, ...limits];
  });
  return scenarioOf(loadStudy(CONFIG, { overrides: [`population.clients=${clients}`, ...servers, ...overrides] }));
}

/** What several runs took, added up. Times in milliseconds. */
class RunTally {
  runs = 0;
  questions = 0;
  events = 0;
  setUpMs = 0;
  wallMs = 0;
  cpuMs = 0;
  busyMs = 0;
  servingMs = 0;
  private readonly digests: string[] = [];

  add(run: FleetRun): void {
    const [leader] = run.times;
    this.runs++;
    this.questions += run.totals.sum("asked");
    this.events += run.events;
    this.setUpMs += Math.max(...run.times.map(({ setUpMs }) => setUpMs));
    this.wallMs += leader!.totalMs;
    this.cpuMs += leader!.cpuMs;
    this.servingMs += leader!.servingMs;
    this.busyMs += run.times.reduce((sum, { totalMs, idleMs }) => sum + totalMs - idleMs, 0);
    this.digests.push(digestCell(digestRecords(run.rows), digestTotals(run.totals)));
  }

  /** As `plmm run` would print it for so many replications. */
  get recordsSha256(): string { return digestRun(this.digests.map((recordsSha256, cellIndex) => ({ cellIndex, recordsSha256 }))); }
}

function describeRow({ clients, threads }: FleetTask, tally: RunTally, bytesPerIdleClient: number): FleetRow {
  const { runs, questions, events, setUpMs, wallMs, cpuMs, busyMs, servingMs, recordsSha256 } = tally;
  return {
    clients, threads, runs, questions, events, setUpS: setUpMs / 1000, wallS: wallMs / 1000, cpuS: cpuMs / 1000, eventsPerS: events / wallMs * 1000,
    nsPerEvent: cpuMs / events * 1e6, busyFraction: busyMs / (threads * wallMs), servingFraction: servingMs / wallMs,
    rssBytes: process.resourceUsage().maxRSS * 1024, bytesPerIdleClient, recordsSha256,
  };
}

process.stdout.write(JSON.stringify(await measureTask(JSON.parse(process.argv[2]!) as FleetTask)));
