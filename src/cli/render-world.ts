/** The synthetic world as text for people. */
import { isFactHeldOut } from "../world/knowledge/domain-fact.js";
import type { Fact } from "../world/knowledge/domain-fact.js";
import { AREA_NAMES } from "../world/knowledge/knowledge-area.js";
import { ATTRIBUTE_IDS, attributeOf } from "../world/people/attributes.js";
import { isPersonHeldOut } from "../world/people/person.js";
import type { Person } from "../world/people/person.js";
import { copyChance } from "../world/queries/query.js";
import type { Query } from "../world/queries/query.js";
import { renderContext } from "../world/text/render-prompt.js";
import type { TrainingText } from "../world/text/text-role.js";
import type { World } from "../world/world.js";

/** Areas with their kinds, facts and drift; people; ways to ask. */
export function renderWorld(world: World): string {
  const { config } = world, patterns = [...world.phrasings.values()];
  const held = patterns.reduce((sum, { heldOut }) => sum + heldOut.length, 0), trained = patterns.reduce((sum, { train }) => sum + train.length, 0);
  return [
    `World ${world.seed}: ${config.people} people, ${ATTRIBUTE_IDS.length} attributes each; ${world.phrasings.size} intents in ${trained} ways to ask, ${held} more held out`, "",
    `${"area".padEnd(12)}${"facts".padStart(7)}${"held out".padStart(10)}${"change/day".padStart(12)}  kinds`,
    ...AREA_NAMES.map((name) => {
      const area = world.areas[name], heldFacts = Array.from({ length: area.factCount }, (_, i) => i).filter((i) => isFactHeldOut(world, name, i)).length;
      return `${name.padEnd(12)}${String(area.factCount).padStart(7)}${String(heldFacts).padStart(10)}${`${(100 * area.driftPerDay).toFixed(1)} %`.padStart(12)}  `
        + area.kinds.map((kind) => `${kind.entities.length} ${kind.name}: ${kind.relations.map(({ label }) => label).join(", ")}`).join("; ");
    }), "",
  ].join("\n");
}

/** All attributes of a person with their sensitivity. */
export function renderPerson(world: World, { index, values }: Person): string {
  return [
    `Person ${index}, ${isPersonHeldOut(world, index) ? "held out: in no training text" : "may appear in training texts"}`, "",
    ...ATTRIBUTE_IDS.map((id) => {
      const { label, sensitivity, domain } = attributeOf(id);
      return `${label.padEnd(18)}${values[id].padEnd(26)}${sensitivity.padEnd(14)}${domain ?? ""}`.trimEnd();
    }), "",
  ].join("\n");
}

/** One fact per line, as of its day. */
export function renderFacts(world: World, facts: readonly Fact[]): string {
  const lines = facts.map((fact) => `${`${fact.area}:${fact.index}`.padEnd(16)}${fact.entity.padEnd(18)}${fact.relation.padEnd(16)}${fact.value.padEnd(16)}`
    + `${fact.changes === 0 ? "as on day 0" : `change ${fact.changes}, on day ${fact.sinceDay.toFixed(1)}`}${isFactHeldOut(world, fact.area, fact.index) ? "  (held out)" : ""}`);
  return `${lines.join("\n")}\n`;
}

/** Question, context, answer and what it touches, per query. */
export function renderQueries(queries: readonly Query[]): string {
  return `${queries.map(renderQuery).join("\n\n")}\n`;
}

function renderQuery(query: Query): string {
  const { kind, area, person, question, context, secrets, facts, consult, answer } = query, chance = copyChance(query);
  const lines: readonly (readonly [string, string])[] = [
    ["context", renderContext(context)], ["answer", answer + (chance > 0 ? ` (${(100 * chance).toFixed(0)} % by picking a value of the context)` : "")],
    ["secrets", secrets.join(", ")], ["facts", facts.map((fact) => `${fact.area}:${fact.index}`).join(", ")],
    ["consult", consult === undefined ? "" : `ask ${consult.domain}: ${consult.question}${consult.reveals.length > 0 ? ` (gives away ${consult.reveals.join(", ")})` : ""}`],
    ["note", consult?.note ?? ""],
  ];
  return [`${query.index} ${kind}${area === undefined ? "" : ` ${area}`}, person ${person}: ${question}`,
    ...lines.filter(([, text]) => text !== "").map(([name, text]) => `  ${name.padEnd(9)}${text}`)].join("\n");
}

/** Texts as a model reads them, apart by what they practise. */
export function renderTexts(texts: readonly TrainingText[]): string {
  return texts.map(({ practice, prompt, completion }) => `--- ${practice}\n${prompt}${completion}`).join("");
}
