/** From the scenario to pools: one per domain for E, in the order of the domains, and the T pool after them. */
import type { PoolConfig, Scenario } from "../config/scenario-schema.js";
import { loadPoolCost } from "./load-pool-cost.js";
import type { MachineTimers } from "./machine-timers.js";
import { Pool } from "./pool.js";
import type { PoolOwner } from "./pool.js";
import type { ReplicaEngine, ReplicaSettings } from "./replica-engine.js";
import type { RequestSlots } from "./request-slots.js";

/** What all pools share. */
export interface PoolFrame {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly replication: number;
  readonly slots: RequestSlots;
  readonly timers: MachineTimers;
  readonly owner: PoolOwner;
  readonly makeReplica: (settings: ReplicaSettings) => ReplicaEngine;
}

/** Config of a domain's E pool: the common one with the domain's differences. */
export function expertConfig(tiers: Scenario["tiers"], domain: string): PoolConfig {
  const overrides = tiers.expertOverrides[domain] ?? {};
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  return { ...tiers.expert, ...given };
}

/**
 * Pools of a scenario.
 *
 * @throws {ConfigError} when a GPU or model is unknown, or a model does not fit.
 */
export function makePools(frame: PoolFrame): Pool[] {
  const { tiers, population } = frame.scenario;
  const experts = population.domains.map(({ name }, index) =>
    makePool(frame, index, name, expertConfig(tiers, name), tiers.expertOverrides[name] === undefined ? "tiers.expert" : `tiers.expertOverrides.${name}`));
  return [...experts, makePool(frame, experts.length, "general", tiers.general, "tiers.general")];
}

function makePool(frame: PoolFrame, index: number, name: string, config: PoolConfig, path: string): Pool {
  const { scenario, seed, replication, slots, timers, owner, makeReplica } = frame;
  const cost = loadPoolCost(config, path);
  const systemTokens = scenario.tiers.systemPromptTokens;
  // Shared instructions that would fill the cache are not shared.
  const systemBlocks = config.prefixCache ? Math.floor(systemTokens / config.kvBlockTokens) : 0;
  const settings = {
    slots, cost, tokenBudget: config.tokenBudget, maxRunning: Math.min(config.maxRunning, config.tokenBudget), blockTokens: config.kvBlockTokens,
    queue: config.queue, prefixCache: config.prefixCache, systemTokens, systemBlocks: systemBlocks < cost.kvBlocks ? systemBlocks : 0,
    schedulesAhead: config.schedulesAhead,
  };
  return new Pool({ index, name, config, settings, timers, owner, makeReplica, maxWaiting: scenario.simulation.limits.maxWaiting, seed, replication });
}
