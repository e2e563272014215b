/** The most that the tiers of a scenario could do: what an impossible load is measured against before a run. */
import type { PoolConfig, Scenario } from "../config/scenario-schema.js";
import { BatchShape, PS_PER_S } from "./iteration-cost.js";
import { expertConfig } from "./make-pools.js";
import { loadPoolCost } from "./load-pool-cost.js";

/**
 * Answer tokens per second with all replicas up, every batch full, and contexts that cost nothing: a generous bound.
 *
 * @throws {ConfigError} for an unknown GPU or model, or one that does not fit.
 */
export function estimateCapacity(scenario: Scenario): { expertTokensPerS: number; generalTokensPerS: number } {
  const { tiers, population } = scenario;
  return {
    expertTokensPerS: population.domains.reduce((sum, { name }) => sum + poolTokensPerS(expertConfig(tiers, name), "tiers.expert"), 0),
    generalTokensPerS: poolTokensPerS(tiers.general, "tiers.general"),
  };
}

function poolTokensPerS(pool: PoolConfig, path: string): number {
  const cost = loadPoolCost(pool, path);
  const batch = Math.min(pool.maxRunning, pool.tokenBudget), replicas = Math.max(pool.replicas, pool.autoscale?.maxReplicas ?? 0);
  const shape = new BatchShape(batch);
  shape.decodes = shape.sampled = batch;
  return (replicas * batch * PS_PER_S) / cost.durationPs(shape);
}
