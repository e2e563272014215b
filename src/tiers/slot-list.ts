/** A doubly linked list through the slots: a first-come queue, or the running sequences in order of admission. */
import { NO_SLOT } from "./request-slots.js";
import type { RequestSlots } from "./request-slots.js";

/** Slots in order. A slot is in one list at most. */
export class SlotList {
  size = 0;
  first: number = NO_SLOT;
  last: number = NO_SLOT;

  constructor(private readonly slots: RequestSlots) {}

  push(slot: number): void {
    const { previous, next } = this.slots;
    previous[slot] = this.last;
    next[slot] = NO_SLOT;
    if (this.last === NO_SLOT) this.first = slot; else next[this.last] = slot;
    this.last = slot;
    this.size++;
  }

  pushFront(slot: number): void {
    const { previous, next } = this.slots;
    previous[slot] = NO_SLOT;
    next[slot] = this.first;
    if (this.first === NO_SLOT) this.last = slot; else previous[this.first] = slot;
    this.first = slot;
    this.size++;
  }

  peek(): number { return this.first; }

  remove(slot: number): void {
    const { previous, next } = this.slots, before = previous[slot]!, after = next[slot]!;
    if (before === NO_SLOT) this.first = after; else next[before] = after;
    if (after === NO_SLOT) this.last = before; else previous[after] = before;
    this.size--;
  }

  /** Order of arrival does not depend on what clients were served. */
  charge(): void { /* nothing to count */ }
}
