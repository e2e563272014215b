import { describe, expect, test } from "vitest";
import { DataError } from "../../core/errors.js";
import { Rational } from "../rational.js";
import { findDisagreements, formatResult } from "./compare-case.js";
import { CaseInputs, parseReferenceCases } from "./reference-case.js";
import { solveCase } from "./solve-case.js";

const half = new Rational(1n, 2n);

describe("comparison with expected values", () => {
  test("is exact at tolerance 0, fractions against text and decimals", () => {
    expect(findDisagreements({ a: half, b: 0.1, c: true }, { a: "1/2", b: "1/10", c: true }, 0)).toEqual([]);
    expect(findDisagreements({ a: half }, { a: 0.5 }, 0)).toEqual([]);
    expect(findDisagreements({ a: 0.1 + 0.2 }, { a: 0.3 }, 0)).toEqual(["a"]);
    expect(findDisagreements({ a: new Rational(1n, 3n) }, { a: "333333/1000000" }, 0)).toEqual(["a"]);
  });

  test("allows |got - expected| <= tolerance max(1, |expected|) otherwise", () => {
    expect(findDisagreements({ a: 100.9 }, { a: 100 }, 0.01)).toEqual([]);
    expect(findDisagreements({ a: 101.1 }, { a: 100 }, 0.01)).toEqual(["a"]);
    expect(findDisagreements({ a: 0.009 }, { a: 0 }, 0.01)).toEqual([]);
    expect(findDisagreements({ a: 0.011 }, { a: 0 }, 0.01)).toEqual(["a"]);
  });

  test("never lets NaN, a missing field or another type pass", () => {
    expect(findDisagreements({ a: NaN, b: 1, c: "1", d: [1] }, { a: NaN, b: true, e: 0, d: 1 }, 0.5)).toEqual(["a", "b", "e", "d"]);
    expect(findDisagreements({ a: undefined }, { a: 0 }, 1)).toEqual(["a"]);
    expect(findDisagreements({ a: Infinity }, { a: 1 }, 0.1)).toEqual(["a"]);
  });

  test("takes lists in order and of equal length, objects by the expected keys", () => {
    expect(findDisagreements({ a: [1, [half]] }, { a: [1, ["1/2"]] }, 0)).toEqual([]);
    expect(findDisagreements({ a: [2, 1] }, { a: [1, 2] }, 0)).toEqual(["a"]);
    expect(findDisagreements({ a: [1, 2, 3] }, { a: [1, 2] }, 0)).toEqual(["a"]);
    expect(findDisagreements({ a: { x: 1, y: 2 } }, { a: { x: 1 } }, 0)).toEqual([]);
  });

  test("takes equilibria as a set and contains as a subset of it", () => {
    const got = { equilibria: [[half, half], [Rational.one, Rational.zero]] };
    expect(findDisagreements(got, { equilibria: [["1", "0"], ["1/2", "1/2"]] }, 0)).toEqual([]);
    expect(findDisagreements(got, { equilibria: [["1", "0"]] }, 0)).toEqual(["equilibria"]);
    expect(findDisagreements(got, { contains: [["1", "0"]] }, 0)).toEqual([]);
    expect(findDisagreements(got, { contains: [["0", "1"]] }, 0)).toEqual(["contains"]);
  });

  test("prints fractions and infinities as text", () => {
    expect(formatResult({ a: half, b: [Infinity, 1], c: undefined })).toBe("{\"a\":\"1/2\",\"b\":[\"Infinity\",1]}");
  });
});

describe("reference cases", () => {
  const header = "id,kind,inputs,expected,tolerance,source\n";

  test("report what they cannot compute instead of ending the check", () => {
    const [missing, unknown, wrong] = parseReferenceCases(`${header}a,sybil_split,{},{},0,\nb,no_such_kind,{},{},0,\nc,token_cost,"{""tokens_in"":1,""usd_per_m_in"":2}","{""usd"":3}",0,\n`, "t.csv");
    expect(solveCase(missing!)).toMatchObject({ status: "error", message: expect.stringMatching(/^input game of a \(t\.csv\) must be text/) as string });
    expect(solveCase(unknown!)).toEqual({ id: "b", status: "not implemented", kind: "no_such_kind" });
    expect(solveCase(wrong!)).toMatchObject({ status: "fail", differing: ["usd"], got: "{\"usd\":\"1/500000\"}" });
  });

  test("do not compute kinds named like properties of objects", () => {
    const [odd] = parseReferenceCases(`${header}a,constructor,{},{},0,\n`, "t.csv");
    expect(solveCase(odd!).status).toBe("not implemented");
  });

  test("refuse files of another form", () => {
    for (const text of ["", header, "id,kind\na,b\n", `${header}a,b,{,{},0,\n`, `${header}a,b,[],{},0,\n`, `${header}a,b,{},{},x,\n`, `${header}a,b,{},{},-1,\n`, `${header}a,b,{},{},NaN,\n`, `${header}a,b,{},{},,\n`]) {
      expect(() => parseReferenceCases(text, "t.csv"), text).toThrow(DataError);
    }
  });

  test("read inputs by type", () => {
    const inputs = new CaseInputs({ a: "4/5", b: [1, "0.5"], c: "x", d: null }, "case");
    expect(inputs.number("a")).toBe(0.8);
    expect(inputs.numbers("b")).toEqual([1, 0.5]);
    expect([inputs.has("a"), inputs.has("d"), inputs.has("z")]).toEqual([true, false, false]);
    for (const read of [() => inputs.number("c"), () => inputs.number("z"), () => inputs.numbers("a"), () => inputs.text("b"), () => inputs.rational("d")]) expect(read).toThrow(DataError);
  });
});
