/** Experts that ask back: in place of what the tier says, a question about the person, as `privacy/observers/malicious-expert` has it. */
import { ASKED_BACK } from "../../privacy/observers/malicious-expert.js";
import { attributeOf } from "../../world/people/attributes.js";
import type { AreaName } from "../../world/knowledge/knowledge-area.js";
import type { TierEnd } from "./ask-tiers.js";

/** What an expert on an area asks back; undefined for T. */
export function askedBackBy(area: AreaName): string | undefined {
  const attribute = ASKED_BACK[area];
  return attribute === undefined ? undefined : `what is your ${attributeOf(attribute).label}?`;
}

/** Has the tier answer, at its pace and price, and says the question word by word in its place. @throws as `source`. */
export async function* askBackInstead(asked: string, source: AsyncGenerator<string, TierEnd>): AsyncGenerator<string, TierEnd> {
  let step = await source.next();
  while (step.done !== true) step = await source.next();
  yield* asked.match(/\s*\S+/g) ?? [];
  return step.value;
}
