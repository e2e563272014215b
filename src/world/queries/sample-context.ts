/** The personal facts that a retrieval hands to P: what the question needs, and others that it does not. */
import type { RandomStream } from "../../core/random-stream.js";
import { ATTRIBUTE_IDS } from "../people/attributes.js";
import type { AttributeId } from "../people/attributes.js";
import type { Person } from "../people/person.js";
import type { ContextLine } from "./query.js";

/** How many lines a context has. */
export interface ContextSize { readonly fewest: number; readonly most: number }

/** Needed attributes and distractors in random order. At least the needed ones. */
export function sampleContext(stream: RandomStream, size: ContextSize, person: Person, needed: readonly AttributeId[]): readonly ContextLine[] {
  const count = size.fewest + stream.nextInt(size.most - size.fewest + 1);
  return sampleAttributes(stream, count, needed).map((attribute) => ({ attribute, value: person.values[attribute] }));
}

/** Different attributes in random order, the needed ones among them. */
export function sampleAttributes(stream: RandomStream, count: number, needed: readonly AttributeId[]): readonly AttributeId[] {
  const chosen = [...needed];
  while (chosen.length < Math.min(count, ATTRIBUTE_IDS.length)) {
    const attribute = ATTRIBUTE_IDS[stream.nextInt(ATTRIBUTE_IDS.length)]!;
    if (!chosen.includes(attribute)) chosen.push(attribute);
  }
  for (let last = chosen.length - 1; last > 0; last--) {
    const other = stream.nextInt(last + 1);
    [chosen[last], chosen[other]] = [chosen[other]!, chosen[last]!];
  }
  return chosen;
}
