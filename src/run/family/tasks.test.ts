import { describe, expect, test } from "vitest";
import { sampleWorld } from "../../world/sample-world.test-data.js";
import type { Query } from "../../world/queries/query.js";
import { renderRequest } from "../../world/text/render-prompt.js";
import { leastRequest, type Task, tasksOf, type Verdict } from "./tasks.js";

const world = sampleWorld();

function taskOf(name: string): Task { return tasksOf("personal").find((task) => task.name === name)!; }

function queriesOf(name: string, count = 60): Query[] { return Array.from({ length: count }, (_, index) => taskOf(name).ask(world, "test", index)); }

function judge(name: string, query: Query, text: string, confidence = 0.8): Verdict { return taskOf(name).judge(query, { text: ` ${text}`, confidence }); }

describe("a request to an expert", () => {
  test("is right when it names the area and asks for the least, be it in other case", () => {
    const queries = queriesOf("consult");
    expect(new Set(queries.map(({ kind }) => kind))).toEqual(new Set(["domain", "general", "mixed"]));
    for (const query of queries) {
      const { area, question } = leastRequest(query);
      expect(judge("consult", query, renderRequest(area, question.toUpperCase()))).toMatchObject({ isRight: true, parts: { asks: true, area: true, least: true } });
      expect(judge("consult", query, renderRequest("sports", question))).toMatchObject({ isRight: false, parts: { asks: true, area: false, least: true } });
      expect(judge("consult", query, renderRequest(area, `${question} my salary is 5000.`))).toMatchObject({ isRight: false, parts: { asks: true, area: true, least: false } });
      expect(judge("consult", query, query.answer)).toMatchObject({ isRight: false, parts: { asks: false, area: false, least: false } });
    }
  });

  test("of a mixed question must not be the question itself when that says too much", () => {
    const mixed = queriesOf("consult").filter(({ kind }) => kind === "mixed");
    for (const query of mixed) expect(judge("consult", query, renderRequest(query.area!, query.core)).isRight).toBe(false);
  });
});

describe("routing", () => {
  const queries = queriesOf("routing"), isKnown = (_: Query, index: number): boolean => index % 3 === 0;

  test("is right for an own right answer where the context has it, and for none where it has not", () => {
    for (const query of queries.filter(isKnown)) {
      expect(judge("routing", query, query.answer)).toMatchObject({ isRight: true, confidence: 0.8, isBorneOut: true });
      expect(judge("routing", query, "i do not know")).toMatchObject({ isRight: false, confidence: 0, isBorneOut: false });
      expect(judge("routing", query, "nonsense")).toMatchObject({ isRight: false, confidence: 0.8, isBorneOut: false });
    }
    for (const query of queries.filter((each, index) => !isKnown(each, index))) {
      expect(judge("routing", query, "ask medicine: what is it?")).toMatchObject({ isRight: true, confidence: 0, isBorneOut: false });
      expect(judge("routing", query, "nonsense")).toMatchObject({ isRight: false, confidence: 0.8, isBorneOut: false });
    }
  });

  test("asks for what a person has told, what is hidden, and what an expert knows, a third each", () => {
    const personal = queries.filter(({ kind }) => kind === "personal"), shown = personal.filter(({ needed, context }) => needed.every((id) => context.some(({ attribute }) => attribute === id)));
    expect([queries.length, personal.length, shown.length]).toEqual([60, 40, 20]);
  });
});
