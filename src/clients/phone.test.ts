import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heatAfterCompute, heatAfterRest } from "../devices/heat.js";
import { MemoryFit } from "../devices/memory.js";
import { OFFLINE } from "../network/link-table.js";
import { ClientField as F, CLIENT_STRIDE } from "./client-state.js";
import { ClientWorld, roundDevices, scenarioOf, US } from "./client-world.fixture.js";

const HOUR_US = 3600 * US;
const CAPACITY_J = 40_000;

/** One phone, its battery at `chargeJ`, plugged in daily from `plugHour`. */
function phoneOf(chargeJ: number, plugHour: number, devices = "", table = roundDevices()): ClientWorld {
  const world = new ClientWorld(scenarioOf("population: { clients: 4 }", `devices: { baselineDrainW: 0.4, chargeW: 10, chargeS: 2 h${devices} }`), { devices: table });
  world.beginCalm();
  world.set([[F.chargeJ, chargeJ], [F.plugAtUs, plugHour * HOUR_US]]);
  return world;
}

/** Charge after stretches of rest that end at `endsS`, each followed by a question's energy, in steps of one second. Also what was clipped. */
function steppedCharge(chargeJ: number, plugS: number, uses: readonly { readonly endS: number; readonly spendJ: number }[]): number {
  let s = 0;
  for (const { endS, spendJ } of uses) {
    for (; s < endS; s++) {
      const isPlugged = (((s - plugS) % 86_400) + 86_400) % 86_400 < 2 * 3600;
      chargeJ = Math.min(CAPACITY_J, Math.max(0, chargeJ + (isPlugged ? 10 : 0) - 0.4));
    }
    chargeJ = Math.max(0, chargeJ - spendJ);
  }
  return chargeJ;
}

describe("battery of a phone", () => {
  it("drains by baselineDrainW while unplugged", () => {
    const world = phoneOf(20_000, 22);
    world.world.phone.rest(0, 0, 10 * HOUR_US);
    // 10 h at 0.4 W are 14,400 J.
    expect(world.get(F.chargeJ)).toBeCloseTo(5600, 6);
  });

  it("charges from the plug hour for chargeS, net of the drain, on every day", () => {
    const world = phoneOf(5000, 3), { phone } = world.world;
    phone.rest(0, 0, 3 * HOUR_US);
    expect(world.get(F.chargeJ)).toBeCloseTo(5000 - 0.4 * 10_800, 6);
    phone.rest(0, 0, 4 * HOUR_US);
    // One hour at 10 W - 0.4 W.
    expect(world.get(F.chargeJ)).toBeCloseTo(680 + 9.6 * 3600, 6);
    phone.rest(0, 0, 27 * HOUR_US);
    // Full at the end of the charge at 5 h, then 22 h of drain.
    expect(world.get(F.chargeJ)).toBeCloseTo(CAPACITY_J - 0.4 * 22 * 3600, 6);
    phone.rest(0, 0, 27 * HOUR_US + 60 * US);
    expect(world.get(F.chargeJ)).toBeCloseTo(CAPACITY_J - 0.4 * 22 * 3600 + 9.6 * 60, 6);
  });

  it("was plugged in before the run began when the plug hour lies before the start", () => {
    const world = phoneOf(1000, -1);
    world.world.phone.rest(0, 0, 2 * HOUR_US);
    // One hour of the charge is left, then an hour of drain.
    expect(world.get(F.chargeJ)).toBeCloseTo(1000 + 9.6 * 3600 - 0.4 * 3600, 6);
  });

  it("keeps charge between empty and full", () => {
    const empty = phoneOf(100, 22);
    empty.world.phone.rest(0, 0, 5 * HOUR_US);
    expect(empty.get(F.chargeJ)).toBe(0);
    empty.world.phone.spend(0, 5);
    expect(empty.get(F.chargeJ)).toBe(0);
    const full = phoneOf(39_999, 0);
    full.world.phone.rest(0, 0, HOUR_US);
    expect(full.get(F.chargeJ)).toBe(CAPACITY_J);
    full.world.phone.spend(0, 400);
    expect(full.world.phone.chargeFraction(0)).toBeCloseTo(0.99, 12);
  });

  it("agrees with a battery that ticks every second, over any schedule of questions", () => {
    const use = fc.record({ gapS: fc.integer({ min: 1, max: 40_000 }), spendJ: fc.integer({ min: 0, max: 3000 }) });
    fc.assert(fc.property(fc.integer({ min: 0, max: CAPACITY_J }), fc.integer({ min: -86_400, max: 86_400 }), fc.array(use, { minLength: 1, maxLength: 8 }), (chargeJ, plugS, gaps) => {
      const world = phoneOf(chargeJ, plugS / 3600), uses: { endS: number; spendJ: number }[] = [];
      for (const { gapS, spendJ } of gaps) {
        uses.push({ endS: (uses.at(-1)?.endS ?? 0) + gapS, spendJ });
        world.world.phone.rest(0, 0, uses.at(-1)!.endS * US);
        world.world.phone.spend(0, spendJ);
      }
      // Clipping inside one second of the reference can differ by a second's power.
      expect(Math.abs(world.get(F.chargeJ) - steppedCharge(chargeJ, plugS, uses))).toBeLessThan(11);
    }), { seed: 11, numRuns: 60 });
  });

  it("gives the same charge however often it is looked at", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 20 * 3600 }), { minLength: 2, maxLength: 12 }), fc.integer({ min: 0, max: 23 }), (gapsS, plugHour) => {
      const often = phoneOf(30_000, plugHour), once = phoneOf(30_000, plugHour);
      let nowUs = 0;
      for (const gapS of gapsS) often.world.phone.rest(0, 0, nowUs += gapS * US);
      once.world.phone.rest(0, 0, nowUs);
      expect(often.get(F.chargeJ)).toBeCloseTo(once.get(F.chargeJ), 5);
    }), { seed: 12, numRuns: 60 });
  });
});

