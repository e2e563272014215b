/** How busy the tiers were, from their totals. */

/** What of a pool's totals is used here; rows of the tiers' summary. */
export interface PoolTotals {
  readonly arrived: number;
  readonly prefilledTokens: number;
  readonly cachedTokens: number;
  readonly gpuUpUs: number;
  readonly gpuBusyUs: number;
}

/** Metrics and doubts about the tiers. `domainCount` pools are E's, the one after them T's. */
export function summarizeServers(tiers: { readonly pools: readonly PoolTotals[] }, domainCount: number): { metrics: Record<string, number>; warnings: string[] } {
  const metrics: Record<string, number> = {}, warnings: string[] = [];
  const experts = tiers.pools.slice(0, domainCount), general = tiers.pools.slice(domainCount);
  const utilization = (pools: readonly PoolTotals[]): number => total(pools, "gpuBusyUs") / total(pools, "gpuUpUs");
  const put = (name: string, value: number): void => { if (Number.isFinite(value)) metrics[name] = value; };
  put("tier.expert.utilization", utilization(experts));
  put("tier.general.utilization", utilization(general));
  const read = total(tiers.pools, "prefilledTokens") + total(tiers.pools, "cachedTokens");
  put("tier.cacheHit", total(tiers.pools, "cachedTokens") / read);
  if (utilization(experts) > SATURATED) warnings.push("The E pools were busy almost all the time: latency depends on how long the run is.");
  if (utilization(general) > SATURATED) warnings.push("The T pool was busy almost all the time: latency depends on how long the run is.");
  return { metrics, warnings };
}

const SATURATED = 0.97;

function total(pools: readonly PoolTotals[], name: keyof PoolTotals): number {
  return pools.reduce((sum, pool) => sum + pool[name], 0);
}
