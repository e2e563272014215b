/** What every event queue must do. Called by the test of each implementation. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "../core/errors.js";
import type { EventQueue } from "./event-queue.js";

type Event = readonly [timeUs: number, key: number];

/** Pops until empty. */
export function popAll(queue: EventQueue): Event[] {
  const events: Event[] = [];
  while (queue.pop()) events.push([queue.timeUs, queue.key]);
  return events;
}

function inOrder(events: readonly Event[]): Event[] { return events.slice().sort((a, b) => a[0] - b[0] || a[1] - b[1]); }

/** One step of a random program: an event so far after the clock, or a pop. */
const step = fc.oneof(
  fc.record({ delayUs: fc.integer({ min: 0, max: 3 }), key: fc.nat({ max: 5 }) }),
  fc.record({ delayUs: fc.integer({ min: 0, max: 2000 }), key: fc.nat({ max: 1000 }) }),
  fc.record({ delayUs: fc.integer({ min: 0, max: 2 ** 40 }), key: fc.nat({ max: 2 ** 31 - 1 }).map((entity) => entity * 2 ** 20) }),
  fc.constant("pop" as const),
  fc.constant("peek" as const),
);

/** Runs the suite. `make` gives an empty queue; a capacity may be smaller than what follows. */
export function testEventQueue(make: (capacity?: number) => EventQueue): void {
  describe("order", () => {
    test("is by instant, then by key", () => {
      const queue = make();
      for (const [timeUs, key] of [[5, 1], [3, 9], [5, 0], [3, 2], [0, 7]] as const) queue.push(timeUs, key);
      expect(popAll(queue)).toEqual([[0, 7], [3, 2], [3, 9], [5, 0], [5, 1]]);
    });

    test("does not depend on the order of pushes", () => {
      fc.assert(fc.property(fc.array(fc.tuple(fc.nat({ max: 50 }), fc.nat({ max: 50 })), { maxLength: 200 }), (events) => {
        const forward = make(), backward = make();
        for (const [timeUs, key] of events) forward.push(timeUs, key);
        for (const [timeUs, key] of events.toReversed()) backward.push(timeUs, key);
        const found = popAll(forward);
        expect(found).toEqual(inOrder(events));
        expect(popAll(backward)).toEqual(found);
      }), { seed: 1, numRuns: 100 });
    });

    test("holds for many events at one instant", () => {
      const queue = make(), count = 20_000;
      for (let i = 0; i < count; i++) queue.push(1000, (i * 7919) % count);
      expect(popAll(queue)).toEqual(Array.from({ length: count }, (_, key) => [1000, key]));
    });

    test("holds to the last microsecond and key that are exact", () => {
      const queue = make(), last = Number.MAX_SAFE_INTEGER;
      for (const [timeUs, key] of [[last, last], [last, last - 1], [last - 1, last], [0, last], [1, 0]] as const) queue.push(timeUs, key);
      expect(popAll(queue)).toEqual([[0, last], [1, 0], [last - 1, last], [last, last - 1], [last, last]]);
    });
  });

  describe("any program of pushes, pops and peeks", () => {
    test("agrees with a sorted array", () => {
      fc.assert(fc.property(fc.array(step, { maxLength: 300 }), (program) => {
        const queue = make();
        let expected: Event[] = [], nowUs = 0;
        for (const each of program) {
          if (each === "peek") expect(queue.peekTimeUs()).toBe(expected[0]?.[0] ?? Infinity);
          else if (each === "pop") {
            const first = expected.shift();
            expect(queue.pop()).toBe(first !== undefined);
            if (first !== undefined) expect([queue.timeUs, queue.key]).toEqual(first);
            nowUs = first?.[0] ?? nowUs;
          } else {
            queue.push(nowUs + each.delayUs, each.key);
            expected = inOrder([...expected, [nowUs + each.delayUs, each.key]]);
          }
          expect(queue.size).toBe(expected.length);
        }
        expect(popAll(queue)).toEqual(expected);
      }), { seed: 2, numRuns: 200 });
    });

    test("fires an event pushed at the clock's own instant next, even below the last key", () => {
      const queue = make();
      queue.push(10, 5);
      queue.push(20, 0);
      queue.pop();
      queue.push(10, 1);
      expect(popAll(queue)).toEqual([[10, 1], [20, 0]]);
    });
  });

  describe("events pushed at the clock's own instant", () => {
    test("take their place by key among those that wait for it", () => {
      const queue = make();
      for (const key of [5, 9, 12, 15]) queue.push(10, key);
      queue.pop();
      for (const key of [11, 1, 14]) queue.push(10, key);
      expect(popAll(queue)).toEqual([1, 9, 11, 12, 14, 15].map((key) => [10, key]));
    });
  });

  describe("size", () => {
    test("grows beyond the capacity it was made for", () => {
      const queue = make(4), count = 5000;
      for (let i = 0; i < count; i++) queue.push((i * 2654435761) % 1_000_003, i);
      expect(queue.size).toBe(count);
      const times = popAll(queue).map(([timeUs]) => timeUs);
      expect(times).toEqual(times.slice().sort((a, b) => a - b));
      expect(times).toHaveLength(count);
    });

    test("an empty queue pops nothing, keeps its clock, and can be used again", () => {
      const queue = make();
      expect(queue.pop()).toBe(false);
      expect(queue.peekTimeUs()).toBe(Infinity);
      queue.push(7, 3);
      expect(popAll(queue)).toEqual([[7, 3]]);
      expect(queue.pop()).toBe(false);
      expect([queue.timeUs, queue.key, queue.size]).toEqual([7, 3, 0]);
      queue.push(7, 1);
      expect(popAll(queue)).toEqual([[7, 1]]);
    });

    test("near events keep their place before one a century away", () => {
      const queue = make(), centuryUs = 100 * 365 * 86_400 * 1e6;
      queue.push(centuryUs, 0);
      for (let i = 1; i <= 3000; i++) {
        queue.push(i * 1000, i);
        expect(queue.pop()).toBe(true);
        expect(queue.key).toBe(i);
      }
      expect(popAll(queue)).toEqual([[centuryUs, 0]]);
    });
  });

  describe("faults", () => {
    test("an instant that is no safe integer at or after the clock is refused", () => {
      const queue = make();
      queue.push(100, 0);
      queue.pop();
      for (const timeUs of [NaN, -1, 99, 100.5, Infinity, 2 ** 53]) expect(() => { queue.push(timeUs, 0); }).toThrow(BugError);
      expect(queue.size).toBe(0);
    });

    test("a key that is no safe integer of 0 or more is refused", () => {
      for (const key of [NaN, -1, 0.5, Infinity, 2 ** 53]) expect(() => { make().push(0, key); }).toThrow(BugError);
    });
  });
}
