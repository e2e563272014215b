import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateWakes, NO_WINDOW, RING_WINDOWS, WakeCalendar } from "./wake-calendar.js";

/** Clients of the shard that are due in `window`, in ascending order. */
function due(calendar: WakeCalendar, shard: number, window: number): number[] {
  const clients: number[] = [];
  for (let client = calendar.take(shard, window); client >= 0;) {
    const following = calendar.follow(client);
    if (calendar.claim(shard, client, window)) clients.push(client);
    client = following;
  }
  return clients.sort((a, b) => a - b);
}

describe("WakeCalendar", () => {
  it("wakes every client in its window, as a map from windows to clients would", () => {
    const wakes = fc.array(fc.integer({ min: 0, max: 3 * RING_WINDOWS }), { minLength: 1, maxLength: 40 });
    fc.assert(fc.property(wakes, (windows) => {
      const calendar = new WakeCalendar(allocateWakes(2, windows.length));
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
