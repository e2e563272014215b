import { describe, expect, it } from "vitest";
import { worldSection } from "../config/sections/world-section.js";
import { ConfigError } from "../core/errors.js";
import { QUERY_KINDS } from "../records/truth-record.js";
import { domainFact } from "./knowledge/domain-fact.js";
import { samplePerson } from "./people/person.js";
import { sampleQuery } from "./queries/sample-query.js";
import { sampleWorld } from "./sample-world.test-data.js";
import { TEXT_ROLES } from "./text/text-role.js";
import { trainingText } from "./text/training-text.js";
import { makeWorld } from "./world.js";

const ONE = { entities: 1, driftPerDay: 0.01 };

describe("a world", () => {
  it("is plain values, equal for equal configs", () => {
    expect(makeWorld(worldSection.parse({}))).toEqual(makeWorld(worldSection.parse({})));
    expect(() => structuredClone(makeWorld(worldSection.parse({})))).not.toThrow();
  });

  it("works on a copy in another thread's memory as on the original", () => {
    const world = sampleWorld(), copy = structuredClone(world);
    expect(samplePerson(copy, 9)).toEqual(samplePerson(world, 9));
    expect(trainingText(copy, "general", 9)).toEqual(trainingText(world, "general", 9));
  });

  it("may be as small as one thing of each kind", () => {
    const tiny = sampleWorld({ people: 3, cities: 1, employers: 1, domains: { finance: ONE, it: ONE, medicine: ONE, education: ONE }, heldOut: { people: 0, facts: 0, phrasings: 0.25 } });
    for (const role of TEXT_ROLES) for (let index = 0; index < 200; index++) expect(trainingText(tiny, role, index).completion).toMatch(/\n$/);
    for (const kind of QUERY_KINDS) for (let index = 0; index < 50; index++) expect(sampleQuery(tiny, "phrasings", kind, index).answer).not.toBe("");
  });

  it("may be as large as the config allows", () => {
    const large = { entities: 1000, driftPerDay: 0.01 }, world = sampleWorld({ people: 1e8, cities: 1000, employers: 1000, domains: { finance: large, it: large, medicine: large, education: large } });
    expect(world.areas.education.factCount).toBe(5000);
    expect(domainFact(world, "education", 4999, 10).value).not.toBe("");
    for (const role of TEXT_ROLES) expect(trainingText(world, role, 2 ** 32 - 1).completion).toMatch(/\n$/);
  });

  it("says so when everything is held out", () => {
    const none = sampleWorld({ heldOut: { people: 1, facts: 1, phrasings: 1 } });
    for (const role of ["general", "personal", "finance"] as const) {
      expect(() => { for (let index = 0; index < 40; index++) trainingText(none, role, index); }).toThrow(ConfigError);
    }
  });

  it("keeps people and facts when the world grows around them", () => {
    const small = sampleWorld(), grown = sampleWorld({ people: 5e6 });
    expect(samplePerson(grown, 123)).toEqual(samplePerson(small, 123));
  });
});
