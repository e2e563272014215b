/**
 * Speed and memory of the fleet simulation by number of clients and threads. Each run is a process of its own, the one a
 * user would start, so that its peak memory and processor time can be read.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../config/load-dataset.js";
import { loadStudy } from "../config/load-study.js";
import { scenarioOf } from "../config/parse-study.js";
import { BugError } from "../core/errors.js";
import { fleetBytes } from "./fleet-memory.js";

/** One run of the fleet. */
export interface FleetRow {
  readonly clients: number;
  readonly threads: number;
  readonly questions: number;
  readonly events: number;
  readonly wallS: number;
  readonly cpuS: number;
  readonly eventsPerS: number;
  readonly nsPerEvent: number;
  /** Peak resident memory of the whole process. */
  readonly rssBytes: number;
  /** State that the run keeps for a client that does nothing. */
  readonly bytesPerIdleClient: number;
  readonly recordsSha256: string;
}

const CONFIG = join("configs", "million.yaml");
const CLIENTS_OF_CONFIG = 1e6;

/**
 * Runs configs/million.yaml with other numbers of clients, its servers in proportion.
 *
 * @param overrides Further changes, as after -c.
 */
export function measureFleet(sizes: readonly number[], threadCounts: readonly number[], overrides: readonly string[] = []): FleetRow[] {
  return sizes.flatMap((clients) => threadCounts.map((threads) => measureRun(clients, threads, [...proportionalServers(clients), ...overrides])));
}

/** Overrides that give a smaller fleet its share of the servers, at least one replica each. */
function proportionalServers(clients: number): string[] {
  const { tiers } = scenarioOf(loadStudy(join(packageRoot(), CONFIG)));
  const scaled = (replicas: number): number => Math.max(1, Math.ceil((replicas * clients) / CLIENTS_OF_CONFIG));
  return (["expert", "general"] as const).flatMap((name) => {
    const { replicas, autoscale } = tiers[name], path = `tiers.${name}`;
    const limits = autoscale === undefined ? [] : [`${path}.autoscale.minReplicas=${scaled(autoscale.minReplicas)}`, `${path}.autoscale.maxReplicas=${scaled(autoscale.maxReplicas)}`];
    return [`${path}.replicas=${scaled(replicas)}`, ...limits];
  });
}

function measureRun(clients: number, threads: number, overrides: readonly string[]): FleetRow {
  const out = mkdtempSync(join(tmpdir(), "plmm-fleet-")), sets = [`population.clients=${clients}`, ...overrides];
  try {
    const words = [join(packageRoot(), "dist", "src", "cli", "main.js"), "run", join(packageRoot(), CONFIG), "--threads", String(threads), "--out", out, "--json", "--no-report"];
    const child = spawnSync(process.execPath, [...words, ...sets.flatMap((set) => ["-c", set])], { encoding: "utf8" });
    const last = child.stdout.trim().split("\n").at(-1) ?? "";
    if (child.status !== 0) throw new BugError({ subject: "a benchmark run", rule: "end with exit code 0", got: child.status, hint: child.stderr });
    const end = JSON.parse(last) as { wallS: number; cpuS: number; events: number; questions: number; maxRssBytes: number; recordsSha256: string };
    const scenario = scenarioOf(loadStudy(join(packageRoot(), CONFIG), { overrides: sets }));
    return {
      clients, threads, questions: end.questions, events: end.events, wallS: end.wallS, cpuS: end.cpuS, eventsPerS: end.events / end.wallS,
      nsPerEvent: (end.cpuS / end.events) * 1e9, rssBytes: end.maxRssBytes, bytesPerIdleClient: fleetBytes(scenario) / clients, recordsSha256: end.recordsSha256,
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
