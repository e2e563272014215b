/** The tiers' containers against plain arrays and Maps. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IntegerIndex } from "./integer-index.js";
import { PrefixCache } from "./prefix-cache.js";
import { ReferenceQueue } from "./reference-queue.js";
import { RequestSlots, SlotKind } from "./request-slots.js";
import { REQUEST_STRIDE, RequestField } from "./tier-messages.js";
import { TimerHeap } from "./timer-heap.js";
import { makeWaitingQueue } from "./waiting-queue.js";

describe("IntegerIndex", () => {
  it("answers as a Map does through growth and deletions", () => {
    const step = fc.record({ key: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 2 ** 52, max: 2 ** 52 + 40 }), fc.integer({ min: 0, max: 30 }).map((n) => n * 2 ** 26)), value: fc.integer({ min: -1, max: 1000 }) });
    fc.assert(fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
      const index = new IntegerIndex(), map = new Map<number, number>();
      for (const { key, value } of steps) {
        if (value < 0) { index.delete(key); map.delete(key); } else { index.set(key, value); map.set(key, value); }
      }
      expect(index.size).toBe(map.size);
      for (const { key } of steps) expect(index.get(key)).toBe(map.get(key) ?? -1);
    }), { seed: 1, numRuns: 80 });
  });
});

describe("TimerHeap", () => {
  it("pops entities by instant and rank, whatever was moved or taken away before", () => {
    const step = fc.record({ entity: fc.integer({ min: 0, max: 99 }), timeUs: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(Infinity)) });
    fc.assert(fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
      const heap = new TimerHeap(4), map = new Map<number, number>();
      for (let entity = 0; entity < 100; entity++) heap.setRank(entity, 100 - entity);
      for (const { entity, timeUs } of steps) {
        heap.set(entity, timeUs);
        if (timeUs < Infinity) map.set(entity, timeUs); else map.delete(entity);
        expect(heap.timeOf(entity)).toBe(timeUs);
      }
      const expected = [...map].sort((a, b) => a[1] - b[1] || b[0] - a[0]);
      for (const [entity, timeUs] of expected) { expect(heap.peekTimeUs()).toBe(timeUs); expect(heap.pop()).toBe(entity); }
      expect(heap.peekTimeUs()).toBe(Infinity);
    }), { seed: 2, numRuns: 80 });
  });
});

describe("PrefixCache", () => {
  it("gives up the least recently left blocks first, each turn from its tail", () => {
    const cache = new PrefixCache();
    cache.put(1, 4);
    cache.put(2, 3);
    expect(cache.put(1, 5)).toBe(4);
    expect(cache.blockCount).toBe(8);
    cache.evict(2);
    expect(cache.take(2)).toBe(1);
    cache.evict(1);
    expect(cache.take(1)).toBe(4);
    expect(cache.take(1)).toBe(0);
    expect(cache.blockCount).toBe(0);
  });
});

describe("waiting queues", () => {
  it("choose as the scanning queue does, first come first served and fair", () => {
    const step = fc.record({ action: fc.constantFrom("push", "push", "admit", "cancel", "preempt"), client: fc.integer({ min: 0, max: 5 }), tokens: fc.integer({ min: 1, max: 500 }) });
    fc.assert(fc.property(fc.constantFrom("fcfs" as const, "fair" as const), fc.array(step, { maxLength: 150, size: "max" }), (kind, steps) => {
      const slots = new RequestSlots(), fast = makeWaitingQueue(kind, slots), slow = new ReferenceQueue(kind, slots), waiting: number[] = [], running: number[] = [];
      for (const { action, client, tokens } of steps) {
        if (action === "push") {
          const slot = slots.take(SlotKind.client);
          slots.rows[slot * REQUEST_STRIDE + RequestField.clientId] = client;
          for (const queue of [fast, slow]) queue.push(slot);
          waiting.push(slot);
        } else if (action === "preempt" && running.length > 0) {
          const slot = running.pop()!;
          for (const queue of [fast, slow]) queue.pushFront(slot);
          waiting.push(slot);
        } else if (action !== "preempt" && waiting.length > 0) {
          const slot = action === "admit" ? slow.peek() : waiting[tokens % waiting.length]!;
          for (const queue of [fast, slow]) { queue.remove(slot); if (action === "admit") queue.charge(slot, tokens); }
          waiting.splice(waiting.indexOf(slot), 1);
          if (action === "admit") running.push(slot);
        }
        expect(fast.peek()).toBe(slow.peek());
        expect(fast.size).toBe(slow.size);
      }
    }), { seed: 3, numRuns: 120 });
  });

  it("keep two clients with work waiting within one request of equal service, however many requests each has (VTC, OSDI 2024)", () => {
    const slots = new RequestSlots(), queue = makeWaitingQueue("fair", slots), served = [0, 0];
    for (let i = 0; i < 330; i++) {
      const slot = slots.take(SlotKind.client);
      slots.rows[slot * REQUEST_STRIDE + RequestField.clientId] = i < 300 ? 0 : 1;
      queue.push(slot);
    }
    for (let admitted = 0; served[1]! < 30; admitted++) {
      const slot = queue.peek(), client = slots.field(slot, RequestField.clientId);
      queue.remove(slot);
      queue.charge(slot, 100);
      served[client]!++;
      expect(Math.abs(served[0]! - served[1]!), `after ${admitted} admissions`).toBeLessThanOrEqual(1);
    }
  });
});

describe("RequestSlots", () => {
  it("keeps all columns when it grows, and reuses slots", () => {
    const slots = new RequestSlots();
    for (let i = 0; i < 3000; i++) { const slot = slots.take(SlotKind.client); slots.inputTokens[slot] = slot; slots.rows[slot * REQUEST_STRIDE + 15] = slot; }
    for (let i = 0; i < 3000; i++) expect(slots.inputTokens[i]! + slots.rows[i * REQUEST_STRIDE + 15]!).toBe(2 * i);
    for (let i = 0; i < 3000; i++) slots.release(i);
    for (let i = 0; i < 3000; i++) slots.take(SlotKind.client);
    expect(slots.size).toBe(3000);
    expect(slots.capacity).toBe(4096);
  });
});
