import fc from "fast-check";
import { expect, it } from "vitest";
import { rougeL } from "./rouge-l.js";

const words = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 7 });

/** Longest common subsequence by trying every subset. */
function slowLength(a: readonly string[], b: readonly string[]): number {
  let best = 0;
  for (let subset = 0; subset < 2 ** a.length; subset++) {
    const chosen = a.filter((_, i) => (subset >> i) & 1);
    let at = 0;
    for (const word of b) if (word === chosen[at]) at++;
    if (at === chosen.length) best = Math.max(best, chosen.length);
  }
  return best;
}

it("gives the value of Lin's example: police killed the gunman / police kill the gunman", () => {
  expect(rougeL(["police", "kill", "the", "gunman"], ["police", "killed", "the", "gunman"])).toBe(0.75);
});

it("agrees with a search over all subsequences", () => {
  fc.assert(fc.property(words, words, (a, b) => {
    fc.pre(a.length + b.length > 0);
    expect(rougeL(a, b)).toBeCloseTo((2 * slowLength(a, b)) / (a.length + b.length), 12);
  }), { seed: 3 });
});

it("is 1 for equal texts and 0 for texts without a word in common", () => {
  expect([rougeL(["x"], ["x"]), rougeL([], []), rougeL(["x"], ["y"]), rougeL([], ["y"])]).toEqual([1, 1, 0, 0]);
});
