import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batteryAfterJ, batteryClippedJ, batteryEmptyInS } from "./battery.js";

const SEED = 20230914;
const capacity = fc.double({ min: 1, max: 2e5, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const power = fc.double({ min: 0, max: 50, noNaN: true });
const length = fc.double({ min: 0, max: 1e5, noNaN: true });

describe("battery", () => {
  it("conserves energy: charge before + charged - drawn = charge after + clipped", () => {
    fc.assert(fc.property(capacity, share, length, power, power, (capacityJ, part, s, drawW, chargeW) => {
      const chargeJ = part * capacityJ;
      const after = batteryAfterJ(chargeJ, capacityJ, s, drawW, chargeW), clipped = batteryClippedJ(chargeJ, capacityJ, s, drawW, chargeW);
      expect(Math.abs(chargeJ + (chargeW - drawW) * s - after - clipped)).toBeLessThan(1e-6);
      expect(after).toBeGreaterThanOrEqual(0);
      expect(after).toBeLessThanOrEqual(capacityJ);
    }), { seed: SEED });
  });

  it("is the same in one stretch or in two while it is neither empty nor full", () => {
    const half = batteryAfterJ(50_000, 70_000, 1800, 4.7, 1);
    expect(batteryAfterJ(half, 70_000, 1800, 4.7, 1)).toBeCloseTo(batteryAfterJ(50_000, 70_000, 3600, 4.7, 1), 9);
  });

  it("empties 59.4 kJ (16.5 Wh) in 3.5 hours at 4.7 W", () => {
    const s = batteryEmptyInS(59_400, 4.7, 0);
    expect(s / 3600).toBeCloseTo(16.5 / 4.7, 12);
    expect(batteryAfterJ(59_400, 59_400, s, 4.7, 0)).toBeCloseTo(0, 6);
    expect(batteryEmptyInS(59_400, 4.7, 5)).toBe(Infinity);
  });

  it("tells how much an empty battery did not give and a full one did not take", () => {
    expect(batteryClippedJ(10, 100, 4, 5, 0)).toBe(-10);
    expect(batteryClippedJ(95, 100, 4, 0, 5)).toBe(15);
    expect(batteryClippedJ(50, 100, 4, 5, 5)).toBe(0);
  });
});
