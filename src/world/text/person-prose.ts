/** Plain sentences about people of training: what anybody may know of them, never a secret. */
import { ATTRIBUTE_IDS, isSecret } from "../people/attributes.js";
import type { AttributeId } from "../people/attributes.js";
import { isPersonHeldOut, NONE, samplePerson } from "../people/person.js";
import { fillPattern } from "../queries/phrasings.js";
import { untilFound } from "../until-found.js";
import { pick } from "../world-streams.js";
import { runningText } from "./query-text.js";
import type { TextDraw, TrainingText } from "./text-role.js";

/** Sentences on open attributes; {n} is the name, {v} the value. */
const SENTENCES: Partial<Readonly<Record<AttributeId, readonly string[]>>> = {
  city: ["{n} lives in {v}.", "{v} is home to {n}."],
  job: ["{n} is a {v} by trade.", "{n} works as a {v}."],
  degree: ["the degree of {n}: {v}.", "{n} left school with {v}."],
  phone: ["{n} carries a {v}.", "the phone of {n} is a {v}."],
  system: ["the phone of {n} runs system {v}.", "{n} is on system {v}."],
  hobby: ["{n} is fond of {v}.", "{v} is what {n} does for fun."],
  food: ["{n} likes {v}.", "{n} could eat {v} every day."],
  pet: ["{n} has a {v}.", "a {v} lives with {n}."],
  drink: ["{n} drinks {v}.", "in the cup of {n} is {v}."],
};
const OPEN_ATTRIBUTES = ATTRIBUTE_IDS.filter((id) => !isSecret(id));

/** Two or three sentences on one person. */
export function personProse({ world, stream }: TextDraw): TrainingText {
  return untilFound(world, "people for training", () => {
    const index = stream.nextInt(world.config.people);
    if (isPersonHeldOut(world, index)) return undefined;
    const { values } = samplePerson(world, index), start = stream.nextInt(OPEN_ATTRIBUTES.length), wanted = 2 + stream.nextInt(2);
    const attributes = OPEN_ATTRIBUTES.map((_, i) => OPEN_ATTRIBUTES[(start + i * 2) % OPEN_ATTRIBUTES.length]!).filter((id) => values[id] !== NONE).slice(0, wanted);
    const sentences = attributes.map((id) => fillPattern(pick(stream, SENTENCES[id]!), { n: values.name, v: values[id] }));
    return runningText("prose", sentences, { people: [index], facts: [] });
  });
}
