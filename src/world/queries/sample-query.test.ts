import { describe, expect, it } from "vitest";
import { ConfigError } from "../../core/errors.js";
import { QUERY_KINDS } from "../../records/truth-record.js";
import { domainFact, isFactHeldOut } from "../knowledge/domain-fact.js";
import { AREA_NAMES, DOMAIN_NAMES } from "../knowledge/knowledge-area.js";
import { attributeOf } from "../people/attributes.js";
import { isPersonHeldOut, samplePerson } from "../people/person.js";
import { sampleWorld } from "../sample-world.test-data.js";
import { copyChance, hideNeeded, QUERY_SPLITS, UNKNOWN_ANSWER } from "./query.js";
import type { Query } from "./query.js";
import { sampleQuery } from "./sample-query.js";
import { scoreAnswer } from "./score-answer.js";

const world = sampleWorld(), COUNT = 150;
const draw = (split: Query["split"], kind: Query["kind"], count = COUNT, day = 0): Query[] => Array.from({ length: count }, (_, i) => sampleQuery(world, split, kind, i, { day }));
const all = (count = COUNT): Query[] => QUERY_SPLITS.flatMap((split) => QUERY_KINDS.flatMap((kind) => draw(split, kind, count)));

/** Everything that is so on a day: value by "entity / relation". */
function tableOf(day: number): ReadonlyMap<string, string> {
  return new Map(AREA_NAMES.flatMap((area) => Array.from({ length: world.areas[area].factCount }, (_, index): [string, string] => {
    const { entity, relation, value } = domainFact(world, area, index, day);
    return [`${entity} / ${relation}`, value];
  })));
}

const DRUGS = world.areas.medicine.kinds[0]!.entities;
const BANDS = world.areas.finance.kinds[1]!.entities;

/** Derives an answer from the words of the question, the context and the table, by its own reading of each rule. */
function solve({ intent, core, context }: Query, table: ReadonlyMap<string, string>): string {
  const [form, subject] = intent.split(" ") as [string, string], words = core.replace(/[?:.,!]/g, " ").split(" ");
  const own = (attribute: string): string | undefined => context.find((line) => line.attribute === attribute)?.value;
  if (form === "own") return own(subject)!;
  if (form === "fact") {
    const label = intent.split(" ").slice(2).join(" ");
    const entity = [...table.keys()].filter((key) => key.endsWith(` / ${label}`)).map((key) => key.slice(0, -label.length - 3)).find((name) => core.includes(name))!;
    return table.get(`${entity} / ${label}`)!;
  }
  const isOpen = intent.endsWith("open"), named = (label: string): string[] => words.filter((word) => table.has(`${word} / ${label}`));
  const of = (entity: string, label: string): string => table.get(`${entity} / ${label}`)!;
  const thousands = (text: string): number => Number(/(\d+)k/.exec(text)![1]);
  const verdict = (isFine: boolean): string => (isFine ? "yes" : "no");
  switch (subject) {
    case "savings": return of(own("bank")!, "savings rate");
    case "fee": return of(own("bank")!, "monthly fee");
    case "tax": {
      const salary = thousands(isOpen ? core : own("salary")!), band = [...BANDS].reverse().find((name) => thousands(name) <= salary)!;
      return of(band, "tax rate");
    }
    case "loan": return verdict(thousands(isOpen ? core : own("salary")!) >= thousands(of(named("loan floor")[0]!, "loan floor")));
    case "charger": return of(own("phone")!, "charger");
    case "update": return of(own("phone")!, "newest system");
    case "app": return verdict(Number(isOpen ? words.find((word) => /^\d+$/.test(word)) : own("system")) >= Number(of(named("oldest system")[0]!, "oldest system")));
    case "allergy": {
      const drug = words.find((word) => DRUGS.includes(word))!, allergy = isOpen ? named("clash")[0] : own("allergy");
      return verdict(of(drug, "class") !== allergy);
    }
    case "clash": {
      const drugs = words.filter((word) => DRUGS.includes(word)), [a, b] = (isOpen ? drugs : [drugs[0]!, own("medication")!]).map((drug) => of(drug, "class")) as [string, string];
      return verdict(of(a, "clash") !== b && of(b, "clash") !== a);
    }
    case "dose": return of(own("medication")!, "daily dose");
    case "effect": return of(own("medication")!, "side effect");
    case "lesson": return of(own("course")!, "day");
    case "room": return of(own("course")!, "room");
    case "basis": {
      const course = named("basis")[0]!, basis = of(course, "basis");
      return verdict(isOpen ? words.includes(basis) : own("passed") === basis);
    }
    default: throw new Error(`no reading of ${intent}`);
  }
}

