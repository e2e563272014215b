import { expect, test } from "vitest";
import { samplePerson } from "../../world/people/person.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import type { WorldQueryKind } from "../../world/queries/query.js";
import { LIVE_WORLD } from "../learned-family.fixture.js";
import { makeRetriever } from "./retrieve-context.js";

const retrieve = makeRetriever(LIVE_WORLD), QUESTIONS = 400;

/** Share of questions whose needed lines are all found. */
function recallOf(split: "train" | "test", kind: WorldQueryKind): number {
  const found = Array.from({ length: QUESTIONS }, (_, index) => {
    const { question, needed, person } = sampleQuery(LIVE_WORLD, split, kind, index), context = retrieve(samplePerson(LIVE_WORLD, person).values, question);
    expect(context).toHaveLength(4);
    return needed.every((attribute) => context.some((line) => line.attribute === attribute));
  });
  return found.filter(Boolean).length / QUESTIONS;
}

test("finds nearly always what questions in known words need, and mostly what those in new words do", () => {
  // A line in 27 is found by chance four times in 27: 0.15.
  for (const kind of ["personal", "mixed"] as const) {
    expect(recallOf("train", kind), kind).toBeGreaterThan(0.97);
    expect(recallOf("test", kind), kind).toBeGreaterThan(0.6);
  }
});

test("gives the person's own values", () => {
  const { values } = samplePerson(LIVE_WORLD, 3);
  for (const { attribute, value } of retrieve(values, "what is my pet?")) expect(value).toBe(values[attribute]);
});
