import { describe, expect, it } from "vitest";
import { METRICS } from "./metric-catalogue.js";
import { type PoolTotals, summarizeServers } from "./summarize-servers.js";

const pool = (gpuBusyUs: number, gpuUpUs: number, prefilledTokens = 0, cachedTokens = 0): PoolTotals => ({ arrived: 1, prefilledTokens, cachedTokens, gpuUpUs, gpuBusyUs });

describe("servers", () => {
  it("share busy time over up time, E's pools together and T's apart", () => {
    // E: (10 + 50) of (100 + 100); T: 80 of 400. Prompt tokens: 70 of 100 from the cache.
    const { metrics, warnings } = summarizeServers({ pools: [pool(10, 100, 20, 30), pool(50, 100, 10, 0), pool(80, 400, 0, 40)] }, 2);
    expect(metrics).toEqual({ "tier.expert.utilization": 0.3, "tier.general.utilization": 0.2, "tier.cacheHit": 0.7 });
    expect(warnings).toEqual([]);
    const known = new Set(METRICS.map(({ name }) => name));
    expect(Object.keys(metrics).every((name) => known.has(name))).toBe(true);
  });

  it("warn of each side that was busy almost all the time", () => {
    const busy = pool(98, 100), calm = pool(97, 100);
    expect(summarizeServers({ pools: [busy, calm] }, 1).warnings.join()).toContain("E pools");
    expect(summarizeServers({ pools: [calm, busy] }, 1).warnings.join()).toContain("T pool");
    expect(summarizeServers({ pools: [busy, busy] }, 1).warnings).toHaveLength(2);
    expect(summarizeServers({ pools: [calm, calm] }, 1).warnings).toHaveLength(0);
  });

  it("leave out what no pool did", () => {
    expect(summarizeServers({ pools: [] }, 4)).toEqual({ metrics: {}, warnings: [] });
  });
});
