import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../config/load-dataset.js";
import { BugError } from "../../core/errors.js";
import { domainFact } from "../knowledge/domain-fact.js";
import { sampleWorld } from "../sample-world.test-data.js";
import { ATTRIBUTE_IDS, attributeOf } from "./attributes.js";
import type { AttributeId } from "./attributes.js";
import { AGE_SHARES, BLOOD_GROUPS, DEGREES, GRADES, JOBS, PETS } from "./declared-shares.js";
import { isPersonHeldOut, NONE, samplePerson } from "./person.js";
import type { Person } from "./person.js";

const world = sampleWorld(), COUNT = 30_000;
const people: readonly Person[] = Array.from({ length: COUNT }, (_, index) => samplePerson(world, index));
const share = (isSo: (person: Person) => boolean, among: readonly Person[] = people): number => among.filter(isSo).length / among.length;
const bandOf = ({ values }: Person): number => [30, 45, 60, 75].filter((age) => Number(values.age) >= age).length;

/** Within four standard errors of a declared share. */
function expectShare(found: number, declared: number, n: number, what: string): void {
  expect(Math.abs(found - declared), what).toBeLessThan(4 * Math.sqrt(declared * (1 - declared) / n) + 1e-9);
}

describe("a person", () => {
  it("is a function of the number alone", () => {
    const backward = Array.from({ length: 500 }, (_, i) => samplePerson(world, 499 - i)).reverse();
    expect(backward).toEqual(people.slice(0, 500));
    expect(samplePerson(sampleWorld(), 123_456_789_012)).toEqual(samplePerson(world, 123_456_789_012));
    expect(samplePerson(sampleWorld({ seed: 2 }), 1)).not.toEqual(people[1]);
  });

  it("has every attribute", () => {
    for (const { values } of people.slice(0, 200)) expect(Object.keys(values).sort()).toEqual([...ATTRIBUTE_IDS].sort());
  });

  it("comes with the declared shares of age, degree, blood, pets and grades", () => {
    AGE_SHARES.forEach((declared, band) => { expectShare(share((person) => bandOf(person) === band), declared, COUNT, `age band ${band}`); });
    const tables: readonly [AttributeId, typeof DEGREES][] = [["degree", DEGREES], ["blood", BLOOD_GROUPS], ["pet", PETS], ["grade", GRADES]];
    for (const [attribute, { values, shares }] of tables) {
      values.forEach((value, i) => { expectShare(share((person) => person.values[attribute] === value), shares[i]!, COUNT, `${attribute} ${value}`); });
    }
  });

  it("comes with the declared prevalence of allergies, conditions, partners and students", () => {
    const { prevalence } = world.config;
    expectShare(share(({ values }) => values.allergy !== NONE), prevalence.allergy, COUNT, "allergy");
    expectShare(share(({ values }) => values.partner !== NONE), prevalence.partner, COUNT, "partner");
    prevalence.conditionByAge.forEach((declared, band) => {
      const among = people.filter((person) => bandOf(person) === band);
      expectShare(share(({ values }) => values.condition !== NONE, among), declared, among.length, `condition in band ${band}`);
      expectShare(share(({ values }) => values.course !== NONE, among), prevalence.studentsByAge[band]!, among.length, `students in band ${band}`);
    });
  });

  it("takes a drug only for the condition it treats, and never of the class that they are allergic to", () => {
    const drugs = world.areas.medicine.kinds[0]!, factOf = (drug: string, label: string): string => (
      domainFact(world, "medicine", drugs.entities.indexOf(drug) * drugs.relations.length + drugs.relations.findIndex((each) => each.label === label)).value);
    const treated = people.filter(({ values }) => values.medication !== NONE);
    expect(treated.length).toBeGreaterThan(COUNT / 5);
    for (const { values } of treated) {
      expect(factOf(values.medication, "use")).toBe(values.condition);
      expect(factOf(values.medication, "class")).not.toBe(values.allergy);
    }
    const ill = people.filter(({ values }) => values.condition !== NONE);
    // Some conditions have no drug that a person tolerates.
    expect(treated.length / ill.length).toBeLessThanOrEqual(world.config.prevalence.treated + 0.01);
    expect(treated.length / ill.length).toBeGreaterThan(world.config.prevalence.treated - 0.1);
  });

  it("has a job that the degree allows and a salary near the job's median, growing with age", () => {
    for (const { values } of people.slice(0, 3000)) expect(JOBS.find(([job]) => job === values.job)![1]).toBeLessThanOrEqual(DEGREES.values.indexOf(values.degree));
    const salaries = (isOne: (person: Person) => boolean): number => {
      const found = people.filter(isOne).map(({ values }) => Number.parseInt(values.salary, 10)).sort((a, b) => a - b);
      return found[Math.floor(found.length / 2)]!;
    };
    expect(salaries(({ values }) => values.job === "engineer" && Math.abs(Number(values.age) - 40) < 6)).toBeGreaterThan(66);
    expect(salaries(({ values }) => values.job === "engineer" && Math.abs(Number(values.age) - 40) < 6)).toBeLessThan(78);
    expect(salaries(({ values }) => values.job === "baker" && Number(values.age) >= 60)).toBeGreaterThan(salaries(({ values }) => values.job === "baker" && Number(values.age) < 25));
  });

  it("banks near home as often as declared, and has older software when older", () => {
    const banks = world.areas.finance.kinds[0]!.entities.length, city = ({ values }: Person): number => world.cities.indexOf(values.city);
    const isLocal = (person: Person): boolean => (world.areas.finance.kinds[0]!.entities.indexOf(person.values.bank) - 3 * city(person) % banks + 3 * banks) % banks < 3;
    const { localBank } = world.config.prevalence;
    expectShare(share(isLocal), localBank + (1 - localBank) * 3 / banks, COUNT, "local bank");
    const system = (band: number): number => { const of = people.filter((person) => bandOf(person) === band); return of.reduce((sum, { values }) => sum + Number(values.system), 0) / of.length; };
    expect(system(4)).toBeLessThan(system(0) - 0.5);
  });

  it("is held out by name in about the declared share, and namesakes together", () => {
    const sides = new Map<string, boolean>();
    for (const { index, values } of people) {
      const isHeld = isPersonHeldOut(world, index);
      expect(sides.get(values.name) ?? isHeld).toBe(isHeld);
      sides.set(values.name, isHeld);
    }
    expect(sides.size).toBeLessThan(COUNT);
    expectShare(share(({ index }) => isPersonHeldOut(world, index)), world.config.heldOut.people, COUNT, "held out");
  });

  it("carries nothing that could reach a real person: no telephone number, mail address or address", () => {
    for (const { values } of people.slice(0, 2000)) {
      for (const id of ATTRIBUTE_IDS) expect(values[id], id).not.toMatch(/@|\+\d|\d{5}|\(\d|\d-\d|https?:/);
    }
  });

  it("marks health as special and money as confidential", () => {
    for (const id of ["allergy", "condition", "medication", "blood", "doctor"] as const) expect(attributeOf(id).sensitivity).toBe("special");
    for (const id of ["salary", "bank", "savings", "doorCode"] as const) expect(attributeOf(id).sensitivity).toBe("confidential");
  });

  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])("refuses number %s", (index) => { expect(() => samplePerson(world, index)).toThrow(BugError); });
});

const main = join(packageRoot(), "dist", "src", "cli", "main.js"), isBuilt = existsSync(main);
if (!isBuilt) process.stderr.write("People are not compared across processes: dist/ is not there. Run: npm run build\n");

describe.runIf(isBuilt)("a person in another process", () => {
  it("is the same person", () => {
    const text = execFileSync(process.execPath, [main, "world", "show", "--person", "77", "--json"], { encoding: "utf8" });
    expect(JSON.parse(text)).toEqual(samplePerson(world, 77));
  });
});
