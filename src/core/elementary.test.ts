import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { exp, ln, log2, pow } from "./elementary.js";
import { Purpose, RandomStream } from "./random-stream.js";

/** Distance of two doubles in units in the last place of the second. */
function ulps(found: number, expected: number): number {
  if (Object.is(found, expected)) return 0;
  const words = new BigInt64Array(Float64Array.of(found, expected).buffer);
  return Math.abs(Number(words[0]! - words[1]!));
}

const DRAWS = 100_000;

type RealFunction = (x: number, y: number) => number;

/** Largest distance over random arguments: x from low to high, or exp of that when powers up to `power` / 2 are taken. */
function worstOf(found: RealFunction, expected: RealFunction, low: number, high: number, power = 0): number {
  const stream = new RandomStream(3, 0, Purpose.test).seek(0, 0);
  let worst = 0;
  for (let i = 0; i < DRAWS; i++) {
    const u = low + (high - low) * stream.nextUniform(), x = power === 0 ? u : Math.exp(u), y = power * (stream.nextUniform() - 0.5);
    worst = Math.max(worst, ulps(found(x, y), expected(x, y)));
  }
  return worst;
}

// The reference is Math.* of the engine that runs the test, itself within 1 ulp (V8: fdlibm). So 2 covers 1 + 1.
describe("elementary functions agree with Math within 2 ulp", () => {
  test("ln over all sizes", () => { expect(worstOf(ln, Math.log, -708, 709, 1e-300)).toBeLessThanOrEqual(2); });
  test("ln near 1", () => { expect(worstOf(ln, Math.log, 0.99, 1.01)).toBeLessThanOrEqual(2); });
  test("ln of uniforms", () => { expect(worstOf(ln, Math.log, 0, 1)).toBeLessThanOrEqual(2); });
  test("ln of subnormals", () => { expect(worstOf(ln, Math.log, 0, 2 ** -1022)).toBeLessThanOrEqual(2); });
  test("log2 over all sizes", () => { expect(worstOf(log2, Math.log2, -708, 709, 1e-300)).toBeLessThanOrEqual(2); });
  test("exp over its whole range", () => { expect(worstOf(exp, Math.exp, -708, 709)).toBeLessThanOrEqual(2); });
  test("exp near 0", () => { expect(worstOf(exp, Math.exp, -1e-3, 1e-3)).toBeLessThanOrEqual(2); });
  test("exp into the subnormals", () => { expect(worstOf(exp, Math.exp, -745.2, -708)).toBeLessThanOrEqual(2); });
  test("pow over moderate bases and powers", () => { expect(worstOf(pow, Math.pow, -10, 10, 60)).toBeLessThanOrEqual(2); });
  test("pow over extreme bases", () => { expect(worstOf(pow, Math.pow, -700, 700, 2)).toBeLessThanOrEqual(2); });
});

describe("elementary functions are exact where the result is a double", () => {
  test("log2 of every power of 2", () => {
    for (let power = -1074; power <= 1023; power++) expect(log2(2 ** power)).toBe(power);
  });

  test("squares and cubes of integers", () => {
    for (let i = 1; i <= 1000; i++) {
      expect(pow(i, 2)).toBe(i * i);
      expect(pow(i, 3)).toBe(i * i * i);
    }
  });

  test("e to 20 digits (DLMF 4.2.11) and ln 2 (DLMF 3.12)", () => {
    expect(exp(1)).toBe(2.71828182845904523536);
    expect(ln(2)).toBe(0.69314718055994530942);
    expect(exp(0)).toBe(1);
    expect(ln(1)).toBe(0);
  });
});

describe("elementary functions at the edges", () => {
  const edges = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e300, -1e300, 5e-324, Number.MAX_VALUE, Infinity, -Infinity, NaN];

  test("ln, log2 and exp follow Math", () => {
    for (const x of edges) {
      expect(ulps(ln(x), Math.log(x))).toBeLessThanOrEqual(1);
      expect(ulps(log2(x), Math.log2(x))).toBeLessThanOrEqual(1);
      expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(1);
    }
  });

  test("pow follows Math.pow in every pair", () => {
    for (const x of edges) for (const y of edges) expect([x, y, ulps(pow(x, y), Math.pow(x, y)) <= 1]).toEqual([x, y, true]);
  });

  test("exp overflows and underflows where a double does", () => {
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
    expect(exp(709.7827128933841)).toBe(Infinity);
    expect(exp(-745.1332191019411)).toBe(5e-324);
    expect(exp(-745.2)).toBe(0);
  });
});

test("the bits do not depend on the engine", () => {
  const stream = new RandomStream(4, 0, Purpose.test).seek(0, 0), found = new Float64Array(4 * 20_000);
  for (let i = 0; i < found.length; i += 4) {
    const x = stream.nextUniform() * 1000, y = stream.nextUniform() * 8 - 4;
    found.set([ln(x), log2(x), exp(y), pow(x, y)], i);
  }
  // Stored from Node 20 on x64. Only a change of elementary.ts may change it.
  expect(createHash("sha256").update(new Uint8Array(found.buffer)).digest("hex")).toMatchInlineSnapshot(`"290bcbc311870015680f1c30db90e68afb383f7d1ecea0d2a355fcf7ecde1fc1"`);
});
