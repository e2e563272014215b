import fc from "fast-check";
import { expect, test } from "vitest";
import { normalCdf, normalQuantile } from "./normal-distribution.js";

test("the quantile gives the values printed with AS 241", () => {
  // Wichura 1988, check values of PPND16; the same by mpmath erfinv with 60 digits.
  expect(normalQuantile(0.25)).toBeCloseTo(-0.6744897501960817, 15);
  expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167814, 14);
  expect(normalQuantile(1e-20)).toBeCloseTo(-9.262340089798408, 14);
});

test("the distribution function gives tabled values", () => {
  // Abramowitz and Stegun 1964, table 26.1 (P(x), 15 digits).
  expect(normalCdf(0)).toBe(0.5);
  expect(normalCdf(0.5)).toBeCloseTo(0.691462461274013, 15);
  expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 15);
  expect(normalCdf(2)).toBeCloseTo(0.977249868051821, 15);
});

test("the far tail keeps its digits", () => {
  // mpmath ncdf with 40 digits.
  expect(normalCdf(-8) / 6.220960574271785e-16).toBeCloseTo(1, 13);
  expect(normalCdf(-37) / 5.725571222524577e-300).toBeCloseTo(1, 13);
});

test("quantile and distribution function are inverse", () => {
  fc.assert(fc.property(fc.double({ min: 1e-300, max: 0.5, noNaN: true }), (p) => {
    expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 11);
  }), { seed: 1, numRuns: 500 });
});

test("both are symmetric", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 5, noNaN: true }), (x) => {
    expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 15);
  }), { seed: 1, numRuns: 200 });
  expect(normalQuantile(0.8)).toBe(-normalQuantile(1 - 0.8));
});

test("the ends and what lies outside", () => {
  expect([0, 1, -0.1, 1.1, NaN].map(normalQuantile)).toEqual([-Infinity, Infinity, NaN, NaN, NaN]);
  expect([-Infinity, Infinity, NaN].map(normalCdf)).toEqual([0, 1, NaN]);
});
