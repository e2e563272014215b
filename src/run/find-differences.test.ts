import { describe, expect, it } from "vitest";
import { findDifferences } from "./find-differences.js";

describe("comparing findings with the expected ones", () => {
  it("accepts equal trees and numbers within a billionth of their size", () => {
    expect(findDifferences({ a: [1, "x", null], b: { c: true } }, { a: [1, "x", null], b: { c: true } })).toEqual([]);
    expect(findDifferences(1e6, 1e6 + 1e-4)).toEqual([]);
    expect(findDifferences(0, 0)).toEqual([]);
  });

  it("names each place that differs, with both values", () => {
    expect(findDifferences({ a: [1, 2], b: "x" }, { a: [1, 2.1], b: "y" })).toEqual(["$.a[1] must be 2; got 2.1", '$.b must be "x"; got "y"']);
    expect(findDifferences(1e6, 1e6 + 0.01)).toHaveLength(1);
    expect(findDifferences(0, 1e-300)).toHaveLength(1);
  });

  it("finds missing and additional keys and other kinds of value", () => {
    expect(findDifferences({ a: 1 }, { b: 1 })).toEqual(["$.a must be 1; got nothing", "$.b must be absent; got 1"]);
    expect(findDifferences([1], { 0: 1 })).toHaveLength(1);
    expect(findDifferences([1], [1, 2])).toEqual(["$[1] must be absent; got 2"]);
    expect(findDifferences(null, {})).toEqual(["$ must be null; got {}"]);
    expect(findDifferences(1, null)).toEqual(["$ must be 1; got null"]);
  });
});
