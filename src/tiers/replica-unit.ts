/** One machine of a pool through its life: started, serving, drained, down, off. */
import { MachineEvent } from "./machine-timers.js";
import type { MachineTimers } from "./machine-timers.js";
import type { ReplicaEngine } from "./replica-engine.js";

/**
 * up: takes requests. retiring, updating: takes none, finishes what runs; then goes off, or gets its new weights.
 * starting, failed, reloading: out of service until the lifecycle timer.
 */
export type UnitState = "off" | "starting" | "up" | "retiring" | "updating" | "failed" | "reloading";

/** A replica with its state and timers. */
export class ReplicaUnit {
  state: UnitState = "off";
  /** Times it came up so far, to number the draws of its failures. */
  timesUp = 0;
  readonly boundaryTimer: number;
  readonly failureTimer: number;
  readonly lifecycleTimer: number;
  private upSinceUs = 0;
  private upUs = 0;

  constructor(readonly index: number, readonly engine: ReplicaEngine, pool: number, private readonly timers: MachineTimers) {
    this.boundaryTimer = timers.add(MachineEvent.boundary, pool, index);
    this.failureTimer = timers.add(MachineEvent.failure, pool, index);
    this.lifecycleTimer = timers.add(MachineEvent.lifecycle, pool, index);
  }

  /** Requests in its queue and in its batch. */
  get load(): number { return this.engine.runningCount + this.engine.waitingCount; }

  /** True while it runs, whether or not it takes requests. */
  get isServing(): boolean { return this.state === "up" || this.state === "retiring" || this.state === "updating"; }

  /** Changes its state, and counts the time that it serves. */
  enter(state: UnitState, nowUs: number): void {
    if (this.isServing) this.upUs += nowUs - this.upSinceUs;
    this.upSinceUs = nowUs;
    this.state = state;
    if (!this.isServing) this.timers.heap.remove(this.failureTimer);
  }

  /** Brings its boundary timer up to date with its engine. */
  sync(): void { this.timers.heap.set(this.boundaryTimer, this.engine.wakeAtUs); }

  /** Time it served up to now. */
  servedUs(nowUs: number): number { return this.upUs + (this.isServing ? nowUs - this.upSinceUs : 0); }
}