describe("heat and work of a phone", () => {
  it("cools by e^(-t / coolTauS) in rest", () => {
    const world = phoneOf(20_000, 22);
    world.set([[F.heat, 0.8]]);
    world.world.phone.rest(0, 0, 300 * US);
    expect(world.get(F.heat)).toBeCloseTo(0.8 / Math.E, 9);
    expect(world.get(F.heatAtUs)).toBe(300 * US);
  });

  it("works at cold speed without throttling, for 4 J a second", () => {
    const world = phoneOf(20_000, 22), { phone } = world.world;
    expect(phone.compute(0, 5 * US, 2.5)).toBe(7.5 * US);
    expect(world.get(F.computeJ)).toBeCloseTo(10, 9);
    expect(world.get(F.heat)).toBeCloseTo(1 - Math.exp(-0.025), 9);
    expect(world.get(F.heatAtUs)).toBe(7.5 * US);
  });

  it("slows down to sustainedFraction on a phone at its plateau", () => {
    const world = phoneOf(20_000, 22, "", roundDevices({ sustainedFraction: 0.5 }));
    world.set([[F.heat, 1]]);
    expect(world.world.phone.compute(0, 0, 3)).toBe(6 * US);
    // At half the power for twice the time: the same energy.
    expect(world.get(F.computeJ)).toBeCloseTo(12, 9);
  });

  it("takes the same energy for the same work, however hot and in however many pieces", () => {
    fc.assert(fc.property(fc.double({ min: 0.01, max: 200, noNaN: true }), fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (workS, share, heat) => {
      const world = phoneOf(20_000, 22, "", roundDevices({ sustainedFraction: 0.6 })), { phone } = world.world;
      world.set([[F.heat, heat]]);
      phone.compute(0, phone.compute(0, 0, workS * share), workS * (1 - share));
      // Each piece ends at the next whole microsecond.
      expect(Math.abs(world.get(F.computeJ) - 4 * workS)).toBeLessThan(1e-5 + 1e-9 * workS);
    }), { seed: 13, numRuns: 100 });
  });

  it("cools between works before it heats again", () => {
    const world = phoneOf(20_000, 22), { phone } = world.world;
    phone.compute(0, 0, 50);
    const first = world.get(F.heat);
    phone.compute(0, 350 * US, 10);
    expect(world.get(F.heat)).toBeCloseTo(heatAfterCompute(heatAfterRest(first, 300, 300), 10, 100), 12);
  });

  it("breaks work off at the limit and charges energy only until then", () => {
    const world = phoneOf(20_000, 22), { phone } = world.world;
    expect(phone.compute(0, 10 * US, 8, 13 * US)).toBe(13 * US);
    expect(world.get(F.computeJ)).toBeCloseTo(12, 9);
    expect(world.get(F.heat)).toBeCloseTo(1 - Math.exp(-0.03), 9);
    expect(phone.compute(0, 13 * US, 8, 12 * US)).toBe(13 * US);
    expect(world.get(F.computeJ)).toBeCloseTo(12, 9);
    expect(phone.compute(0, 13 * US, 2, 15 * US)).toBe(15 * US);
    expect(world.get(F.computeJ)).toBeCloseTo(20, 9);
  });

  it("ends at the same instant when work is cut in two, within a microsecond for each piece", () => {
    fc.assert(fc.property(fc.double({ min: 0.01, max: 200, noNaN: true }), fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (workS, share, heat) => {
      const whole = phoneOf(20_000, 22, "", roundDevices({ sustainedFraction: 0.6 })), cut = phoneOf(20_000, 22, "", roundDevices({ sustainedFraction: 0.6 }));
      whole.set([[F.heat, heat]]);
      cut.set([[F.heat, heat]]);
      const middleUs = cut.world.phone.compute(0, 0, workS * share);
      const endUs = cut.world.phone.compute(0, middleUs, workS * (1 - share));
      expect(Math.abs(endUs - whole.world.phone.compute(0, 0, workS))).toBeLessThanOrEqual(3);
    }), { seed: 13, numRuns: 100 });
  });

  it("takes prefill and decode times from the device: overhead once, context at each token", () => {
    const { phone } = phoneOf(20_000, 22, "", roundDevices({ decodePerContextTokenS: 1e-5 })).world;
    expect(phone.prefillS(0, 384)).toBeCloseTo(0.5, 12);
    expect(phone.prefillS(0, 0)).toBe(0);
    // Ten tokens after 100: 10 / 16 + 1e-5 * (100 + 101 + ... + 109).
    expect(phone.decodeS(0, 10, 100)).toBeCloseTo(0.625 + 1e-5 * 1045, 12);
    expect(phone.decodeS(0, 4, 100) + phone.decodeS(0, 6, 104)).toBeCloseTo(phone.decodeS(0, 10, 100), 12);
    expect(phone.reloadS(0)).toBe(0.5);
  });

  it("works cliffFactor times longer when the model pages", () => {
    const world = phoneOf(20_000, 22);
    world.set([[F.memoryFit, MemoryFit.pages]]);
    expect(world.world.phone.compute(0, 0, 1)).toBe(10 * US);
  });
});

