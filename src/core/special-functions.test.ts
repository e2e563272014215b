import { expect, test } from "vitest";
import { incompleteBeta, lnGamma } from "./special-functions.js";

test("lnGamma is the logarithm of the factorial", () => {
  let logFactorial = 0;
  for (let n = 1; n <= 170; n++) {
    logFactorial += Math.log(n);
    expect(lnGamma(n + 1) / Math.max(logFactorial, 1)).toBeCloseTo(logFactorial / Math.max(logFactorial, 1), 13);
  }
});

test("lnGamma at a half is ln of the root of pi (DLMF 5.4.6)", () => {
  expect(lnGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 13);
});

test("incompleteBeta with whole parameters is a binomial tail (DLMF 8.17.5)", () => {
  // I_x(3, 4) = sum over j of 3 to 6 of C(6, j) x^j (1 - x)^(6 - j).
  const x = 0.37, choose = [1, 6, 15, 20, 15, 6, 1];
  let tail = 0;
  for (let j = 3; j <= 6; j++) tail += choose[j]! * x ** j * (1 - x) ** (6 - j);
  expect(incompleteBeta(x, 3, 4)).toBeCloseTo(tail, 14);
});

test("incompleteBeta is symmetric (DLMF 8.17.4) and bounded", () => {
  for (const x of [0.01, 0.3, 0.5, 0.9]) expect(incompleteBeta(x, 2.5, 0.5) + incompleteBeta(1 - x, 0.5, 2.5)).toBeCloseTo(1, 13);
  expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3), incompleteBeta(NaN, 2, 3)]).toEqual([0, 1, NaN]);
});
