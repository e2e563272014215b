import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateWakes, NO_WINDOW, WakeCalendar } from "./wake-calendar.js";

/** More than two turns of the ring. */
const LAST_WINDOW = 12_000;

/** Clients of the shard that are due in `window`, in ascending order. */
function due(calendar: WakeCalendar, shard: number, window: number): number[] {
  const count = calendar.take(shard, window);
  return [...calendar.taken.subarray(0, count)].sort((a, b) => a - b);
}

describe("WakeCalendar", () => {
  it("wakes every client in its window, as a map from windows to clients would", () => {
    const wakes = fc.array(fc.integer({ min: 0, max: LAST_WINDOW }), { minLength: 1, maxLength: 40 });
    fc.assert(fc.property(wakes, (windows) => {
      const calendar = new WakeCalendar(allocateWakes(2, 2 * windows.length));
      windows.forEach((window, client) => { calendar.put(1, client, window); });
      const expected = new Map<number, number[]>();
      windows.forEach((window, client) => { expected.set(window, [...(expected.get(window) ?? []), client]); });
      const seen = new Map<number, number[]>();
      for (let window = -1; ;) {
        window = calendar.nextWindow(1, window);
        if (window === NO_WINDOW) break;
        const clients = due(calendar, 1, window);
        if (clients.length > 0) seen.set(window, clients);
      }
      expect(seen).toEqual(new Map([...expected].sort(([a], [b]) => a - b)));
      expect(calendar.nextWindow(0, 0)).toBe(NO_WINDOW);
    }), { seed: 5, numRuns: 100 });
  });
});
