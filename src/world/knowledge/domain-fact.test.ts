import { describe, expect, it } from "vitest";
import { scenarioSchema } from "../../config/scenario-schema.js";
import { BugError } from "../../core/errors.js";
import { sampleWorld } from "../sample-world.test-data.js";
import { changedShare, changeRate, domainFact, isFactHeldOut } from "./domain-fact.js";
import { AREA_NAMES, DOMAIN_NAMES, factIndex, placeOfFact } from "./knowledge-area.js";

const world = sampleWorld(), large = sampleWorld({ domains: {
  finance: { entities: 900, driftPerDay: 0.04 }, it: { entities: 900, driftPerDay: 0.01 }, medicine: { entities: 900, driftPerDay: 0.005 }, education: { entities: 900, driftPerDay: 0.002 },
} });

describe("a domain fact", () => {
  it("is the same in any order of asking and in another world of the same config", () => {
    const ask = (index: number): unknown => domainFact(world, "finance", index, 40);
    const forward = Array.from({ length: 100 }, (_, i) => ask(i)), backward = Array.from({ length: 100 }, (_, i) => ask(99 - i)).reverse();
    expect(backward).toEqual(forward);
    expect(Array.from({ length: 100 }, (_, i) => domainFact(sampleWorld(), "finance", i, 40))).toEqual(forward);
  });

  it("there are several hundred of in each domain, numbered by kind, entity and relation", () => {
    for (const area of AREA_NAMES) {
      expect(world.areas[area].factCount).toBeGreaterThan(200);
      for (let index = 0; index < world.areas[area].factCount; index++) {
        const { kind, entity, relation } = placeOfFact(world.areas[area], index);
        expect(factIndex(world.areas[area], kind.name, entity, relation.label)).toBe(index);
      }
    }
  });

  it("never says that a thing is related to itself", () => {
    for (let index = 0; index < world.areas.medicine.factCount; index++) {
      for (const day of [0, 400, 4000]) {
        const { entity, value } = domainFact(world, "medicine", index, day);
        expect(value).not.toBe(entity);
      }
    }
  });

  it("changes at the declared rate: -ln(1 - driftPerDay) a day on average, Poisson", () => {
    for (const area of DOMAIN_NAMES) {
      const { factCount, driftPerDay } = large.areas[area], days = 100, expected = -Math.log(1 - driftPerDay) * days * factCount;
      let changes = 0;
      for (let index = 0; index < factCount; index++) changes += domainFact(large, area, index, days).changes;
      // Four standard deviations of a Poisson number.
      expect(Math.abs(changes - expected), area).toBeLessThan(4 * Math.sqrt(expected));
    }
  });

  it("has another value after a change, and the first again only when all were seen", () => {
    const count = large.areas.finance.kinds[0]!.entities.length * 5;
    for (let index = 0; index < count; index += 7) {
      const values = placeOfFact(large.areas.finance, index).relation.values.length, first = domainFact(large, "finance", index, 0);
      for (const day of [5, 20, 60, 150]) {
        const { value, changes, sinceDay } = domainFact(large, "finance", index, day);
        expect(value === first.value).toBe(changes % values === 0);
        expect(sinceDay).toBeLessThanOrEqual(day);
      }
    }
  });

  it("is stale as often as changedShare says, and as the simulator's curve says for ages of days", () => {
    const { factCount, driftPerDay } = large.areas.finance, ages = [0.5, 2, 10, 40];
    for (const age of ages) {
      let stale = 0;
      for (let index = 0; index < factCount; index++) if (domainFact(large, "finance", index, 100).value !== domainFact(large, "finance", index, 100 - age).value) stale++;
      const expected = changedShare(large.areas.finance, age), deviation = Math.sqrt(expected * (1 - expected) / factCount);
      expect(Math.abs(stale / factCount - expected), `age ${age}`).toBeLessThan(4 * deviation);
      const simulator = 1 - (1 - driftPerDay) ** age;
      expect(expected).toBeLessThanOrEqual(simulator);
      if (age <= 2) expect(expected / simulator).toBeGreaterThan(0.95);
    }
  });

  it("never changes when its relation does not, or without drift", () => {
    const still = sampleWorld({ domains: { ...world.config.domains, it: { entities: 40, driftPerDay: 0 } } });
    for (let index = 0; index < still.areas.it.factCount; index++) expect(domainFact(still, "it", index, 1e5).changes).toBe(0);
    const area = world.areas.medicine, drugClass = factIndex(area, "drug", 5, "class");
    expect(changeRate(area, placeOfFact(area, drugClass).relation)).toBe(0);
    expect(domainFact(world, "medicine", drugClass, 1e5).value).toBe(domainFact(world, "medicine", drugClass, 0).value);
  });

  it("drifts by default as the simulated population's domains do", () => {
    const { population, world: config } = scenarioSchema.parse({});
    expect(population.domains.map(({ name, driftPerDay }) => [name, driftPerDay])).toEqual(DOMAIN_NAMES.map((name) => [name, config.domains[name].driftPerDay]));
  });

  it("is held out by hash, in about the share of the config, whatever else there is", () => {
    const held = (of: typeof world): number[] => Array.from({ length: 400 }, (_, i) => i).filter((i) => isFactHeldOut(of, "education", i));
    expect(held(large)).toEqual(held(world));
    expect(held(world).length / 400).toBeGreaterThan(0.05);
    expect(held(world).length / 400).toBeLessThan(0.16);
    expect(held(sampleWorld({ heldOut: { people: 0.1, facts: 0, phrasings: 0.25 } }))).toEqual([]);
  });

  it.each([[-1, 0], [1e9, 0], [0.5, 0], [NaN, 0], [0, -1], [0, NaN], [0, Infinity]])("refuses fact %s on day %s", (index, day) => {
    expect(() => domainFact(world, "finance", index, day)).toThrow(BugError);
  });
});
