import { expect, test } from "vitest";
import { askBackInstead, askedBackBy } from "./ask-back.js";
import type { TierEnd } from "./ask-tiers.js";

const END: TierEnd = { timings: { admittedAtUs: 1, firstTokenAtUs: 2, lastTokenAtUs: 3 }, tokens: { expertPrompt: 9, expertAnswer: 2, generalPrompt: 0, generalAnswer: 0 } };

async function* tier(): AsyncGenerator<string, TierEnd> {
  yield* ["karane", " costs"];
  return await Promise.resolve(END);
}

test("says its question word by word and none of the tier's words, and ends as the tier does", async () => {
  const source = askBackInstead("what is your salary?", tier()), words: string[] = [];
  let step = await source.next();
  for (; step.done !== true; step = await source.next()) words.push(step.value);
  expect(words).toEqual(["what", " is", " your", " salary?"]);
  expect(step.value).toEqual(END);
});

test("every expert asks for something of its domain, and T for nothing", () => {
  expect([askedBackBy("finance"), askedBackBy("medicine"), askedBackBy("general")]).toEqual(["what is your salary?", "what is your condition?", undefined]);
});
