/** Queries. A query is a function of (world, split, kind, number, options). */
import type { RandomStream } from "../../core/random-stream.js";
import { QUERY_KINDS } from "../../records/truth-record.js";
import { domainFact, isFactHeldOut } from "../knowledge/domain-fact.js";
import type { Fact } from "../knowledge/domain-fact.js";
import { DOMAIN_NAMES } from "../knowledge/knowledge-area.js";
import type { AreaName, DomainName } from "../knowledge/knowledge-area.js";
import { ATTRIBUTE_IDS, attributeOf, isSecret } from "../people/attributes.js";
import { isPersonHeldOut, NONE, samplePerson } from "../people/person.js";
import type { Person } from "../people/person.js";
import { openStream, pick, WorldPurpose } from "../world-streams.js";
import { untilFound } from "../until-found.js";
import type { World } from "../world.js";
import { factIntent, ownIntent, ruleIntent, STATEMENT_PATTERNS, talkIntent } from "./intents.js";
import { CLOSERS, fillPattern, OPENERS } from "./phrasings.js";
import type { Slots } from "./phrasings.js";
import { QUERY_SPLITS } from "./query.js";
import type { Consult, Query, QuerySplit, WorldQueryKind } from "./query.js";
import { RULE_PATTERNS } from "./rule-patterns.js";
import type { RuleId } from "./rule-patterns.js";
import { RULES } from "./rules.js";
import { sampleContext } from "./sample-context.js";
import { SMALL_TALK } from "./small-talk.js";

/** What may be fixed in a query. */
export interface QueryOptions {
  /** Day of asking; 0 when left out. */
  readonly day?: number;
  /** Who asks, whichever split they are in. */
  readonly person?: number;
  /** Domain of domain and mixed questions. */
  readonly domain?: DomainName;
}

/** Share of domain questions that ask for what follows from a rule; the others ask for a fact. Assumed. */
const RULE_SHARE = 0.3;
/** Draws for one plan; then a new plan is made: the given person may have no course, the split no such fact. */
const PLANNED_DRAWS = 400;

/** What a kind of query draws; the rest is the same for all kinds. */
type Asked = Pick<Query, "area" | "intent" | "needed" | "secrets" | "facts" | "answer" | "accepted"> & { readonly slots: Slots; readonly consult?: Consult };

/**
 * A query.
 *
 * @param index From 0 to 2^32 - 1.
 * @throws {ConfigError} when the config leaves no person or fact for the split.
 */
export function sampleQuery(world: World, split: QuerySplit, kind: WorldQueryKind, index: number, options: QueryOptions = {}): Query {
  const stream = openStream(world.seed, WorldPurpose.query, QUERY_KINDS.indexOf(kind) * QUERY_SPLITS.length + QUERY_SPLITS.indexOf(split), index);
  const day = options.day ?? 0, draw: Draw = { world, stream, split, day };
  const given = options.person === undefined ? undefined : samplePerson(world, options.person);
  let plan = drawPlan(stream, kind, options.domain);
  const { person, asked } = untilFound(world, `people and facts for queries of split ${split}`, (attempt) => {
    if (attempt >= PLANNED_DRAWS) plan = drawPlan(stream, kind, options.domain);
    const person = given ?? findPerson(draw), asked = askOf(kind, draw, person, plan);
    return asked === undefined ? undefined : { person, asked };
  });
  const { slots, ...parts } = asked, phrasing = phrase(draw, asked.intent, slots, kind !== "chat");
  return { kind, split, index, person: person.index, day, ...parts, ...phrasing, context: sampleContext(stream, world.config.contextFacts, person, asked.needed) };
}

interface Draw { readonly world: World; readonly stream: RandomStream; readonly split: QuerySplit; readonly day: number }

/** What is settled before people and facts are tried, so that those hard to find for are asked as often as the others. */
interface Plan {
  readonly domain: DomainName;
  /** Absent when a fact is asked for. */
  readonly rule: RuleId | undefined;
  /** Of questions that are answered by yes or no. Even on day 0: the same question is asked on every day, only its answer changes. */
  readonly isYesWanted: boolean;
}

function drawPlan(stream: RandomStream, kind: WorldQueryKind, given: DomainName | undefined): Plan {
  const domain = given ?? pick(stream, DOMAIN_NAMES), isRule = stream.nextUniform() < RULE_SHARE || kind === "mixed", form = kind === "mixed" ? "own" : "open";
  const rule = pick(stream, RULE_IDS.filter((id) => RULES[id].domain === domain && RULE_PATTERNS[id][form].length > 0));
  return { domain, rule: isRule ? rule : undefined, isYesWanted: stream.nextUniform() < 0.5 };
}

function findPerson({ world, stream, split }: Draw): Person {
  const isNew = split === "people" || split === "test";
  return untilFound(world, `people for queries of split ${split}`, () => {
    const index = stream.nextInt(world.config.people);
    return isPersonHeldOut(world, index) === isNew ? samplePerson(world, index) : undefined;
  });
}

