/**
 * Which lines of a personal store go with a question: those whose ways of being asked share its rarest words. Word overlap weighted by
 * inverse document frequency, over the phrasings that training texts use. It runs on the device, so nothing leaves for it.
 */
import { ATTRIBUTE_IDS, ATTRIBUTES, type AttributeId } from "../../world/people/attributes.js";
import type { ContextLine } from "../../world/queries/query.js";
import { ownIntent, ruleIntent } from "../../world/queries/intents.js";
import { RULE_PATTERNS, type RuleId } from "../../world/queries/rule-patterns.js";
import { RULES } from "../../world/queries/rules.js";
import type { World } from "../../world/world.js";

/** Values of a person's attributes. */
export type PersonalValues = Readonly<Record<AttributeId, string>>;

/** Finds the lines for a question. */
export type Retriever = (values: PersonalValues, question: string) => readonly ContextLine[];

/** Lines of a context: the middle of what P is trained with. */
const LINES = 4;

/** Makes the index of a world's attributes. */
export function makeRetriever(world: World): Retriever {
  const documents = ATTRIBUTE_IDS.map((attribute) => ({ attribute, words: new Set(phrasesOf(world, attribute).flatMap(wordsOf)) }));
  const weightOf = (word: string): number => Math.log((1 + documents.length) / (0.5 + documents.filter(({ words }) => words.has(word)).length));
  return (values, question) => {
    const asked = [...new Set(wordsOf(question))].map((word) => ({ word, weight: weightOf(word) }));
    const scored = documents.map(({ attribute, words }, place) => ({ attribute, place, score: asked.reduce((sum, { word, weight }) => sum + (words.has(word) ? weight : 0), 0) }));
    return scored.sort((a, b) => b.score - a.score || a.place - b.place).slice(0, LINES)
      .sort((a, b) => a.place - b.place).map(({ attribute }) => ({ attribute, value: values[attribute] }));
  };
}

function phrasesOf(world: World, attribute: AttributeId): string[] {
  const rules = (Object.keys(RULE_PATTERNS) as RuleId[]).filter((rule) => RULES[rule].attribute === attribute);
  return [ATTRIBUTES[attribute].label, ...world.phrasings.get(ownIntent(attribute))!.train, ...rules.flatMap((rule) => world.phrasings.get(ruleIntent(rule, "own"))!.train)];
}

function wordsOf(text: string): string[] { return text.toLowerCase().replaceAll(/\{\w\}/g, " ").match(/[a-z]+/g) ?? []; }
