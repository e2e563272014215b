import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import {
  bitRate, bytes, count, dollars, fraction, joulesPerByte, namedShares, numberBetween, positive, positiveCount, probabilityShares, seconds, watts,
} from "./quantities.js";

/** Definitions of the SI prefixes and of IEC 80000-13 binary prefixes; a day has 86,400 s. */
const VALUES: readonly [string, z.ZodType, unknown, number][] = [
  ["24 h", seconds(), "24 h", 86_400], ["40 ms", seconds(), "40 ms", 0.04], ["8.1 ms", seconds(), "8.1 ms", 0.0081],
  ["250us", seconds(), "250us", 0.000_25], ["2 weeks", seconds(), "2 weeks", 1_209_600], ["90", seconds(), 90, 90],
  ["6 GB", bytes(), "6 GB", 6e9], ["6 GiB", bytes(), "6 GiB", 6_442_450_944], ["1.1 GB", bytes(), "1.1 GB", 1_100_000_000],
  ["4.2 W", watts(), "4.2 W", 4.2], ["120 mW", watts(), "120 mW", 0.12], ["20 Mbit/s", bitRate(), "20 Mbit/s", 20e6],
  ["3 uJ/B", joulesPerByte(), "3 uJ/B", 3e-6], ["0.01 USD", dollars(), "0.01 USD", 0.01], ["5 cents", dollars(), "5 cents", 0.05],
  ["5 %", fraction(), "5 %", 0.05], ["0.05", fraction(), 0.05, 0.05], ["1_000_000", positiveCount(1e7), "1_000_000", 1_000_000],
  ["0", count(3), 0, 0], ["2.5", positive(3), 2.5, 2.5], ["-1", numberBetween(-1, 1), -1, -1],
];

const REFUSED: readonly [string, z.ZodType, unknown][] = [
  ["NaN", seconds(), NaN], ["Infinity", seconds(), Infinity], ["a negative time", seconds(), -1], ["a power as a time", seconds(), "4 W"],
  ["text without a unit", seconds(), "4"], ["an unknown unit", seconds(), "4 fortnights"], ["too long a time", seconds(), "100 weeks 3"],
  ["a time above 1e9 s", seconds(), 1.1e9], ["a time below its least", seconds({ min: 1 }), "999 ms"], ["text that overflows", seconds(), "1e999 s"],
  ["half a byte", bytes(), "0.5 B"], ["a bit rate of 0", bitRate(), 0], ["101 %", fraction(), "101 %"], ["a fraction with a time unit", fraction(), "5 s"],
  ["half a thing", count(3), 0.5], ["more than the most", count(3), 4], ["none of a positive count", positiveCount(3), 0],
  ["zero for a positive number", positive(3), 0], ["a list", watts(), [1]], ["true", watts(), true], ["null", watts(), null],
  ["empty text", watts(), ""], ["a name of Object's prototype as unit", watts(), "4 constructor"],
];

describe("quantities", () => {
  it.each(VALUES)("reads %s in its base unit", (_name, parser, input, expected) => {
    expect(parser.parse(input)).toBe(expected);
  });

  it.each(REFUSED)("refuses %s with its rule", (_name, parser, input) => {
    const result = parser.safeParse(input);
    expect(result.success).toBe(false);
    expect(result.error?.issues[0]?.message).toMatch(/^be an? /);
  });

  it("says what kind of quantity a wrong unit measures", () => {
    const issue = seconds().safeParse("4 W").error?.issues[0];
    expect(issue).toMatchObject({ params: { unitHint: expect.stringContaining("W is a unit of power; this key takes a time.") as unknown } });
  });

  it("gives the double nearest to the decimal for every whole number of milliseconds", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e9 }), (ms) => {
      const decimal = `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}`;
      expect(seconds().parse(`${ms} ms`)).toBe(Number(decimal));
    }), { seed: 7 });
  });

  it("parses any text without throwing, and gives only numbers in range", () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."0123456789.eE+-_ smhdWGiB%/") }), (text) => {
      const result = seconds().safeParse(text);
      if (result.success) expect(result.data >= 0 && result.data <= 1e9).toBe(true);
    }), { seed: 7, numRuns: 2000 });
  });

  it("accepts shares that sum to 1 and refuses others, NaN included", () => {
    expect(namedShares().parse({ a: "40 %", b: 0.6 })).toEqual({ a: 0.4, b: 0.6 });
    expect(namedShares().safeParse({ a: 0.4, b: 0.5 }).error?.issues[0]?.message).toBe("have shares that sum to 1");
    expect(namedShares().safeParse({ a: NaN }).success).toBe(false);
    expect(namedShares().safeParse({}).success).toBe(false);
  });

  it("gives names that are left out the share 0, and refuses other names", () => {
    const parser = probabilityShares(["x", "y"]);
    expect(parser.parse({ x: 1 })).toEqual({ x: 1, y: 0 });
    expect(parser.safeParse({ x: 1, z: 0 }).success).toBe(false);
  });
});
