/**
 * Threshold autoscaler: every period it wants ceil(requests in the system / target) replicas within its bounds. Missing
 * ones start at once, all together; surplus ones retire one per period, so that a short lull does not empty the pool.
 */
import type { PoolConfig } from "../config/scenario-schema.js";
import type { ReplicaUnit } from "./replica-unit.js";

/** Replicas wanted for a load. */
export function wantedReplicas(autoscale: NonNullable<PoolConfig["autoscale"]>, requests: number): number {
  const { minReplicas, maxReplicas, targetRunning } = autoscale;
  return Math.min(Math.max(minReplicas, maxReplicas), Math.max(minReplicas, Math.ceil(requests / targetRunning)));
}

/** Replicas that serve or will serve again without a new decision. */
export function countLasting(units: readonly ReplicaUnit[]): number {
  return units.reduce((count, unit) => count + (unit.state === "off" || unit.state === "retiring" ? 0 : 1), 0);
}

/** The unit to retire: one that has not come up yet, or the least loaded that is up; later ones first. */
export function chooseRetiring(units: readonly ReplicaUnit[]): ReplicaUnit | undefined {
  let best: ReplicaUnit | undefined;
  for (const unit of units) {
    if (unit.state === "starting") best = unit;
    else if (unit.state === "up" && best?.state !== "starting" && (best === undefined || unit.load <= best.load)) best = unit;
  }
  return best;
}
