/** Decoding sequences by the iteration that makes their last token; equal ones in order of admission. */
import { NO_SLOT } from "./request-slots.js";
import type { RequestSlots } from "./request-slots.js";

/** A binary heap of slots that knows where each is. */
export class CompletionHeap {
  size = 0;
  private heap = new Int32Array(64);

  constructor(private readonly slots: RequestSlots) {}

  /** Iteration count at which the first sequence ends. The heap must not be empty. */
  firstFinish(): number { return this.slots.finishIteration[this.heap[0]!]!; }

  peek(): number { return this.size > 0 ? this.heap[0]! : NO_SLOT; }

  push(slot: number): void {
    if (this.size === this.heap.length) {
      const heap = new Int32Array(this.size * 2);
      heap.set(this.heap);
      this.heap = heap;
    }
    this.siftUp(this.size++, slot);
  }

  remove(slot: number): void {
    const place = this.slots.heapPlace[slot]!, last = --this.size, moved = this.heap[last]!;
    this.slots.heapPlace[slot] = -1;
    if (place === last) return;
    if (place > 0 && this.isBefore(moved, this.heap[(place - 1) >> 1]!)) this.siftUp(place, moved);
    else this.siftDown(place, moved);
  }

  clear(): void {
    for (let at = 0; at < this.size; at++) this.slots.heapPlace[this.heap[at]!] = -1;
    this.size = 0;
  }

  private isBefore(slot: number, other: number): boolean {
    const { finishIteration, order } = this.slots, a = finishIteration[slot]!, b = finishIteration[other]!;
    return a < b || (a === b && order[slot]! < order[other]!);
  }

  private siftUp(start: number, slot: number): void {
    const { heap } = this, { heapPlace } = this.slots;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1, other = heap[parent]!;
      if (!this.isBefore(slot, other)) break;
      heap[at] = other;
      heapPlace[other] = at;
      at = parent;
    }
    heap[at] = slot;
    heapPlace[slot] = at;
  }

  private siftDown(start: number, slot: number): void {
    const { heap, size } = this, { heapPlace } = this.slots;
    let at = start;
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.isBefore(heap[child + 1]!, heap[child]!)) child++;
      const other = heap[child]!;
      if (!this.isBefore(other, slot)) break;
      heap[at] = other;
      heapPlace[other] = at;
      at = child;
    }
    heap[at] = slot;
    heapPlace[slot] = at;
  }
}
