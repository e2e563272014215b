/** What follows from a personal value and facts: which facts a rule needs, and what it concludes from them. */
import type { Fact } from "../knowledge/domain-fact.js";
import { domainFact } from "../knowledge/domain-fact.js";
import { bandOfSalary } from "../knowledge/finance-area.js";
import { factIndex } from "../knowledge/knowledge-area.js";
import type { DomainName } from "../knowledge/knowledge-area.js";
import type { AttributeId } from "../people/attributes.js";
import type { World } from "../world.js";
import type { RuleId } from "./rule-patterns.js";

/** A rule of a domain. `own` is the value of the person's attribute as it stands in texts. */
export interface Rule {
  readonly domain: DomainName;
  readonly attribute: AttributeId;
  /** Kind of the entity asked about; absent when the personal value alone decides. */
  readonly target?: string;
  /** Facts it rests on, the one that the question is about first. @param entity Number in the target kind; 0 without one. */
  readonly needs: (world: World, entity: number, own: string, day: number) => readonly Fact[];
  readonly conclude: (facts: readonly Fact[], own: string) => string;
  /** It also works for a person without the attribute. */
  readonly allowsNone?: boolean;
  /** The expert is told the personal value and draws the conclusion; otherwise it states facts and P concludes. */
  readonly isConcludedByExpert?: boolean;
}

/** All rules by id. */
export const RULES: Readonly<Record<RuleId, Rule>> = {
  savings: lookup("finance", "bank", "bank", "savings rate"),
  fee: lookup("finance", "bank", "bank", "monthly fee"),
  tax: {
    domain: "finance", attribute: "salary",
    needs: (world, _entity, own, day) => [factOf(world, "finance", "salary band", bandOfSalary(Number.parseInt(own, 10)), "tax rate", day)],
    conclude: (facts) => facts[0]!.value,
  },
  loan: check("finance", "salary", "bank", "loan floor", (own, floor) => Number.parseInt(own, 10) >= Number.parseInt(floor, 10)),
  charger: lookup("it", "phone", "phone", "charger"),
  update: lookup("it", "phone", "phone", "newest system"),
  app: check("it", "system", "app", "oldest system", (own, oldest) => Number(own) >= Number(oldest)),
  allergy: { ...check("medicine", "allergy", "drug", "class", (own, drugClass) => own !== drugClass), allowsNone: true },
  clash: { domain: "medicine", attribute: "medication", target: "drug", needs: factsOfClash, conclude: concludeClash, isConcludedByExpert: true },
  dose: lookup("medicine", "medication", "drug", "daily dose"),
  effect: lookup("medicine", "medication", "drug", "side effect"),
  lesson: lookup("education", "course", "course", "day"),
  room: lookup("education", "course", "course", "room"),
  basis: check("education", "passed", "course", "basis", (own, basis) => own === basis),
};

/** A fact by its names. */
export function factOf(world: World, domain: DomainName, kind: string, entity: number, label: string, day: number): Fact {
  return domainFact(world, domain, factIndex(world.areas[domain], kind, entity, label), day);
}

/** The answer is a property of the entity that the person's attribute names. */
function lookup(domain: DomainName, attribute: AttributeId, kind: string, label: string): Rule {
  return {
    domain, attribute,
    needs: (world, _entity, own, day) => [factOf(world, domain, kind, entityNumber(world, domain, kind, own), label, day)],
    conclude: (facts) => facts[0]!.value,
  };
}

/** The answer is yes or no, by comparing the person's value with a property of the entity asked about. */
function check(domain: DomainName, attribute: AttributeId, target: string, label: string, isAllowed: (own: string, value: string) => boolean): Rule {
  return {
    domain, attribute, target,
    needs: (world, entity, _own, day) => [factOf(world, domain, target, entity, label, day)],
    conclude: (facts, own) => (isAllowed(own, facts[0]!.value) ? "yes" : "no"),
  };
}

/** Classes of the drug asked about and of the own one, and what these classes clash with. */
function factsOfClash(world: World, entity: number, own: string, day: number): readonly Fact[] {
  const asked = factOf(world, "medicine", "drug", entity, "class", day);
  const taken = factOf(world, "medicine", "drug", entityNumber(world, "medicine", "drug", own), "class", day);
  const clashOf = (drugClass: string): Fact => factOf(world, "medicine", "drug class", entityNumber(world, "medicine", "drug class", drugClass), "clash", day);
  return [asked, taken, clashOf(asked.value), clashOf(taken.value)];
}

function concludeClash([asked, taken, clashOfAsked, clashOfTaken]: readonly Fact[]): string {
  return clashOfAsked!.value === taken!.value || clashOfTaken!.value === asked!.value ? "no" : "yes";
}

function entityNumber(world: World, domain: DomainName, kind: string, name: string): number {
  return world.areas[domain].kinds.find((each) => each.name === kind)!.entities.indexOf(name);
}
