/** Every intent of the world with its patterns: own attributes, facts, rules, small talk. */
import { AREA_NAMES } from "../knowledge/knowledge-area.js";
import type { AreaName, KnowledgeArea } from "../knowledge/knowledge-area.js";
import { attributeOf, ATTRIBUTE_IDS } from "../people/attributes.js";
import type { AttributeId } from "../people/attributes.js";
import type { Intent } from "./phrasings.js";
import { RULE_PATTERNS } from "./rule-patterns.js";
import type { RuleId, RulePatterns } from "./rule-patterns.js";
import { SMALL_TALK } from "./small-talk.js";

/** Ways to ask for any relation; each relation adds its own. */
const FACT_PATTERNS: readonly string[] = ["what is the {l} of {e}?", "give me the {l} of {e}.", "do you know the {l} of {e}?", "which {l} does {e} have?", "{e}: {l}?"];
/** Ways to ask for any attribute; each attribute adds its own. */
const ATTRIBUTE_PATTERNS: readonly string[] = ["what is my {l}?", "remind me of my {l}.", "do you know my {l}?", "what did i say my {l} is?", "look up my {l}.", "{l} of mine?"];
/** Ways to state any fact. Never held out. The first is what an expert answers with. */
export const STATEMENT_PATTERNS: readonly string[] = ["the {l} of {e} is {v}.", "{e} has the {l} {v}.", "{l} of {e}: {v}.", "for {e} the {l} is {v}."];

/** Name of the intent to ask for a relation. */
export function factIntent(area: AreaName, label: string): string { return `fact ${area} ${label}`; }
/** Name of the intent to ask for an attribute of one's own. */
export function ownIntent(attribute: AttributeId): string { return `own ${attribute}`; }
/** Name of the intent to ask for what follows from a rule. */
export function ruleIntent(rule: RuleId, form: keyof RulePatterns): string { return `rule ${rule} ${form}`; }
/** Name of the intent to talk of a topic. */
export function talkIntent(topic: string): string { return `talk ${topic}`; }

/** All intents. Their labels are written into the patterns; {e}, {o} stay. */
export function listIntents(areas: Readonly<Record<AreaName, KnowledgeArea>>): readonly Intent[] {
  return [
    ...ATTRIBUTE_IDS.map((id): Intent => {
      const { label, questions } = attributeOf(id);
      return { id: ownIntent(id), patterns: withLabel([...ATTRIBUTE_PATTERNS, ...questions], label) };
    }),
    ...AREA_NAMES.flatMap((area) => areas[area].kinds.flatMap(({ relations }) => relations.map(({ label, questions }): Intent => (
      { id: factIntent(area, label), patterns: withLabel([...FACT_PATTERNS, ...questions], label) })))),
    ...(Object.entries(RULE_PATTERNS) as [RuleId, RulePatterns][]).flatMap(([rule, { own, open }]): Intent[] => [
      { id: ruleIntent(rule, "own"), patterns: own },
      ...(open.length > 0 ? [{ id: ruleIntent(rule, "open"), patterns: open }] : []),
    ]),
    ...Object.entries(SMALL_TALK).map(([topic, { patterns }]): Intent => ({ id: talkIntent(topic), patterns })),
  ];
}

function withLabel(patterns: readonly string[], label: string): string[] { return patterns.map((pattern) => pattern.replaceAll("{l}", label)); }
