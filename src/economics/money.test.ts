import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "../core/errors.js";
import { divideToNearest, formatNanoUsd, nanoFromUsd, parseNanoUsd, usdFromNano } from "./money.js";

describe("money", () => {
  test("reads decimal text exactly and refuses what is no whole nano-dollar", () => {
    expect(parseNanoUsd("0.028")).toBe(28_000_000n);
    expect(parseNanoUsd("25")).toBe(25_000_000_000n);
    expect(parseNanoUsd("0.000000001")).toBe(1n);
    for (const text of ["0.0000000001", "-1", "1e3", "", "NaN", "1.", ".5", "1 "]) expect(parseNanoUsd(text), text).toBeUndefined();
  });

  test("takes a price from a config to the nearest nano-dollar, without the tail of a binary fraction", () => {
    expect(nanoFromUsd(0.17)).toBe(170_000_000n);
    expect(nanoFromUsd(0.1 + 0.2)).toBe(300_000_000n);
    expect(nanoFromUsd(12.345678912)).toBe(12_345_678_912n);
    for (const usd of [NaN, -1, Infinity, 1e9]) expect(() => nanoFromUsd(usd), String(usd)).toThrow(BugError);
  });

  test("rounds to the nearest whole number, halves to even, the same way below zero", () => {
    const cases: [bigint, bigint, bigint][] = [[5n, 2n, 2n], [7n, 2n, 4n], [6n, 4n, 2n], [-5n, 2n, -2n], [-7n, 2n, -4n], [10n, 3n, 3n], [11n, 3n, 4n]];
    for (const [a, b, quotient] of cases) expect(divideToNearest(a, b)).toBe(quotient);
    fc.assert(fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(1n, 10n ** 20n), (a, b) => {
      const error = 2n * (divideToNearest(a, b) * b - a);
      return error <= b && error >= -b;
    }), { seed: 1 });
  });

  test("writes all nine decimals and converts to dollars", () => {
    expect(formatNanoUsd(40n)).toBe("0.000000040");
    expect(formatNanoUsd(-1_500_000_001n)).toBe("-1.500000001");
    expect(usdFromNano(17_500_000n)).toBe(0.0175);
    expect(usdFromNano(-250_000_000n)).toBe(-0.25);
  });
});
