/** Timers of everything at the tiers that is not a request: replicas, autoscalers, the refresh of knowledge. */
import { TimerHeap } from "./timer-heap.js";

/**
 * What a timer means. At one instant, boundaries between iterations come first, so that whoever looks at a replica sees
 * it after them; then machines that fail, machines that come up, decisions of autoscalers, and refreshes.
 */
export const MachineEvent = { boundary: 0, failure: 1, lifecycle: 2, autoscale: 3, refresh: 4 } as const;
/** A value of `MachineEvent`. */
export type MachineEvent = (typeof MachineEvent)[keyof typeof MachineEvent];

const RANK_SPAN = 2 ** 32;

/** Numbers of timers and what each belongs to. */
export class MachineTimers {
  readonly heap: TimerHeap = new TimerHeap();
  readonly events: MachineEvent[] = [];
  readonly pools: number[] = [];
  readonly replicas: number[] = [];

  /** Registers a timer. Numbers follow the order of registration, which is part of the simulation. */
  add(event: MachineEvent, pool: number, replica: number): number {
    const id = this.events.push(event) - 1;
    this.pools.push(pool);
    this.replicas.push(replica);
    this.heap.setRank(id, event * RANK_SPAN + id);
    return id;
  }
}
