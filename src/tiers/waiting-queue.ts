/**
 * Requests that wait for a place in a batch. Two orders behind one interface: first come first served, and fair:
 * the client with the fewest tokens served so far first. Preempted sequences go before all others in both.
 */
import type { PoolConfig } from "../config/scenario-schema.js";
import { FairQueue } from "./fair-queue.js";
import { SlotList } from "./slot-list.js";
import type { RequestSlots } from "./request-slots.js";

/** A queue of slots. */
export interface WaitingQueue {
  readonly size: number;
  push(slot: number): void;
  /** Puts a preempted sequence before all others. */
  pushFront(slot: number): void;
  /** Slot to admit next, or NO_SLOT. */
  peek(): number;
  /** Takes a waiting slot out. */
  remove(slot: number): void;
  /** Tells that a slot, just removed, was admitted, and how many tokens it will cost. Preempted ones have paid. */
  charge(slot: number, tokens: number): void;
}

/** The queue that a pool's config asks for. */
export function makeWaitingQueue(kind: PoolConfig["queue"], slots: RequestSlots): WaitingQueue {
  switch (kind) {
    case "fcfs": return new SlotList(slots);
    case "fair": return new FairQueue(slots);
    default: return kind satisfies never;
  }
}
