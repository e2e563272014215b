import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../config/load-dataset.js";
import { loadStudy } from "../config/load-study.js";
import { scenarioOf } from "../config/parse-study.js";
import { SUMS } from "../records/fleet-totals.js";
import { digestRecords } from "./digest-records.js";
import { loadCellInputs } from "./load-cell-inputs.js";
import { type CellSeed, type FleetRun, simulateAlone, simulateThreaded } from "./simulate-fleet.js";
import { simulateReference } from "./simulate-reference.js";
import { startPool } from "./worker-pool.js";

/** A small fleet with everything that can happen: outages, failing replicas, timeouts, preemption, a busy evening. */
function cell(...overrides: string[]): CellSeed {
  const study = loadStudy(join(packageRoot(), "configs", "minimal.yaml"), {
    overrides: ["population.clients=120", "simulation.horizonS=3 h", "simulation.startHour=18", "population.arrivals.queriesPerDay=60", "simulation.shards=8",
      "network.states.wifi.meanDwellS=10 min", "network.states.offline.meanDwellS=3 min", "tiers.expert.maxRunning=4", "tiers.general.maxRunning=2", "tiers.general.replicas=1", "tiers.consultFraction=0.3",
      "tiers.expert.failure={meanTimeBetweenS: 30 min, restartS: 60}", "retry.timeoutS=6", ...overrides],
  });
  return { scenario: scenarioOf(study), seed: 7, replication: 1 };
}

function fingerprint(run: FleetRun): unknown {
  return { rows: digestRecords(run.rows), digest: [...run.totals.digest], sums: Object.fromEntries(SUMS.map((name) => [name, run.totals.sum(name)])), tiers: run.tiers };
}

describe("a run in windows", () => {
  it.each(["cascade", "t-only", "always-expert", "deadline", "privacy-budget"])("leaves the same records as one global event queue: %s", (kind) => {
    const seed = cell(`routing={kind: ${kind}}`), inputs = loadCellInputs(seed.scenario);
    const windows = simulateAlone(seed, inputs), reference = simulateReference(seed, inputs);
    expect(windows.totals.sum("asked")).toBeGreaterThan(300);
    expect(windows.totals.sum("retries")).toBeGreaterThan(0);
    expect(windows.isFinished).toBe(true);
    expect(digestRecords(windows.rows)).toBe(digestRecords(reference.rows));
    expect([...windows.totals.digest]).toEqual([...reference.totals.digest]);
    for (const name of SUMS) expect([name, windows.totals.sum(name)]).toEqual([name, reference.totals.sum(name)]);
  });

  it("does not depend on the number of shards, but for the bandit, which has one learner in each", () => {
    const runs = ["1", "5", "64"].map((shards) => {
      const seed = cell(`simulation.shards=${shards}`);
      return simulateAlone(seed, loadCellInputs(seed.scenario));
    });
    expect(new Set(runs.map((run) => digestRecords(run.rows))).size).toBe(1);
  });

  it("keeps every question: asked = answered + given up + failed, rows and totals agree", () => {
    const seed = cell("routing={kind: cascade}"), { totals, rows } = simulateAlone(seed, loadCellInputs(seed.scenario));
    expect(totals.sum("answered") + totals.sum("abandoned") + totals.sum("failed")).toBe(totals.sum("asked"));
    expect(rows.request.rowCount).toBe(totals.sum("asked"));
    const sumOf = (column: Iterable<number>): number => [...column].reduce((sum, value) => sum + value, 0);
    expect(sumOf(rows.usage.column("expertAnswerTokens"))).toBe(totals.sum("expertAnswerTokens"));
    expect(sumOf(rows.request.column("uplinkBytes"))).toBe(totals.sum("uplinkSentBytes"));
    expect(sumOf(rows.wire.column("responseBytes"))).toBe(totals.sum("downlinkSentBytes"));
    expect(sumOf(rows.request.column("radioEnergyJ"))).toBeCloseTo(totals.sum("radioUj") * 1e-6, 2);
  });

  it("repeats itself in one process, and differs for another seed or replication", () => {
    const seed = cell(), inputs = loadCellInputs(seed.scenario);
    const first = fingerprint(simulateAlone(seed, inputs));
    expect(fingerprint(simulateAlone(seed, inputs))).toEqual(first);
    expect(fingerprint(simulateAlone({ ...seed, seed: 8 }, inputs))).not.toEqual(first);
    expect(fingerprint(simulateAlone({ ...seed, replication: 2 }, inputs))).not.toEqual(first);
  });
});

const isBuilt = existsSync(join(packageRoot(), "dist", "src", "run", "worker-cell.js"));
if (!isBuilt) process.stderr.write("The threaded runs are not tested: dist/ is not there. Run: npm run build\n");

describe.skipIf(!isBuilt)("a run on several threads", () => {
  let pool: ReturnType<typeof startPool>;
  beforeAll(() => { pool = startPool(8); });
  afterAll(async () => { await pool.destroy(); });

  it.each(["cascade", "bandit"])("leaves the same bytes on 1, 2 and 8 threads, and for a shuffled order of shards: %s", async (kind) => {
    const seed = cell(`routing={kind: ${kind}}`), inputs = loadCellInputs(seed.scenario);
    const alone = fingerprint(simulateAlone(seed, inputs));
    for (const threads of [1, 2, 8]) expect(fingerprint(await simulateThreaded(seed, inputs, { threads, pool }))).toEqual(alone);
    const claimOrder = Int32Array.of(5, 2, 7, 0, 1, 6, 3, 4);
    expect(fingerprint(await simulateThreaded(seed, inputs, { threads: 2, pool, claimOrder }))).toEqual(alone);
  });
});
