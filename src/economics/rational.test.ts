import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError, DataError } from "../core/errors.js";
import { parseRational, Rational, readRational } from "./rational.js";

const fraction = fc.tuple(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.bigInt(1n, 10n ** 12n)).map(([a, b]) => new Rational(a, b));

describe("fractions", () => {
  test("are in lowest terms with a positive denominator", () => {
    expect(new Rational(6n, -4n).toString()).toBe("-3/2");
    expect(new Rational(0n, -7n).toString()).toBe("0");
    expect(() => new Rational(1n, 0n)).toThrow(BugError);
  });

  test("follow the laws of a field", () => {
    fc.assert(fc.property(fraction, fraction, fraction, (a, b, c) => {
      expect(a.plus(b).times(c).equals(a.times(c).plus(b.times(c)))).toBe(true);
      expect(a.minus(b).plus(b).equals(a)).toBe(true);
      if (b.numerator !== 0n) expect(a.over(b).times(b).equals(a)).toBe(true);
      expect(Math.sign(a.compare(b))).toBe(-Math.sign(b.compare(a)) + 0);
    }), { seed: 2 });
  });

  test("read every finite double as its shortest decimal and give it back", () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const back = parseRational(value, "x").toNumber();
      expect(Math.abs(back - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -51, Number.MIN_VALUE));
    }), { seed: 3 });
    expect(readRational(0.1)?.toString()).toBe("1/10");
    expect(readRational(-2.5e-7)?.toString()).toBe("-1/4000000");
    expect(readRational(1e21)?.toString()).toBe("1000000000000000000000");
  });

  test("read text and refuse what is no fraction", () => {
    expect(readRational("4/5")?.toString()).toBe("4/5");
    expect(readRational("-9.6")?.toString()).toBe("-48/5");
    for (const bad of ["1/0", "a", "", "1/-2", "1e3", NaN, Infinity, null, undefined, [1]]) expect(readRational(bad), String(bad)).toBeUndefined();
    expect(() => parseRational("a", "input b")).toThrow(DataError);
  });
});
