/** The obvious queue: an array, scanned for each decision. Same rules as `SlotList` and `FairQueue`. */
import type { PoolConfig } from "../config/scenario-schema.js";
import { NO_SLOT } from "./request-slots.js";
import type { RequestSlots } from "./request-slots.js";
import { RequestField } from "./tier-messages.js";
import type { WaitingQueue } from "./waiting-queue.js";

/** A waiting queue for tests. */
export class ReferenceQueue implements WaitingQueue {
  private preempted: number[] = [];
  private arrived: number[] = [];
  private readonly counters: Map<number, number> = new Map<number, number>();
  private readonly paid: Set<number> = new Set<number>();
  private lastCounter = 0;

  constructor(private readonly kind: PoolConfig["queue"], private readonly slots: RequestSlots) {}

  get size(): number { return this.preempted.length + this.arrived.length; }

  push(slot: number): void {
    const client = this.clientOf(slot);
    this.paid.delete(slot);
    if (!this.arrived.some((other) => this.clientOf(other) === client)) {
      const floor = this.arrived.length > 0 ? Math.min(...this.arrived.map((other) => this.counterOf(other))) : this.lastCounter;
      this.counters.set(client, Math.max(this.counterOf(slot), floor));
    }
    this.arrived.push(slot);
  }

  pushFront(slot: number): void {
    this.paid.add(slot);
    this.preempted.unshift(slot);
  }

  peek(): number {
    if (this.preempted.length > 0) return this.preempted[0]!;
    if (this.kind === "fcfs") return this.arrived[0] ?? NO_SLOT;
    let best = this.arrived[0] ?? NO_SLOT;
    for (const slot of this.arrived) if (this.counterOf(slot) < this.counterOf(best)) best = slot;
    return best;
  }

  remove(slot: number): void {
    if (this.preempted.includes(slot)) { this.preempted = this.preempted.filter((other) => other !== slot); return; }
    this.arrived = this.arrived.filter((other) => other !== slot);
    this.lastCounter = this.counterOf(slot);
  }

  charge(slot: number, tokens: number): void {
    if (this.paid.has(slot)) return;
    this.lastCounter = this.counterOf(slot) + tokens;
    this.counters.set(this.clientOf(slot), this.lastCounter);
  }

  private clientOf(slot: number): number { return this.slots.field(slot, RequestField.clientId); }

  private counterOf(slot: number): number { return this.counters.get(this.clientOf(slot)) ?? 0; }
}
