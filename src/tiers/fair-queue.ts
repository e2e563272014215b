/**
 * Fair queue: the virtual token counter with known answer lengths ("VTC (oracle)" in Sheng et al., Fairness in Serving
 * Large Language Models, OSDI 2024). The client with the smallest counter is admitted first; its counter then grows by
 * prompt tokens + 2 x answer tokens, the weights of that paper. A client that had nothing waiting starts no lower than
 * the smallest counter among those who wait, so idle time earns no credit. Cancelled answers are not refunded.
 *
 * Requests lie in a heap under the counter seen when they were last touched. Counters only grow, so the heap is right
 * once the top is up to date.
 */
import { IntegerIndex } from "./integer-index.js";
import { NO_SLOT } from "./request-slots.js";
import type { RequestSlots } from "./request-slots.js";
import { SlotList } from "./slot-list.js";
import { RequestField } from "./tier-messages.js";

/** Weight of an answer token against a prompt token (Sheng et al. 2024, section 5.1). */
export const ANSWER_TOKEN_WEIGHT = 2;
const OUTSIDE = -1;
/** Account of a preempted slot: its client has paid for it. */
const CHARGED = -1;

/** Waiting slots of one replica, fewest tokens served to the client first. */
export class FairQueue {
  private readonly accounts: IntegerIndex = new IntegerIndex();
  private counters = new Float64Array(64);
  private waiting = new Int32Array(64);
  private readonly preempted: SlotList;
  private heapSlots = new Int32Array(64);
  private heapCounters = new Float64Array(64);
  private heapSize = 0;
  private pushed = 0;
  private lastCounter = 0;

  constructor(private readonly slots: RequestSlots) { this.preempted = new SlotList(slots); }

  get size(): number { return this.preempted.size + this.heapSize; }

  push(slot: number): void {
    const account = this.accountOf(this.slots.field(slot, RequestField.clientId) + 1);
    if (this.waiting[account]!++ === 0) {
      this.refreshTop();
      const floor = this.heapSize > 0 ? this.heapCounters[0]! : this.lastCounter;
      this.counters[account] = Math.max(this.counters[account]!, floor);
    }
    this.slots.account[slot] = account;
    this.slots.order[slot] = this.pushed++;
    if (this.heapSize === this.heapSlots.length) this.growHeap();
    this.siftUp(this.heapSize++, slot, this.counters[account]!);
  }

  pushFront(slot: number): void {
    this.slots.heapPlace[slot] = OUTSIDE;
    this.slots.account[slot] = CHARGED;
    this.preempted.pushFront(slot);
  }

  peek(): number {
    if (this.preempted.size > 0) return this.preempted.first;
    this.refreshTop();
    return this.heapSize > 0 ? this.heapSlots[0]! : NO_SLOT;
  }

  remove(slot: number): void {
    const place = this.slots.heapPlace[slot]!;
    if (place === OUTSIDE) { this.preempted.remove(slot); return; }
    const account = this.slots.account[slot]!, last = --this.heapSize;
    this.waiting[account]!--;
    this.lastCounter = this.counters[account]!;
    this.slots.heapPlace[slot] = OUTSIDE;
    if (place === last) return;
    this.siftUp(place, this.heapSlots[last]!, this.heapCounters[last]!);
    const settled = this.slots.heapPlace[this.heapSlots[place]!]!;
    this.siftDown(settled, this.heapSlots[settled]!, this.heapCounters[settled]!);
  }

  charge(slot: number, tokens: number): void {
    const account = this.slots.account[slot]!;
    if (account === CHARGED) return;
    this.counters[account]! += tokens;
    this.lastCounter = this.counters[account]!;
  }

  private refreshTop(): void {
    while (this.heapSize > 0) {
      const slot = this.heapSlots[0]!, counter = this.counters[this.slots.account[slot]!]!;
      if (counter === this.heapCounters[0]) return;
      this.siftDown(0, slot, counter);
    }
  }

  private accountOf(clientKey: number): number {
    const known = this.accounts.get(clientKey);
    if (known >= 0) return known;
    const account = this.accounts.size;
    if (account === this.counters.length) {
      const counters = new Float64Array(account * 2), waiting = new Int32Array(account * 2);
      counters.set(this.counters);
      waiting.set(this.waiting);
      this.counters = counters;
      this.waiting = waiting;
    }
    this.accounts.set(clientKey, account);
    return account;
  }

  private isBefore(counter: number, slot: number, otherCounter: number, other: number): boolean {
    return counter < otherCounter || (counter === otherCounter && this.slots.order[slot]! < this.slots.order[other]!);
  }

  private place(at: number, slot: number, counter: number): void {
    this.heapSlots[at] = slot;
    this.heapCounters[at] = counter;
    this.slots.heapPlace[slot] = at;
  }

  private siftUp(start: number, slot: number, counter: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(counter, slot, this.heapCounters[parent]!, this.heapSlots[parent]!)) break;
      this.place(at, this.heapSlots[parent]!, this.heapCounters[parent]!);
      at = parent;
    }
    this.place(at, slot, counter);
  }

  private siftDown(start: number, slot: number, counter: number): void {
    let at = start;
    for (let child = 2 * at + 1; child < this.heapSize; child = 2 * at + 1) {
      if (child + 1 < this.heapSize && this.isBefore(this.heapCounters[child + 1]!, this.heapSlots[child + 1]!, this.heapCounters[child]!, this.heapSlots[child]!)) child++;
      if (!this.isBefore(this.heapCounters[child]!, this.heapSlots[child]!, counter, slot)) break;
      this.place(at, this.heapSlots[child]!, this.heapCounters[child]!);
      at = child;
    }
    this.place(at, slot, counter);
  }

  private growHeap(): void {
    const heapSlots = new Int32Array(this.heapSize * 2), heapCounters = new Float64Array(this.heapSize * 2);
    heapSlots.set(this.heapSlots);
    heapCounters.set(this.heapCounters);
    this.heapSlots = heapSlots;
    this.heapCounters = heapCounters;
  }
}
