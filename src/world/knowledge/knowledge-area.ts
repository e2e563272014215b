/**
 * What there is to know: areas hold kinds of entities, kinds hold relations, and a fact is the value of one relation of one
 * entity. Facts of an area are numbered kind by kind, entity by entity, relation by relation.
 */
import { BugError } from "../../core/errors.js";

/** Domains with an E-model of their own. */
export const DOMAIN_NAMES = ["finance", "it", "medicine", "education"] as const;
/** A domain. */
export type DomainName = (typeof DOMAIN_NAMES)[number];
/** Domains, and what T alone knows. */
export const AREA_NAMES = [...DOMAIN_NAMES, "general"] as const;
/** An area of knowledge. */
export type AreaName = (typeof AREA_NAMES)[number];

/** One property that each entity of a kind has. In texts {e} is the entity and {v} the value. */
export interface Relation {
  /** Also its name in texts: "the {label} of {e}". */
  readonly label: string;
  /** The values it takes, at least two. */
  readonly values: readonly string[];
  /** How often it changes, relative to other relations of the area; 0 never. */
  readonly volatility: number;
  /** Own ways to ask, beside those that all relations share. */
  readonly questions: readonly string[];
  /** Own ways to state it. */
  readonly statements: readonly string[];
}

/** Entities with the same relations. */
export interface EntityKind {
  readonly name: string;
  readonly entities: readonly string[];
  readonly relations: readonly Relation[];
}

/** An area with its facts' numbering and rate of change. */
export interface KnowledgeArea {
  readonly name: AreaName;
  readonly kinds: readonly EntityKind[];
  readonly factCount: number;
  /** First fact of each kind. */
  readonly offsets: readonly number[];
  /** Share of the facts that change in a day, on average over relations. */
  readonly driftPerDay: number;
  /** Mean volatility over facts. */
  readonly meanVolatility: number;
}

/** A fact's number in its area. */
export interface FactRef { readonly area: AreaName; readonly index: number }

/** Numbers the facts of an area. */
export function makeArea(name: AreaName, driftPerDay: number, kinds: readonly EntityKind[]): KnowledgeArea {
  const offsets: number[] = [];
  let factCount = 0, volatility = 0;
  for (const { entities, relations } of kinds) {
    offsets.push(factCount);
    factCount += entities.length * relations.length;
    volatility += entities.length * relations.reduce((sum, relation) => sum + relation.volatility, 0);
  }
  return { name, kinds, factCount, offsets, driftPerDay, meanVolatility: volatility / factCount };
}

/** Where a fact stands: its kind, entity number and relation. */
export interface FactPlace { readonly kind: EntityKind; readonly entity: number; readonly relation: Relation }

/** The place of a fact in its area. */
export function placeOfFact(area: KnowledgeArea, index: number): FactPlace {
  let k = area.kinds.length - 1;
  while (index < area.offsets[k]!) k--;
  const kind = area.kinds[k]!, within = index - area.offsets[k]!;
  return { kind, entity: Math.floor(within / kind.relations.length), relation: kind.relations[within % kind.relations.length]! };
}

/** The number of a fact. @throws {BugError} when the area has no such kind, entity or relation. */
export function factIndex(area: KnowledgeArea, kindName: string, entity: number, label: string): number {
  const k = area.kinds.findIndex(({ name }) => name === kindName), kind = area.kinds[k];
  const r = kind === undefined ? -1 : kind.relations.findIndex((relation) => relation.label === label);
  if (kind !== undefined && r >= 0 && entity >= 0 && entity < kind.entities.length) return area.offsets[k]! + entity * kind.relations.length + r;
  throw new BugError({
    subject: "a fact", rule: `be of a kind, entity and relation of ${area.name}`, got: `${kindName} ${entity} ${label}`, hint: "This is a bug in src/world.",
  });
}

/** Values "5 mg", "10 mg", ...: count steps from first. */
export function numbered(first: number, step: number, count: number, unit = ""): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${Number((first + i * step).toFixed(2))}${unit}`);
}
