import { expect, it } from "vitest";
import { matchLengths } from "./match-lengths.js";

it("takes the answer of equal sizes, else the one that differs least; a missing chunk counts its size and one", () => {
  const known = [[4, 3, 5], [4, 3], [9, 9, 9]];
  expect([...matchLengths(known, [[4, 3], [4, 4, 5], [9, 9], [4, 3, 5]])]).toEqual([1, 0, 2, 0]);
});

it("takes the most common among those that fit alike", () => {
  expect([...matchLengths([[7], [8, 8], [8, 8]], [[8, 8]])]).toEqual([1]);
  expect([...matchLengths([[1, 2], [2, 1], [2, 1]], [[1, 1]])]).toEqual([1]);
});
