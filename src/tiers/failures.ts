/** When machines fail: exponential times of each replica, a numbered draw each time it comes up, so that a failure moves no other one. */
import type { PoolConfig } from "../config/scenario-schema.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import type { ReplicaUnit } from "./replica-unit.js";

const US_PER_S = 1e6;
/** Replicas of one pool, for numbering: above the schema's bound. */
const REPLICA_SPAN = 2 ** 20;

/** Draws of one pool. */
export class FailureClock {
  private readonly stream: RandomStream;

  constructor(private readonly failure: NonNullable<PoolConfig["failure"]>, private readonly pool: number, seed: number, replication: number) {
    this.stream = new RandomStream(seed, replication, Purpose.failure);
  }

  /** Instant of the next failure of a unit that comes up now, by a draw of its own. At least a microsecond away. */
  sampleNextUs(unit: ReplicaUnit, nowUs: number): number {
    const draw = this.stream.seek(this.pool * REPLICA_SPAN + unit.index, unit.timesUp++).nextExponential();
    return nowUs + Math.max(1, Math.round(draw * this.failure.meanTimeBetweenS * US_PER_S));
  }

  /** Time from failure to service. */
  get restartUs(): number { return Math.round(this.failure.restartS * US_PER_S); }
}
