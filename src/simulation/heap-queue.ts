/** The reference event queue: a 4-ary heap, obviously right. Time per event grows with the logarithm of the size. */
import { invalidEvent, isValidEvent } from "./check-event.js";
import type { EventQueue } from "./event-queue.js";
import { PairHeap } from "./pair-heap.js";

const USUAL_CAPACITY = 1024;

/** Events in the order of `EventQueue`. */
export class HeapQueue implements EventQueue {
  timeUs = 0;
  key = 0;
  private readonly heap: PairHeap;

  /** @param capacity Events to make room for; more make it grow. */
  constructor(capacity: number = USUAL_CAPACITY) { this.heap = new PairHeap(capacity); }

  get size(): number { return this.heap.size; }

  /** @throws {BugError} when the instant is before the clock, or instant or key is no safe integer. */
  push(timeUs: number, key: number): void {
    if (!isValidEvent(timeUs, key, this.timeUs)) throw invalidEvent(timeUs, key, this.timeUs);
    this.heap.insert(timeUs, key);
  }

  pop(): boolean {
    const { heap } = this;
    heap.settle();
    if (heap.rowCount === 0) return false;
    this.timeUs = heap.timesUs[0]!;
    this.key = heap.keys[0]!;
    heap.removeFirst();
    return true;
  }

  peekTimeUs(): number { return this.heap.firstTimeUs(); }
}
