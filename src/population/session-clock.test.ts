import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { SessionClock } from "./session-clock.js";

const EVEN = Array.from({ length: 24 }, () => 1);
const DAY_S = 86_400;

describe("SessionClock", () => {
  it("expects the stated sessions per day, whatever the profile", () => {
    const hourWeights = EVEN.map((_, hour) => hour % 5);
    expect(new SessionClock({ sessionsPerDay: 4, hourWeights, startHour: 3, horizonS: 3 * DAY_S }).expectedStarts()).toBeCloseTo(12, 9);
  });

  it("inverts the cumulated rate: with an even rate of 1 per hour, one unit is one hour", () => {
    const clock = new SessionClock({ sessionsPerDay: 24, hourWeights: EVEN, startHour: 0, horizonS: DAY_S });
    expect(clock.nextStartUs(0, 1, 1)).toBe(3600e6);
    expect(clock.nextStartUs(1800e6, 2, 1)).toBe(1800e6 + 7200e6);
    expect(clock.nextStartUs(0, 1, 0.5)).toBe(7200e6);
  });

  it("puts starts into the hours by their weights, from the local hour at which the run starts", () => {
    const hourWeights = EVEN.map((_, hour) => (hour === 8 ? 3 : hour === 20 ? 1 : 0));
    const clock = new SessionClock({ sessionsPerDay: 4, hourWeights, startHour: 6, horizonS: 400 * DAY_S });
    const stream = new RandomStream(7, 0, Purpose.test);
    let morning = 0, evening = 0;
    for (let atUs = 0, i = 0; ; i++) {
      atUs = clock.nextStartUs(atUs, stream.seek(0, i).nextExponential(), 1);
      if (atUs === Infinity) break;
      const hour = (6 + Math.floor(atUs / 3600e6)) % 24;
      if (hour === 8) morning++; else if (hour === 20) evening++; else expect.unreachable(`hour ${hour}`);
    }
    // Poisson with means 1200 and 400: five standard deviations.
    expect(Math.abs(morning - 1200)).toBeLessThan(5 * Math.sqrt(1200));
    expect(Math.abs(evening - 400)).toBeLessThan(5 * Math.sqrt(400));
  });

  it("multiplies the rate inside a burst", () => {
    const quiet = { sessionsPerDay: 24, hourWeights: EVEN, startHour: 0, horizonS: DAY_S };
    const burst = { startS: 1800, durationS: 600, factor: 10 };
    expect(new SessionClock({ ...quiet, burst }).expectedStarts()).toBeCloseTo(24 + (9 * 600) / 3600, 9);
    expect(new SessionClock({ ...quiet, burst }).nextStartUs(1800e6, 1, 1)).toBe(1800e6 + 360e6);
  });

  it("gives later starts for larger draws, always after now, and none for people who never ask", () => {
    const clock = new SessionClock({ sessionsPerDay: 10, hourWeights: EVEN.map((_, hour) => hour), startHour: 0, horizonS: DAY_S });
    fc.assert(fc.property(fc.integer({ min: 0, max: DAY_S * 1e6 }), fc.double({ min: 1e-6, max: 9, noNaN: true }), (nowUs, draw) => {
      const next = clock.nextStartUs(nowUs, draw, 1);
      expect(next).toBeGreaterThan(nowUs);
      expect(clock.nextStartUs(nowUs, draw * 2, 1)).toBeGreaterThanOrEqual(next);
      expect(clock.nextStartUs(nowUs, draw, 0)).toBe(Infinity);
    }), { seed: 11, numRuns: 300 });
  });
});
