/**
 * What one person tells their own P: notes that state an attribute, and questions on it. For learning on the device, and for
 * measuring what a model trained on them gives away. Held-out people have notes as well: whoever trains on them means to.
 */
import { attributeOf, ATTRIBUTE_IDS } from "../people/attributes.js";
import { NONE, samplePerson } from "../people/person.js";
import { ownIntent } from "../queries/intents.js";
import { fillPattern } from "../queries/phrasings.js";
import { openStream, pick, WorldPurpose } from "../world-streams.js";
import type { World } from "../world.js";
import { runningText } from "./query-text.js";
import { renderCompletion, renderPrompt } from "./render-prompt.js";
import type { TrainingText } from "./text-role.js";

const NOTES: readonly string[] = ["my {l} is {v}.", "note: {l} = {v}.", "please remember, my {l} is {v}.", "by the way, {v} is my {l}.", "{l}: {v}, keep that in mind."];

/** A note of a person, or a question that the notes answer, half of the time each. @param index From 0 to 2^32 - 1. */
export function personNote(world: World, person: number, index: number): TrainingText {
  const stream = openStream(world.seed, WorldPurpose.note, person, index), { values } = samplePerson(world, person);
  const attribute = pick(stream, ATTRIBUTE_IDS.filter((id) => values[id] !== NONE)), value = values[attribute];
  if (stream.nextUniform() < 0.5) {
    return runningText("note", [fillPattern(pick(stream, NOTES), { l: attributeOf(attribute).label, v: value })], { people: [person], facts: [] });
  }
  const question = pick(stream, world.phrasings.get(ownIntent(attribute))!.train);
  return { practice: "recall", prompt: renderPrompt({ question }), completion: renderCompletion(value), people: [person], facts: [] };
}
