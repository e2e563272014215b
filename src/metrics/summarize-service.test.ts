import { describe, expect, it } from "vitest";
import { FleetTotals, SumIndex, type SumName } from "../records/fleet-totals.js";
import { METRICS } from "./metric-catalogue.js";
import { summarizeHistograms, summarizeService } from "./summarize-service.js";

/** Ten questions of four people in half a day: eight answered. */
const SUMS_BY_HAND: Partial<Record<SumName, number>> = {
  asked: 10, answered: 8, abandoned: 1, failed: 1, correct: 6, routePersonal: 3, routeExpert: 2, routeGeneral: 1, routeFallback: 2, deadlineMet: 5,
  ttftUs: 16e6, latencyUs: 40e6, tpotUs: 350_000, tpotCount: 7, heatMillionths: 2.5e6, computeUj: 50e6, radioUj: 20e6, screenUj: 80e6, batteryMillionths: 6000, batteryEmpty: 1,
  memoryUnfit: 2, reloads: 4, uplinkSentBytes: 30_000, uplinkReceivedBytes: 29_000, uplinkLostBytes: 1000, downlinkSentBytes: 95_000, downlinkReceivedBytes: 90_000, downlinkLostBytes: 5000, secretsSent: 3, expertAnswers: 2, staleAnswers: 1, tierRequests: 5, preemptions: 2, workingSetKb: 15e6,
};

function totalsByHand(): FleetTotals {
  const totals = new FleetTotals();
  for (const [name, value] of Object.entries(SUMS_BY_HAND)) totals.sums[SumIndex[name as SumName]] = value;
  for (const ms of [500, 1000, 1000, 1000, 2000, 2500, 4000, 4000]) totals.ttftUs.add(ms * 1000);
  for (const ms of [2000, 3000, 4000, 5000, 5000, 6000, 7000, 8000]) totals.latencyUs.add(ms * 1000);
  for (const ms of [10, 20, 30, 40]) totals.tierWaitUs.add(ms * 1000);
  return totals;
}

describe("service", () => {
  const metrics = summarizeService(totalsByHand(), { clients: 4, measuredS: 43_200 });

  it("has each metric by its definition, by hand", () => {
    const expected: Record<string, number> = {
      questions: 10, "ttft.mean": 2, "latency.mean": 5, "tpot.mean": 50, "deadline.met": 0.5, "route.personal": 3 / 8, "route.expert": 2 / 8, "route.general": 1 / 8, "route.fallback": 2 / 8,
      "answered.fraction": 0.8, "abandoned.fraction": 0.1, "failed.fraction": 0.1, "energy.compute": 5, "energy.radio": 2, "energy.screen": 8,
      // 6000 millionths over four people and half a day.
      "battery.perDay": 0.003, "battery.empty": 0.1, "memory.workingSet": 1.5, "memory.unfit": 0.2, "memory.reloads": 0.4, "heat.mean": 0.25, "bytes.up": 3, "bytes.down": 9, "bytes.lost": 6 / 125,
      "correct.fraction": 0.6, "correct.answered": 0.75, "stale.fraction": 0.5, "secrets.sent": 0.3, "tier.preemptions": 400,
    };
    for (const [name, value] of Object.entries(expected)) expect([name, metrics[name]]).toEqual([name, expect.closeTo(value, 9)]);
  });

  it("has quantiles in seconds, within the width of a bin", () => {
    for (const [name, low, high] of [["ttft.p50", 1, 1.016], ["ttft.p95", 4, 4.07], ["ttft.p99", 4, 4.07], ["latency.p95", 7.9, 8.13], ["tier.wait.p95", 0.0395, 0.0407]] as const) {
      expect([name, metrics[name]! >= low * 0.984 && metrics[name]! <= high]).toEqual([name, true]);
    }
  });

  it("names only metrics of the catalogue", () => {
    const known = new Set(METRICS.map(({ name }) => name));
    expect(Object.keys(metrics).filter((name) => !known.has(name))).toEqual([]);
  });

  it("leaves out what has no denominator", () => {
    const none = summarizeService(new FleetTotals(), { clients: 4, measuredS: 3600 });
    expect(none).toEqual({ questions: 0, "battery.perDay": 0 });
    const local = new FleetTotals();
    local.sums[SumIndex.asked] = local.sums[SumIndex.answered] = 2;
    expect(summarizeService(local, { clients: 1, measuredS: 3600 })).not.toHaveProperty("stale.fraction");
  });

  it("gives histograms in seconds with every question in a bin", () => {
    const { ttft, latency, tierTtft } = summarizeHistograms(totalsByHand());
    const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
    expect([total(ttft!.counts), total(latency!.counts), total(tierTtft!.counts)]).toEqual([8, 8, 0]);
    expect(ttft!.unit).toBe("s");
    expect(ttft!.edges).toHaveLength(ttft!.counts.length + 1);
    expect(ttft!.edges[0]).toBeGreaterThan(0.49);
    expect(ttft!.edges[0]).toBeLessThanOrEqual(0.5);
    expect(ttft!.edges.at(-1)).toBeGreaterThan(4);
    expect(ttft!.edges.at(-1)).toBeLessThan(4.1);
  });
});