describe("memory and leave to run", () => {
  it("fits, pages or is refused by the memory that the OS leaves in this session", () => {
    // Free: 8e9 * fraction. Fits from 1.5e9 (0.1875), pages from 1.5e9 - 1e9 = 0.5e9 (0.0625).
    const fitAt = (fraction: number): number => {
      const world = phoneOf(20_000, 22, `, freeMemoryFraction: { low: ${fraction}, high: ${fraction} }`);
      world.world.phone.drawMemory(0, 0, 0);
      return world.get(F.memoryFit);
    };
    expect([0.062, 0.063, 0.187, 0.188].map(fitAt)).toEqual([MemoryFit.refused, MemoryFit.pages, MemoryFit.pages, MemoryFit.fits]);
  });

  it("draws memory uniformly between its ends, anew for each session", () => {
    const world = phoneOf(20_000, 22, ", freeMemoryFraction: { low: 0, high: 0.375 }");
    let fits = 0, pages = 0;
    for (let session = 0; session < 4000; session++) {
      world.world.phone.drawMemory(0, 0, session);
      fits += world.get(F.memoryFit) === MemoryFit.fits ? 1 : 0;
      pages += world.get(F.memoryFit) === MemoryFit.pages ? 1 : 0;
    }
    expect(Math.abs(fits / 4000 - 0.5)).toBeLessThan(5 * 0.5 / Math.sqrt(4000));
    expect(Math.abs(pages / 4000 - 1 / 3)).toBeLessThan(5 * Math.sqrt(2 / 9 / 4000));
  });

  it("does not run P at or below lowBatteryFraction, above maxHeat, or without memory", () => {
    const world = phoneOf(2001, 22, ", lowBatteryFraction: 0.05, maxHeat: 0.7"), { phone } = world.world;
    const leave = (...fields: (readonly [number, number])[]): [boolean, boolean] => {
      world.set([[F.chargeJ, 2001], [F.heat, 0.7], [F.memoryFit, MemoryFit.fits], ...fields]);
      return [phone.isReady(0), phone.canCompute(0)];
    };
    expect(leave()).toEqual([true, true]);
    expect(leave([F.chargeJ, 2000])).toEqual([false, false]);
    expect(leave([F.heat, 0.7001])).toEqual([false, false]);
    expect(leave([F.memoryFit, MemoryFit.pages])).toEqual([false, true]);
    expect(leave([F.memoryFit, MemoryFit.refused])).toEqual([false, false]);
  });

  it("loads the weights before a question only when the model fits and is not loaded", () => {
    const world = phoneOf(20_000, 22, ", freeMemoryFraction: { low: 0.1, high: 0.1 }");
    world.next.begin(0);
    expect([world.get(F.memoryFit), world.get(F.isReloaded)]).toEqual([MemoryFit.pages, 0]);
  });
});

