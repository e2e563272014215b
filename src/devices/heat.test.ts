import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { busyS, heatAfterCompute, heatAfterRest, rateAtHeat, workDoneS } from "./heat.js";

const SEED = 20230914;
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const sustained = fc.double({ min: 0.1, max: 1, noNaN: true });
const tau = fc.double({ min: 1, max: 2000, noNaN: true });
const work = fc.double({ min: 0, max: 5000, noNaN: true });

describe("heat", () => {
  it("follows the differential equations dh/dt = (1 - h) / tau and -h / tau", () => {
    const stepS = 0.001;
    let computing = 0.2, resting = 0.8;
    for (let step = 0; step < 60_000; step++) {
      // Midpoint rule, error of order stepS^2.
      computing += (stepS * (1 - (computing + (stepS * (1 - computing)) / 80))) / 40;
      resting -= (stepS * (resting - (stepS * resting) / 600)) / 300;
    }
    expect(heatAfterCompute(0.2, 60, 40)).toBeCloseTo(computing, 9);
    expect(heatAfterRest(0.8, 60, 300)).toBeCloseTo(resting, 9);
  });

  it("loses half of its distance to the plateau in tau ln 2", () => {
    expect(heatAfterCompute(0, 40 * Math.LN2, 40)).toBeCloseTo(0.5, 14);
    expect(heatAfterRest(1, 300 * Math.LN2, 300)).toBeCloseTo(0.5, 14);
  });

  it("is the same in one stretch or in two", () => {
    fc.assert(fc.property(fraction, tau, work, work, (heat, tauS, firstS, secondS) => {
      expect(heatAfterCompute(heatAfterCompute(heat, firstS, tauS), secondS, tauS)).toBeCloseTo(heatAfterCompute(heat, firstS + secondS, tauS), 12);
      expect(heatAfterRest(heatAfterRest(heat, firstS, tauS), secondS, tauS)).toBeCloseTo(heatAfterRest(heat, firstS + secondS, tauS), 12);
    }), { seed: SEED });
  });

  it("slows to the sustained fraction at the plateau", () => {
    expect(rateAtHeat(0, 0.52)).toBe(1);
    expect(rateAtHeat(1, 0.52)).toBeCloseTo(0.52, 15);
  });
});

describe("busyS", () => {
  it("agrees with stepping through the work in steps of a millisecond", () => {
    for (const [workS, heat, sustainedFraction, tauS] of [[30, 0, 0.52, 41], [5, 0.7, 0.52, 41], [200, 0.1, 0.3, 60], [100, 0, 0.76, 80]] as const) {
      let done = 0, s = 0;
      const stepS = 0.001;
      while (done < workS) {
        done += stepS * rateAtHeat(heatAfterCompute(heat, s + stepS / 2, tauS), sustainedFraction);
        s += stepS;
      }
      expect(busyS(workS, heat, sustainedFraction, tauS)).toBeGreaterThan(s - 0.003);
      expect(busyS(workS, heat, sustainedFraction, tauS)).toBeLessThan(s + 0.003);
    }
  });

  it("undoes workDoneS to rounding over the whole grid of heats, fractions and lengths", () => {
    let worst = 0;
    for (const heat of [0, 0.1, 0.5, 0.9, 0.999, 1]) {
      for (const sustainedFraction of [0.1, 0.3, 0.52, 0.76, 0.96, 1]) {
        for (let power = -6; power <= 5; power += 0.25) {
          const workS = 40 * 10 ** power;
          const back = workDoneS(busyS(workS, heat, sustainedFraction, 40), heat, sustainedFraction, 40);
          worst = Math.max(worst, Math.abs(back / workS - 1));
        }
      }
    }
    // 1e-9 at the shortest works: 1 - e^-u loses digits there, not the inverse.
    expect(worst).toBeLessThan(1e-9);
  });

  it("takes the same time for work in one piece as in two", () => {
    fc.assert(fc.property(work, work, fraction, sustained, tau, (firstS, secondS, heat, sustainedFraction, tauS) => {
      const first = busyS(firstS, heat, sustainedFraction, tauS);
      const second = busyS(secondS, heatAfterCompute(heat, first, tauS), sustainedFraction, tauS);
      const whole = busyS(firstS + secondS, heat, sustainedFraction, tauS);
      expect(Math.abs(first + second - whole)).toBeLessThanOrEqual(1e-9 * (1 + whole));
    }), { seed: SEED, numRuns: 500 });
  });

  it("grows with work and with heat, and lies between cold and sustained speed", () => {
    fc.assert(fc.property(work, fc.double({ min: 0.001, max: 100, noNaN: true }), fraction, sustained, tau, (workS, moreS, heat, sustainedFraction, tauS) => {
      const busy = busyS(workS, heat, sustainedFraction, tauS);
      expect(busyS(workS + moreS, heat, sustainedFraction, tauS)).toBeGreaterThan(busy);
      expect(busyS(workS, Math.min(1, heat + 0.1), sustainedFraction, tauS)).toBeGreaterThanOrEqual(busy * (1 - 1e-12) - 1e-14 * tauS);
      // Rounding is relative to tau: 1 - e^-u is a difference of numbers near 1.
      expect(busy).toBeGreaterThanOrEqual(workS * (1 - 1e-12) - 1e-14 * tauS);
      expect(busy).toBeLessThanOrEqual((workS / sustainedFraction) * (1 + 1e-12) + 1e-14 * tauS);
    }), { seed: SEED, numRuns: 500 });
  });

  it("is the work itself on a device that does not slow down, and the work over the fraction at the plateau", () => {
    expect(busyS(12, 0.4, 1, 40)).toBe(12);
    expect(busyS(12, 1, 0.5, 40)).toBe(24);
    expect(busyS(0, 0.4, 0.5, 40)).toBe(0);
  });
});
