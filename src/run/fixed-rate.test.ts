import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../config/load-dataset.js";
import { loadStudy } from "../config/load-study.js";
import { scenarioOf } from "../config/parse-study.js";
import type { RunRecords } from "../records/run-records.js";
import { loadCellInputs } from "./load-cell-inputs.js";
import { simulateAlone } from "./simulate-fleet.js";

const INTERVAL_US = 250_000, DOWNLINK_US = 15_000;
/** One link for everybody, without luck. */
const STILL = ["wifi", "5g", "4g", "3g"].flatMap((state) => [`network.states.${state}.oneWayDelayS=10 ms`, `network.states.${state}.jitterS=0`, `network.states.${state}.lossFraction=0`]);

function simulate(...overrides: string[]): RunRecords {
  const study = loadStudy(join(packageRoot(), "configs", "minimal.yaml"), { overrides: ["population.clients=60", "simulation.horizonS=8 h", "simulation.startHour=9", "records.keepFraction=1", "network.relayDelayS=5 ms", ...STILL, ...overrides] });
  const scenario = scenarioOf(study);
  return simulateAlone({ scenario, seed: 3, replication: 0 }, loadCellInputs(scenario)).rows;
}

/** Time from a request's arrival at its tier to the first byte that leaves it, of questions that a tier answered. Microseconds. */
function releaseTimes({ request, wire }: RunRecords): number[] {
  const arrived = request.column("arrivedAtUs"), first = wire.column("firstResponseAtUs");
  return [...arrived].flatMap((arrivedAtUs, row) => (Number.isNaN(arrivedAtUs) || Number.isNaN(first[row]!) ? [] : [first[row]! - arrivedAtUs - DOWNLINK_US]));
}

function shareOnGrid(times: readonly number[]): number { return times.filter((timeUs) => timeUs % INTERVAL_US === 0).length / times.length; }

describe("release at a fixed rate", () => {
  it("lets first chunks leave at whole intervals after the request came, but for outages", () => {
    const fixed = releaseTimes(simulate("protocol.releaseIntervalS=0.25")), free = releaseTimes(simulate());
    expect(fixed.length).toBeGreaterThan(50);
    expect(shareOnGrid(fixed)).toBeGreaterThan(0.97);
    expect(shareOnGrid(free)).toBeLessThan(0.05);
  });

  it("lets nobody see an answer earlier, nor its end before one interval per cell has passed", () => {
    const fixed = simulate("protocol.releaseIntervalS=0.25", "protocol.tokensPerChunk=8"), first = fixed.wire.column("firstResponseAtUs"), last = fixed.wire.column("lastResponseAtUs"), chunks = fixed.wire.column("responseChunks");
    for (let row = 0; row < fixed.wire.rowCount; row++) {
      if (!Number.isNaN(first[row]!) && !Number.isNaN(last[row]!)) expect(last[row]! - first[row]!).toBeGreaterThanOrEqual((chunks[row]! - 1) * INTERVAL_US);
    }
  });
});

describe("blind tokens", () => {
  it("make requests longer by 354 bytes and change nothing else of what is asked", () => {
    const open = simulate("protocol.payment=account", "routing={kind: always-expert}"), blind = simulate("protocol.payment=blind", "routing={kind: always-expert}");
    const single = [...open.request.column("attempts")].flatMap((attempts, row) => (attempts === 1 ? [row] : [])), bytes = (run: RunRecords): ArrayLike<number> => run.wire.column("requestBytes");
    const longer = single.filter((row) => bytes(blind)[row]! - bytes(open)[row]! === 354).length;
    // The others follow an earlier question whose answer came a moment later.
    expect(longer / single.length).toBeGreaterThan(0.9);
  });
});