describe("link of a phone", () => {
  /** Changes of a client's link up to `untilUs`, seen one by one. */
  function changesOf(world: ClientWorld, client: number, untilUs: number): { state: number; fromUs: number }[] {
    const at = client * CLIENT_STRIDE, seen: { state: number; fromUs: number }[] = [];
    world.world.phone.begin(at, client);
    for (let fromUs = 0; fromUs < untilUs; world.world.phone.changeLink(at, client)) {
      seen.push({ state: world.get(F.linkState, client), fromUs });
      fromUs = world.get(F.linkUntilUs, client);
    }
    return seen;
  }

  it("is in the state of the last change at every instant, whatever instants it is asked for", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 4 * 3600 }), { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 3 }), (gapsS, client) => {
      const watched = phoneOf(20_000, 22), asked = phoneOf(20_000, 22), at = client * CLIENT_STRIDE;
      const changes = changesOf(watched, client, 100 * HOUR_US);
      asked.world.phone.begin(at, client);
      let nowUs = 0;
      for (const gapS of gapsS) {
        asked.world.phone.rest(at, client, nowUs += gapS * US);
        expect(asked.get(F.linkState, client)).toBe(changes.findLast(({ fromUs }) => fromUs <= nowUs)!.state);
        expect(asked.get(F.linkUntilUs, client)).toBe(changes.find(({ fromUs }) => fromUs > nowUs)!.fromUs);
      }
    }), { seed: 14, numRuns: 40 });
  });

  it("has left a state at the very instant of its end", () => {
    const world = phoneOf(20_000, 22), { phone } = world.world;
    phone.begin(0, 0);
    const untilUs = world.get(F.linkUntilUs);
    phone.rest(0, 0, untilUs - 1);
    expect([world.get(F.linkChanges), world.get(F.linkUntilUs)]).toEqual([0, untilUs]);
    phone.rest(0, 0, untilUs);
    expect(world.get(F.linkChanges)).toBe(1);
  });

  it("foresees the next outage exactly as it then happens, and changes nothing by looking", () => {
    const world = phoneOf(20_000, 22), { phone } = world.world;
    let outages = 0;
    for (let client = 0; client < 4; client++) {
      const at = client * CLIENT_STRIDE;
      phone.begin(at, client);
      for (let change = 0; change < 400; change++) {
        const before = world.state.slice(at, at + CLIENT_STRIDE);
        phone.findOutage(at, client);
        const [startUs, endUs] = [phone.outageStartUs, phone.outageEndUs];
        expect(world.state.slice(at, at + CLIENT_STRIDE)).toEqual(before);
        const leftAtUs = world.get(F.linkUntilUs, client);
        phone.changeLink(at, client);
        const isOffline = world.get(F.linkState, client) === OFFLINE;
        expect([startUs, endUs]).toEqual(isOffline ? [leftAtUs, world.get(F.linkUntilUs, client)] : [Infinity, Infinity]);
        outages += isOffline ? 1 : 0;
      }
    }
    expect(outages).toBeGreaterThan(50);
  });
});
