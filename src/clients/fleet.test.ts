import { describe, expect, it } from "vitest";
import type { Scenario } from "../config/scenario-schema.js";
import { invariant } from "../core/errors.js";
import type { ColumnTable } from "../records/column-table.js";
import type { FleetTotals } from "../records/fleet-totals.js";
import { allocateMail, Mailboxes } from "../simulation/mailboxes.js";
import { allocateWakes } from "../simulation/wake-calendar.js";
import { runWindows, type ServerProcess } from "../simulation/window-engine.js";
import { allocateWindows } from "../simulation/window-memory.js";
import { REQUEST_STRIDE, RequestField as R, ResponseField as A, RESPONSE_STRIDE } from "../tiers/tier-messages.js";
import { ClientWorld, realDevices, responseOf, scenarioOf, type TierScript, US } from "./client-world.fixture.js";
import { firstClient, Fleet } from "./fleet.js";
import type { KeptRows } from "./question-log.js";
import { randomTier } from "./random-tier.fixture.js";

const CLIENTS = 60;
const LINES = [`population: { clients: ${CLIENTS}, patienceS: 12, arrivals: { kind: sessions, queriesPerDay: 60 } }`, "protocol: { tokensPerChunk: 16 }", "retry: { timeoutS: 5 }",
  "devices: { freeMemoryFraction: { low: 0.02, high: 0.5 } }", "network: { states: { wifi: { meanDwellS: 300 }, 4g: { meanDwellS: 200 }, offline: { meanDwellS: 60 } } }"];

function scenarioFor(policy: string, shards: number): Scenario {
  return scenarioOf(...LINES, `simulation: { horizonS: 6 h, startHour: 9, shards: ${shards} }`, `routing: { kind: ${policy} }`);
}

/** A tier by script behind windows: hands each response over when its outcome is certain, and refuses mail from the past. */
class ScriptedServer implements ServerProcess {
  /** Requests in order of acceptance. */
  accepted = 0;
  private readonly script: TierScript;
  private readonly reply: (row: Float64Array) => void;
  private pending: Float64Array[] = [];
  private advancedUs = 0;

  constructor(script: TierScript, reply: (row: Float64Array) => void) {
    this.script = script;
    this.reply = reply;
  }

  accept(rows: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const request = rows.slice(i * REQUEST_STRIDE, (i + 1) * REQUEST_STRIDE);
      invariant(request[R.arriveAtUs]! >= this.advancedUs, "send requests into the server's future", this.advancedUs - request[R.arriveAtUs]!);
      this.pending.push(responseOf(request, this.script(request, this.accepted++)));
    }
  }

  advance(untilUs: number): void {
    const due = this.pending.filter((row) => row[A.decidedAtUs]! < untilUs);
    this.pending = this.pending.filter((row) => !(row[A.decidedAtUs]! < untilUs));
    due.sort((a, b) => a[A.decidedAtUs]! - b[A.decidedAtUs]! || a[A.clientId]! - b[A.clientId]!).forEach(this.reply);
    this.advancedUs = untilUs;
  }

  nextEventAtUs(): number { return this.pending.reduce((first, row) => Math.min(first, row[A.decidedAtUs]!), Infinity); }

  pendingCount(): number { return this.pending.length; }
}

interface WindowedRun { readonly totals: FleetTotals; readonly rows: KeptRows; readonly events: number; readonly accepted: number; readonly bandits: Float64Array }

/** The same parts as a client world, driven by windows and mail. */
function runFleet(policy: string, shards: number, script: TierScript, claimOrder?: readonly number[]): WindowedRun {
  const scenario = scenarioFor(policy, shards), parts = new ClientWorld(scenario, { devices: realDevices(scenario) });
  const windowUs = Math.floor(Math.min(scenario.simulation.minTurnGapS, scenario.simulation.minBackoffS) * US / 2);
  const outbox = new Mailboxes(allocateMail(shards, CLIENTS, REQUEST_STRIDE)), inbox = new Mailboxes(allocateMail(shards, CLIENTS, RESPONSE_STRIDE));
  const memory = allocateWindows(shards, 1, windowUs);
  if (claimOrder !== undefined) memory.claimOrder.set(claimOrder);
  const fleet = new Fleet({ ...parts, wakes: allocateWakes(shards, CLIENTS), bandits: parts.bandits, outbox, inbox, windowUs });
  for (let shard = 0; shard < shards; shard++) fleet.beginShard(shard, CLIENTS, shards);
  const shardOf = (client: number): number => { let shard = 0; while (firstClient(shard + 1, shards, CLIENTS) <= client) shard++; return shard; };
  const server = new ScriptedServer(script, (row) => { inbox.post(shardOf(row[A.clientId]!), row); });
  expect(runWindows(memory, { thread: 0, clients: fleet, server, outbox, inbox, check: () => undefined, clockMs: () => 0 }).isFinished).toBe(true);
  for (const table of tablesOf(parts.log.rows)) table.sortRows();
  return { totals: parts.log.totals, rows: parts.log.rows, events: fleet.eventCount(), accepted: server.accepted, bandits: parts.bandits };
}

