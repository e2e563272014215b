/**
 * Requests that an engine which schedules ahead has not seen yet. While an iteration runs, the next one is made up
 * already; so a request is seen at the end of the iteration that it falls into, for the one after the next.
 */
import { NO_SLOT } from "./request-slots.js";

/** Unseen requests in order of arrival. */
export class Arrivals {
  private readonly slots: number[] = [];
  /** Iterations that had ended when a request came; missing until the instant's last is in. */
  private readonly marks: number[] = [];

  get size(): number { return this.slots.length; }

  push(slot: number): void { this.slots.push(slot); }

  first(): number { return this.slots[0] ?? NO_SLOT; }

  /** Gives requests that have no mark yet the count of iterations ended. */
  mark(iteration: number): void { while (this.marks.length < this.slots.length) this.marks.push(iteration); }

  /** Moves requests with marks up to an iteration to the end of a queue. */
  moveTo(queue: { push(slot: number): void }, iteration: number): void {
    let count = 0;
    while (count < this.slots.length && this.marks[count]! <= iteration) queue.push(this.slots[count++]!);
    if (count === 0) return;
    this.slots.splice(0, count);
    this.marks.splice(0, count);
  }

  /** Takes a request out. False when it is not here. */
  remove(slot: number): boolean {
    const index = this.slots.indexOf(slot);
    if (index < 0) return false;
    this.slots.splice(index, 1);
    this.marks.splice(index, 1);
    return true;
  }
}
