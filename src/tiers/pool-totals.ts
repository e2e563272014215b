/** Totals of one pool: what its requests came to, and what its replicas did. */
import type { Pool } from "./pool.js";
import type { PoolSummary } from "./tier-messages.js";

/** Counts of requests, kept by the owner of their life. */
export class PoolTotals {
  arrived = 0;
  receivedBytes = 0;
  served = 0;
  timedOut = 0;
  failed = 0;

  constructor(private readonly pool: Pool) {}

  /**
   * Totals up to an instant at or after the last event.
   *
   * @param refreshTokens Tokens made for refreshes of E, of the generated ones.
   * @param refreshes Finished refreshes of this pool.
   */
  summarize(nowUs: number, refreshTokens: number, refreshes: number): PoolSummary {
    const { pool, arrived, receivedBytes, served, timedOut, failed } = this, gpus = pool.parts.config.tensorParallel, { units } = pool;
    for (const unit of units) unit.engine.settle(nowUs);
    const sum = (count: (unit: typeof units[number]) => number): number => units.reduce((total, unit) => total + count(unit), 0);
    const busyPs = sum((unit) => unit.engine.counters.busyPs);
    return {
      pool: pool.parts.name, arrived, receivedBytes, served, timedOut, failed, inFlight: arrived - served - timedOut - failed,
      prefilledTokens: sum((unit) => unit.engine.counters.prefilledTokens),
      cachedTokens: sum((unit) => unit.engine.counters.cachedTokens),
      generatedTokens: sum((unit) => unit.engine.counters.generatedTokens),
      refreshTokens, refreshes,
      iterations: sum((unit) => unit.engine.counters.iterations),
      preemptions: sum((unit) => unit.engine.counters.preemptions),
      replicaFailures: pool.failureCount,
      gpuUpUs: gpus * sum((unit) => unit.servedUs(nowUs)),
      gpuBusyUs: gpus * (sum((unit) => unit.engine.counters.busyUs) + Math.round(busyPs / 1e6)),
      peakKvFraction: Math.max(0, ...units.map((unit) => unit.engine.counters.peakUsedBlocks / pool.sequenceBlocks)),
      peakReplicas: pool.peakReplicas,
      peakWaiting: pool.peakWaiting,
    };
  }
}
