/**
 * How much the detector finds: on marked sentences of others, and on what people of our world say, where the truth is known.
 */
import type { MarkedSentence } from "../../world/datasets/parse-presidio.js";
import { ATTRIBUTE_IDS, attributeOf, SENSITIVITIES } from "../../world/people/attributes.js";
import { NONE, samplePerson } from "../../world/people/person.js";
import type { Person } from "../../world/people/person.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import { personNote } from "../../world/text/person-note.js";
import type { World } from "../../world/world.js";
import { findSpans, type Profile } from "./find-spans.js";
import { SpanScorer, type SpanScore, type TypedSpan } from "./score-spans.js";

/** Scores of one body of texts. */
export interface DetectorScores { readonly texts: string; readonly count: number; readonly scores: readonly SpanScore[] }

/** Notes of each person that are read. */
const NOTES_PER_PERSON = 20;
/** Type of a find that covers none of the person's values. */
const NO_ATTRIBUTE = "no attribute";

/**
 * Scores on marked sentences, apart for templates of even number, which were looked at while the rules were written, and
 * of odd number, which were not.
 */
export function scoreMarked(sentences: readonly MarkedSentence[]): DetectorScores[] {
  return (["odd", "even"] as const).map((half) => {
    const scorer = new SpanScorer(), own = sentences.filter(({ template }) => (template % 2 === 0) === (half === "even"));
    for (const { text, spans } of own) scorer.add(text, spans, findSpans(text));
    return { texts: half === "odd" ? "templates of odd number, held out" : "templates of even number, looked at while the rules were written", count: own.length, scores: scorer.scores() };
  });
}

/**
 * Scores on notes of people and on questions that P sends to experts, by sensitivity of the attribute whose value stands there:
 * without a profile, and with one that holds the person's values above open.
 */
export function scoreOnWorld(world: World, people: number): DetectorScores[] {
  return [false, true].map((hasProfile) => {
    const scorer = new SpanScorer();
    let count = 0;
    for (let index = 0; index < people; index++) {
      const person = samplePerson(world, index), profile = hasProfile ? profileOf(person) : [], patterns = valuePatterns(person);
      for (const text of textsOf(world, index)) {
        const truth = markValues(text, patterns);
        scorer.add(text, truth, findSpans(text, profile).map((span) => ({ ...span, type: truth.find(({ start, end }) => start < span.end && span.start < end)?.type ?? NO_ATTRIBUTE })));
        count++;
      }
    }
    return { texts: hasProfile ? "our world's people, their own values above open as profile" : "our world's people, no profile", count, scores: scorer.scores() };
  });
}

/** A person's own values that are not for everybody. */
export function profileOf({ values }: Person): Profile {
  return ATTRIBUTE_IDS.filter((id) => attributeOf(id).sensitivity !== SENSITIVITIES[0] && values[id] !== NONE).map((id) => values[id]);
}

function textsOf(world: World, person: number): string[] {
  const notes = Array.from({ length: NOTES_PER_PERSON }, (_, index) => personNote(world, person, index)).filter(({ practice }) => practice === "note");
  const consult = sampleQuery(world, "people", "mixed", person, { person }).consult?.question;
  return [...notes.map(({ completion }) => completion), ...(consult === undefined ? [] : [consult])];
}

/** A person's values as whole words, each with its sensitivity. */
function valuePatterns({ values }: Person): readonly (readonly [type: string, pattern: RegExp])[] {
  return ATTRIBUTE_IDS.filter((id) => values[id] !== NONE).map((id) => (
    [attributeOf(id).sensitivity, new RegExp(`(?<![\\p{L}\\p{N}])${values[id].replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "gu")]));
}

function markValues(text: string, patterns: ReturnType<typeof valuePatterns>): TypedSpan[] {
  return patterns.flatMap(([type, pattern]) => [...text.matchAll(pattern)].map(({ 0: value, index }) => ({ type, start: index, end: index + value.length })));
}