function tablesOf(rows: KeptRows): readonly ColumnTable[] { return [rows.request, rows.wire, rows.truth, rows.usage]; }

function rowsOf(rows: KeptRows): unknown { return tablesOf(rows).map((table) => table.schema.columns.map(({ name }) => table.column(name).slice())); }

describe("the fleet in windows", () => {
  it.each(["cascade", "always-expert", "t-only", "privacy-budget"])("lives the same lives under %s as its clients one by one, without windows or mail", (policy) => {
    const scenario = scenarioFor(policy, 3), alone = new ClientWorld(scenario, { devices: realDevices(scenario), script: randomTier(0.1) });
    for (let client = 0; client < CLIENTS; client++) alone.liveThrough(client);
    for (const table of tablesOf(alone.log.rows)) table.sortRows();
    const fleet = runFleet(policy, 3, randomTier(0.1));
    expect(fleet.totals.sum("asked")).toBeGreaterThan(300);
    expect([...fleet.totals.sums]).toEqual([...alone.log.totals.sums]);
    expect([...fleet.totals.digest]).toEqual([...alone.log.totals.digest]);
    expect(rowsOf(fleet.rows)).toEqual(rowsOf(alone.log.rows));
    expect(fleet.accepted).toBe(alone.sent.length);
    expect(fleet.totals.sum("retries")).toBeGreaterThan(0);
  });

  it("does not depend on the number of shards or the order in which they are claimed", () => {
    const one = runFleet("cascade", 1, randomTier(0.1));
    for (const run of [runFleet("cascade", 7, randomTier(0.1)), runFleet("cascade", 5, randomTier(0.1), [3, 0, 4, 2, 1])]) {
      expect([...run.totals.digest]).toEqual([...one.totals.digest]);
      expect(rowsOf(run.rows)).toEqual(rowsOf(one.rows));
      expect(run.events).toBe(one.events);
    }
  });

  it("does not depend on the order of shards when they learn", () => {
    const one = runFleet("bandit", 5, randomTier(0.1)), other = runFleet("bandit", 5, randomTier(0.1), [4, 1, 3, 0, 2]);
    expect([...other.totals.sums]).toEqual([...one.totals.sums]);
    expect(rowsOf(other.rows)).toEqual(rowsOf(one.rows));
    expect(one.totals.sum("routePersonal") > 0 && one.totals.sum("routeExpert") > 0).toBe(true);
    // The first half of a shard's table is what its learner knows: it takes in each window's news.
    for (let shard = 0; shard < 5; shard++) expect(Math.max(...one.bandits.subarray(96 * shard, 96 * shard + 48))).toBeGreaterThan(5);
  });

  it("counts events: asked, ended and logged for each question, one for each message and each retry", () => {
    const run = runFleet("always-expert", 2, randomTier(0.1)), asked = run.totals.sum("asked");
    // Requests that could not arrive in time are tried again without a message.
    expect(run.events).toBeGreaterThanOrEqual(3 * asked + run.accepted);
    expect(run.events).toBeLessThanOrEqual(3 * asked + run.accepted + run.totals.sum("retries"));
  });

  it("cuts clients into runs of neighbours that cover everybody once", () => {
    for (const [shards, clients] of [[1, 1], [3, 10], [16, 10], [7, 1000]] as const) {
      const edges = Array.from({ length: shards + 1 }, (_, shard) => firstClient(shard, shards, clients));
      expect([edges[0], edges[shards]]).toEqual([0, clients]);
      edges.slice(1).forEach((edge, i) => { expect([Math.floor(clients / shards), Math.ceil(clients / shards)]).toContain(edge - edges[i]!); });
    }
  });
});
