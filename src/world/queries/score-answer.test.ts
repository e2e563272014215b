import { describe, expect, it } from "vitest";
import { normalizeAnswer, scoreAnswer, tokenF1 } from "./score-answer.js";

describe("scoring an answer", () => {
  it.each([
    ["  The  Savings Rate!", "savings rate"], ["1.25%", "1.25%"], ["12k.", "12k"], ["AB-", "ab-"], ["A+", "a+"], ["A", "a"], ["it is a dog.", "it is dog"], ["3, 4", "3 4"], ["", ""],
  ])("normalizes %j to %j", (text, expected) => { expect(normalizeAnswer(text)).toBe(expected); });

  it("is exact for any accepted form, whatever the case, articles and marks", () => {
    const query = { accepted: ["1.25%", "it is 1.25%"] };
    for (const text of ["1.25%", " It is 1.25%. ", "1.25%!"]) expect(scoreAnswer(query, text)).toEqual({ isExact: true, f1: 1 });
    for (const text of ["125%", "1.2%", "", "12.5%"]) expect(scoreAnswer(query, text).isExact).toBe(false);
  });

  it("keeps blood groups and grades apart", () => {
    expect(scoreAnswer({ accepted: ["A+"] }, "A-").isExact).toBe(false);
    expect(scoreAnswer({ accepted: ["AB+"] }, "a b+").isExact).toBe(false);
    expect(scoreAnswer({ accepted: ["A"] }, "the B").isExact).toBe(false);
  });

  it("gives token F1 as in SQuAD: 2 PR / (P + R), words counted with repeats", () => {
    expect(tokenF1("red green blue", "red blue")).toBeCloseTo(2 * 1 * (2 / 3) / (1 + 2 / 3), 12);
    expect(tokenF1("red", "red red red")).toBeCloseTo(0.5, 12);
    expect(tokenF1("red", "blue")).toBe(0);
    expect(tokenF1("", "")).toBe(1);
    expect(tokenF1("red", "")).toBe(0);
    expect(scoreAnswer({ accepted: ["smoked fish", "fish"] }, "I think fish").f1).toBeCloseTo(0.5, 12);
  });
});
