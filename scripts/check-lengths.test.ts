import { describe, expect, it } from "vitest";
import { findLengthOffences } from "./check-lengths.js";

const body = (lines: number): string => "  a();\n".repeat(lines);

/** Messages for one file. */
function check(text: string, path = "src/core/a.ts"): { failures: string[]; reviews: string[] } {
  const { failures, reviews } = findLengthOffences([{ path, text }]);
  const show = (offence: { path: string; line: number; message: string }): string => `${offence.line} ${offence.message.split(";")[0]}`;
  return { failures: failures.map(show), reviews: reviews.map(show) };
}

describe("the length rule", () => {
  it("accepts 40 lines of function, reviews 41 and 70, fails 71", () => {
    const lines = (count: number): string => `/** Doc. */\nfunction f() {\n${body(count - 2)}}`;
    expect(check(lines(40))).toEqual({ failures: [], reviews: [] });
    expect(check(lines(41))).toEqual({ failures: [], reviews: ["2 function f has 41 lines"] });
    expect(check(lines(70)).reviews).toEqual(["2 function f has 70 lines"]);
    expect(check(lines(71))).toEqual({ failures: ["2 function f has 71 lines"], reviews: [] });
  });

  it("measures methods, constructors and arrow functions by their names", () => {
    expect(check(`class C {\n m() {\n${body(69)}}\n}`).failures).toEqual(["2 function m has 71 lines"]);
    expect(check(`class C {\n constructor() {\n${body(69)}}\n}`).failures).toEqual(["2 the constructor has 71 lines"]);
    expect(check(`const g = () => {\n${body(69)}};`).failures).toEqual(["1 function g has 71 lines"]);
  });

  it("accepts 250 lines of file, reviews 251 and 400, fails 401", () => {
    expect(check(body(250))).toEqual({ failures: [], reviews: [] });
    expect(check(body(251)).reviews).toEqual(["1 the file has 251 lines"]);
    expect(check(body(400)).failures).toEqual([]);
    expect(check(body(401)).failures).toEqual(["1 the file has 401 lines"]);
  });

  it("does not count constant tables, but does count literals that hold functions", () => {
    const rows = "  [1, 2],\n".repeat(500);
    expect(check(`/** Rows. */\nexport const ROWS = [\n${rows}] as const;\n`).failures).toEqual([]);
    expect(check(`export const ROWS = [\n${rows}() => 1];\n`).failures).toEqual(["1 the file has 502 lines"]);
  });

  it("leaves tests alone", () => {
    expect(check(body(900), "src/core/a.test.ts")).toEqual({ failures: [], reviews: [] });
  });
});
