/**
 * Facts and how they change. A fact's value is a function of (fact, day): changes come as a Poisson process whose rate is
 * -ln(1 - driftPerDay) a day on average over the area, the rate at which the simulator lets experts' knowledge grow stale.
 * Relations differ in rate by their volatility. A fact walks through all its values before it meets one again, so knowledge
 * from before a change is wrong after it.
 */
import { exp, ln } from "../../core/elementary.js";
import { invariant } from "../../core/errors.js";
import { AREA_NAMES, placeOfFact } from "./knowledge-area.js";
import type { AreaName, FactPlace, KnowledgeArea, Relation } from "./knowledge-area.js";
import { openStream, splitPosition, WorldPurpose } from "../world-streams.js";
import type { World } from "../world.js";

/** A fact as it stands on a day. */
export interface Fact {
  readonly area: AreaName;
  /** Number in its area. */
  readonly index: number;
  /** Kind of the entity: bank, app, drug, course, ... */
  readonly kind: string;
  readonly entity: string;
  /** Label of the relation. */
  readonly relation: string;
  readonly value: string;
  /** Changes since day 0. */
  readonly changes: number;
  /** Day of the last change; 0 before the first. */
  readonly sinceDay: number;
}

const FACTS_PER_AREA = 2 ** 24;
const AXIS_OF_FACTS = 1;

/**
 * A fact of an area as of a day.
 *
 * @param index Below the area's factCount.
 * @param atDay 0 or more; fractions of days count.
 * @throws {BugError} for a fact or a day that does not exist.
 */
export function domainFact(world: World, areaName: AreaName, index: number, atDay: number = 0): Fact {
  const area = world.areas[areaName];
  invariant(Number.isInteger(index) && index >= 0 && index < area.factCount, `ask for one of the ${area.factCount} facts of ${areaName}`, index);
  invariant(atDay >= 0 && atDay < Infinity, "ask for facts on day 0 or later", atDay);
  const place = placeOfFact(area, index), values = valuesAt(place);
  const stream = openStream(world.seed, WorldPurpose.fact, entityOf(areaName, index), 0);
  const first = stream.nextInt(values.length), stride = strideOf(stream.nextInt(values.length), values.length);
  const rate = changeRate(area, place.relation);
  let changes = 0, sinceDay = 0;
  if (rate > 0) for (let day = stream.nextExponential() / rate; day <= atDay; day += stream.nextExponential() / rate) { changes++; sinceDay = day; }
  return {
    area: areaName, index, kind: place.kind.name, entity: place.kind.entities[place.entity]!, relation: place.relation.label,
    value: values[(first + changes * stride) % values.length]!, changes, sinceDay,
  };
}

/** Changes a day of a relation's facts. */
export function changeRate(area: KnowledgeArea, relation: Relation): number {
  return -ln(1 - area.driftPerDay) * relation.volatility / area.meanVolatility;
}

/** Expected share of an area's facts that changed in some time: 1 - e^(-rate * days), averaged over facts. @param days 0 or more. */
export function changedShare(area: KnowledgeArea, days: number): number {
  let changed = 0;
  for (const { entities, relations } of area.kinds) {
    for (const relation of relations) changed += entities.length * (1 - exp(-changeRate(area, relation) * days));
  }
  return changed / area.factCount;
}

/** Whether training texts never state or use a fact. Structure that every rule rests on (salary bands, classes) is never held out. */
export function isFactHeldOut(world: World, areaName: AreaName, index: number): boolean {
  const area = world.areas[areaName];
  if (index >= (area.offsets[1] ?? area.factCount)) return false;
  return splitPosition(world.seed, AXIS_OF_FACTS, entityOf(areaName, index)) < world.config.heldOut.facts;
}

/** Values that a fact can take: those of its relation, without the entity itself. */
function valuesAt({ kind, entity, relation }: FactPlace): readonly string[] {
  const own = kind.entities[entity]!;
  return relation.values.includes(own) ? relation.values.filter((value) => value !== own) : relation.values;
}

/** A step from 1 that has no factor with `length` in common, so that the walk meets every value. */
function strideOf(draw: number, length: number): number {
  let stride = 1 + draw;
  while (commonFactor(stride, length) > 1) stride++;
  return stride;
}

function commonFactor(a: number, b: number): number { return b === 0 ? a : commonFactor(b, a % b); }

function entityOf(area: AreaName, index: number): number { return AREA_NAMES.indexOf(area) * FACTS_PER_AREA + index; }
