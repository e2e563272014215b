/** Sentences that state facts of one entity in many ways; held-out facts are left out. */
import type { RandomStream } from "../../core/random-stream.js";
import { domainFact, isFactHeldOut } from "../knowledge/domain-fact.js";
import type { Fact } from "../knowledge/domain-fact.js";
import { placeOfFact } from "../knowledge/knowledge-area.js";
import type { AreaName } from "../knowledge/knowledge-area.js";
import { STATEMENT_PATTERNS } from "../queries/intents.js";
import { fillPattern } from "../queries/phrasings.js";
import { untilFound } from "../until-found.js";
import { pick } from "../world-streams.js";
import { runningText } from "./query-text.js";
import type { TextDraw, TrainingText } from "./text-role.js";

/** A text on one entity: up to three of its facts. */
export function factText({ world, stream, day }: TextDraw, area: AreaName): TrainingText {
  return untilFound(world, `facts of ${area} for training`, () => {
    const index = stream.nextInt(world.areas[area].factCount), place = placeOfFact(world.areas[area], index);
    const relations = place.kind.relations.length, first = index - place.kind.relations.indexOf(place.relation), wanted = 1 + stream.nextInt(3);
    const start = stream.nextInt(relations), indices = Array.from({ length: relations }, (_, i) => first + (start + i) % relations);
    const facts = indices.filter((each) => !isFactHeldOut(world, area, each)).slice(0, wanted).map((each) => domainFact(world, area, each, day));
    if (facts.length === 0) return undefined;
    return runningText("facts", facts.map((fact) => sentence(world.areas[area], stream, fact)), { people: [], facts: facts.map((fact) => ({ area, index: fact.index })) });
  });
}

function sentence(area: Parameters<typeof placeOfFact>[0], stream: RandomStream, fact: Fact): string {
  const patterns = [...STATEMENT_PATTERNS, ...placeOfFact(area, fact.index).relation.statements];
  return fillPattern(pick(stream, patterns), { l: fact.relation, e: fact.entity, v: fact.value });
}