describe("a query", () => {
  it("is the same in any order of asking", () => {
    const backward = Array.from({ length: 60 }, (_, i) => sampleQuery(world, "test", "mixed", 59 - i)).reverse();
    expect(backward).toEqual(draw("test", "mixed", 60));
    expect(sampleQuery(sampleWorld(), "train", "domain", 4_000_000_000)).toEqual(sampleQuery(world, "train", "domain", 4_000_000_000));
  });

  it.each([0, 37])("has the answer that follows from the words asked, the context and the facts of day %s", (day) => {
    const table = tableOf(day), seen = new Set<string>();
    for (const split of QUERY_SPLITS) {
      for (const kind of ["personal", "domain", "mixed", "general"] as const) {
        for (const query of draw(split, kind, 200, day)) {
          expect(solve(query, table), query.question).toBe(query.answer);
          seen.add(query.intent);
        }
      }
    }
    expect(seen.size).toBeGreaterThan(70);
  });

  it("has another answer after a change of the fact, for about the share of facts that change", () => {
    const early = draw("train", "domain", 600), late = draw("train", "domain", 600, 30);
    const finance = early.map((query, i) => [query, late[i]!] as const).filter(([query]) => query.area === "finance" && query.intent.startsWith("fact"));
    expect(finance.every(([before, after]) => before.question === after.question)).toBe(true);
    const changed = finance.filter(([before, after]) => before.answer !== after.answer).length / finance.length;
    expect(changed).toBeGreaterThan(0.3);
    expect(changed).toBeLessThan(0.8);
  });

  it("hides from training what its split names, and nothing else", () => {
    for (const query of all()) {
      const isPersonNew = isPersonHeldOut(world, query.person), { train, heldOut } = world.phrasings.get(query.intent)!;
      expect(isPersonNew).toBe(query.split === "people" || query.split === "test");
      expect((query.split === "phrasings" || query.split === "test" ? heldOut : train).includes(query.pattern)).toBe(true);
      if (query.facts.length === 0) continue;
      const isNew = query.facts.map(({ area, index }) => isFactHeldOut(world, area, index));
      if (query.split === "facts") expect(isNew[0]).toBe(true);
      else expect(isNew.some(Boolean)).toBe(false);
    }
  });

  it("comes with a few personal facts: those needed, true of the person, without repeats, in random places", () => {
    const { fewest, most } = world.config.contextFacts, places = new Set<number>();
    for (const query of all()) {
      expect(query.context.length).toBeGreaterThanOrEqual(fewest);
      expect(query.context.length).toBeLessThanOrEqual(most);
      expect(new Set(query.context.map(({ attribute }) => attribute)).size).toBe(query.context.length);
      const { values } = samplePerson(world, query.person);
      for (const { attribute, value } of query.context) expect(value).toBe(values[attribute]);
      for (const attribute of query.needed) places.add(query.context.findIndex((line) => line.attribute === attribute));
    }
    expect([...places].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("names its secrets: what it needs or says that is above open", () => {
    for (const query of all()) {
      for (const id of query.secrets) expect(attributeOf(id).sensitivity).not.toBe("open");
      for (const id of query.needed) expect(query.secrets.includes(id)).toBe(attributeOf(id).sensitivity !== "open");
      if (query.kind === "general" || query.kind === "chat") expect(query.secrets).toEqual([]);
    }
    const open = draw("train", "domain", 400).filter(({ secrets }) => secrets.length > 0);
    expect(open.length).toBeGreaterThan(20);
    for (const query of open) expect(query.question).toContain(samplePerson(world, query.person).values[query.secrets[0]!]);
  });

  it("asks an expert for no more than it must: values of the person are in the expert's question only when it says so", () => {
    for (const query of draw("test", "mixed", 600)) {
      const { question, reveals } = query.consult!, attribute = query.needed[0]!, value = samplePerson(world, query.person).values[attribute];
      const isPersonal = attributeOf(attribute).sensitivity !== "open";
      if (question.includes(value) && isPersonal && value.length > 2) expect(reveals, question).toContain(attribute);
      if (!isPersonal) expect(reveals).toEqual([]);
    }
  });

  it("balances yes and no within each rule, and asks by each rule and of each domain as often", () => {
    const byIntent = new Map<string, Query[]>();
    for (const query of [...draw("train", "mixed", 2400), ...draw("train", "domain", 2400)]) byIntent.set(query.intent, [...(byIntent.get(query.intent) ?? []), query]);
    for (const rule of ["loan", "app", "allergy", "clash", "basis"]) {
      for (const form of ["own", "open"]) {
        const asked = byIntent.get(`rule ${rule} ${form}`)!, yes = asked.filter(({ answer }) => answer === "yes").length;
        expect(yes + asked.filter(({ answer }) => answer === "no").length).toBe(asked.length);
        // Four standard deviations of a fair coin.
        expect(Math.abs(yes - asked.length / 2), `${rule} ${form}`).toBeLessThan(2 * Math.sqrt(asked.length));
      }
    }
    const mixed = (area: string): number => [...byIntent.values()].flat().filter((query) => query.kind === "mixed" && query.area === area).length / 2400;
    for (const domain of DOMAIN_NAMES) expect(Math.abs(mixed(domain) - 0.25), domain).toBeLessThan(4 * Math.sqrt(0.25 * 0.75 / 2400));
    const rules = [...byIntent.values()].flat().filter((query) => query.kind === "domain" && query.intent.startsWith("rule")).length / 2400;
    expect(Math.abs(rules - 0.3)).toBeLessThan(4 * Math.sqrt(0.3 * 0.7 / 2400));
  });

  it("accepts its own answer, and not that it is unknown", () => {
    for (const query of all(40)) {
      expect(scoreAnswer(query, query.answer)).toEqual({ isExact: true, f1: 1 });
      expect(scoreAnswer(query, UNKNOWN_ANSWER).isExact).toBe(false);
    }
  });

  it("is unknown without the needed lines of context", () => {
    for (const query of draw("people", "personal", 50)) {
      const hidden = hideNeeded(query);
      expect(hidden.context).toHaveLength(query.context.length - 1);
      expect(scoreAnswer(hidden, query.answer).isExact).toBe(false);
      expect(scoreAnswer(hidden, "I don't know.").isExact).toBe(true);
      expect(copyChance(hidden)).toBe(0);
    }
  });

  it("tells the chance of guessing among the values shown", () => {
    for (const query of draw("people", "personal", 100)) expect(copyChance(query)).toBeCloseTo(1 / new Set(query.context.map(({ value }) => value)).size, 12);
  });

  it("can be about a given person and domain", () => {
    for (const domain of DOMAIN_NAMES) expect(sampleQuery(world, "train", "mixed", 3, { domain, person: 17 })).toMatchObject({ person: 17, area: domain });
  });

  it("is refused when nothing is held out that its split could name", () => {
    const open = sampleWorld({ heldOut: { people: 0, facts: 0, phrasings: 0.25 } });
    expect(() => sampleQuery(open, "facts", "domain", 0)).toThrow(ConfigError);
    expect(() => sampleQuery(open, "test", "personal", 0)).toThrow(ConfigError);
    expect(sampleQuery(open, "phrasings", "personal", 0).split).toBe("phrasings");
  });
});
