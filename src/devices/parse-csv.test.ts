import { describe, expect, it } from "vitest";
import { DataError } from "../core/errors.js";
import { parseCsv } from "./parse-csv.js";

describe("parseCsv", () => {
  it("reads quoted fields with commas, quotes and line breaks", () => {
    expect(parseCsv("a,b\r\n\"x, \"\"y\"\"\",\"1\n2\"\r\nplain,\n", "t.csv")).toEqual([{ a: "x, \"y\"", b: "1\n2" }, { a: "plain", b: "" }]);
  });

  it("names file and line of a row with another number of fields, and of an open quote", () => {
    expect(() => parseCsv("a,b\n1,2\n3\n", "t.csv")).toThrow(/t\.csv:3/);
    expect(() => parseCsv("a,b\n1,\"2\n", "t.csv")).toThrow(DataError);
  });
});
