/** Which replica gets a request. */
import type { PoolConfig } from "../config/scenario-schema.js";
import type { ReplicaUnit } from "./replica-unit.js";

/**
 * A session stays with its prefix while that replica's load is at most this factor of the least load and this many more.
 * Assumed: gateways publish thresholds of this order, no measured optimum is known to us.
 */
const AFFINITY_FACTOR = 1.5;
const AFFINITY_SLACK = 8;

/** Chooses among replicas that are up. Ties go to the smaller index. */
export class Balancer {
  private turn = 0;

  constructor(private readonly kind: PoolConfig["balance"]) {}

  /**
   * @param sessionKey Key of the session, or -1 when its last turn left no prefix.
   * @returns The chosen unit; undefined when none is up.
   */
  choose(units: readonly ReplicaUnit[], sessionKey: number, nowUs: number): ReplicaUnit | undefined {
    switch (this.kind) {
      case "round-robin": return this.nextInTurn(units);
      case "least-loaded": return leastLoaded(units);
      case "session-affinity": return withPrefix(units, sessionKey, nowUs) ?? leastLoaded(units);
      default: return this.kind satisfies never;
    }
  }

  private nextInTurn(units: readonly ReplicaUnit[]): ReplicaUnit | undefined {
    for (let tried = 0; tried < units.length; tried++) {
      this.turn = this.turn >= units.length ? 0 : this.turn;
      const unit = units[this.turn++]!;
      if (unit.state === "up") return unit;
    }
    return undefined;
  }
}

function leastLoaded(units: readonly ReplicaUnit[]): ReplicaUnit | undefined {
  let best: ReplicaUnit | undefined, bestLoad = Infinity;
  for (const unit of units) {
    if (unit.state !== "up") continue;
    const { load } = unit;
    if (load < bestLoad) { best = unit; bestLoad = load; }
  }
  return best;
}

function withPrefix(units: readonly ReplicaUnit[], sessionKey: number, nowUs: number): ReplicaUnit | undefined {
  if (sessionKey < 0 || units.length === 1) return undefined;
  const least = leastLoaded(units);
  if (least === undefined) return undefined;
  for (const unit of units) {
    if (unit.state === "up" && unit.load <= least.load * AFFINITY_FACTOR + AFFINITY_SLACK && unit.engine.hasPrefix(sessionKey, nowUs)) return unit;
  }
  return undefined;
}