function askOf(kind: WorldQueryKind, draw: Draw, person: Person, { domain, rule, isYesWanted }: Plan): Asked | undefined {
  switch (kind) {
    case "personal": return askOwn(draw, person);
    case "domain": return rule === undefined ? askFact(draw, domain) : askRule(draw, person, rule, "open", isYesWanted);
    case "mixed": return askRule(draw, person, rule!, "own", isYesWanted);
    case "general": return askFact(draw, "general");
    case "chat": return talk(draw);
    default: return kind satisfies never;
  }
}

function askOwn({ stream }: Draw, person: Person): Asked | undefined {
  const attribute = pick(stream, ATTRIBUTE_IDS), answer = person.values[attribute];
  if (answer === NONE) return undefined;
  return {
    intent: ownIntent(attribute), slots: {}, needed: [attribute], secrets: isSecret(attribute) ? [attribute] : [], facts: [],
    answer, accepted: [answer, `your ${attributeOf(attribute).label} is ${answer}`, `it is ${answer}`],
  };
}

function askFact({ world, stream, split, day }: Draw, area: AreaName): Asked | undefined {
  const fact = domainFact(world, area, stream.nextInt(world.areas[area].factCount), day);
  if (isFactHeldOut(world, area, fact.index) !== (split === "facts")) return undefined;
  return {
    area, intent: factIntent(area, fact.relation), slots: { e: fact.entity }, needed: [], secrets: [], facts: [{ area, index: fact.index }],
    answer: fact.value, accepted: [fact.value, stateFact(fact), `it is ${fact.value}`],
  };
}

function askRule({ world, stream, split, day }: Draw, person: Person, id: RuleId, form: "own" | "open", isYesWanted: boolean): Asked | undefined {
  const rule = RULES[id], { domain } = rule, own = person.values[rule.attribute];
  if (own === NONE && (form === "open" || rule.allowsNone !== true)) return undefined;
  const targets = rule.target === undefined ? [""] : world.areas[domain].kinds.find(({ name }) => name === rule.target)!.entities;
  const entity = stream.nextInt(targets.length), atStart = rule.needs(world, entity, own, 0), verdict = rule.conclude(atStart, own);
  if (!isOfSplit(world, split, atStart) || targets[entity] === own) return undefined;
  if ((verdict === "yes" || verdict === "no") && (verdict === "yes") !== isYesWanted) return undefined;
  const facts = day > 0 ? rule.needs(world, entity, own, day) : atStart, answer = rule.conclude(facts, own);
  const slots = { e: targets[entity]!, o: own }, secrets = isSecret(rule.attribute) ? [rule.attribute] : [];
  return {
    area: domain, intent: ruleIntent(id, form), slots, needed: form === "own" ? [rule.attribute] : [], secrets,
    facts: facts.map(({ area, index }) => ({ area, index })), answer, accepted: [answer, `it is ${answer}`],
    ...(form === "own" ? { consult: consultOf(world, id, facts, slots, answer) } : {}),
  };
}

const RULE_IDS = Object.keys(RULES) as RuleId[];

function isOfSplit(world: World, split: QuerySplit, facts: readonly Fact[]): boolean {
  if (split === "facts") return isFactHeldOut(world, facts[0]!.area, facts[0]!.index);
  return !facts.some(({ area, index }) => isFactHeldOut(world, area, index));
}

/** P asks for the fact without saying why, unless the expert has to draw the conclusion. */
function consultOf(world: World, id: RuleId, facts: readonly Fact[], slots: Slots, answer: string): Consult {
  const { domain, attribute, target, isConcludedByExpert } = RULES[id], fact = facts[0]!;
  const reveals = isSecret(attribute) && (target === undefined || isConcludedByExpert === true) ? [attribute] : [];
  if (isConcludedByExpert === true) {
    return { domain, question: fillPattern(firstPattern(world, ruleIntent(id, "open")), slots), note: `${slots["e"]!} with ${slots["o"]!}: ${answer}.`, reveals };
  }
  return { domain, question: fillPattern(firstPattern(world, factIntent(domain, fact.relation)), { e: fact.entity }), note: stateFact(fact), reveals };
}

function firstPattern(world: World, intent: string): string { return world.phrasings.get(intent)!.train[0]!; }

/** A fact as an expert states it. */
export function stateFact({ relation, entity, value }: Fact): string {
  return fillPattern(STATEMENT_PATTERNS[0]!, { l: relation, e: entity, v: value });
}

function talk({ stream }: Draw): Asked {
  const [topic, { replies }] = pick(stream, Object.entries(SMALL_TALK));
  return { intent: talkIntent(topic), slots: {}, needed: [], secrets: [], facts: [], answer: replies[0]!, accepted: replies };
}

/** @param isQuestion Small talk stands without pleasantries. */
function phrase({ world, stream, split }: Draw, intent: string, slots: Slots, isQuestion: boolean): Pick<Query, "pattern" | "core" | "question"> {
  const { train, heldOut } = world.phrasings.get(intent)!, isNew = split === "phrasings" || split === "test";
  const pattern = pick(stream, isNew ? heldOut : train), core = fillPattern(pattern, slots);
  return { pattern, core, question: isQuestion ? pick(stream, OPENERS) + core + pick(stream, CLOSERS) : core };
}
