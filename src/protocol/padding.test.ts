/** Padme values are those of algorithm 1 of Nikitin et al. 2019 (PoPETs), worked out by hand from its formula. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Padding, paddedBytes, padmeBytes, paddingCode } from "./padding.js";

const codes = fc.constantFrom(...Object.values(Padding));
const lengths = Array.from({ length: 100 }, (_, index) => index + 1);

it("is never smaller than the message, monotone and idempotent, for every kind", () => {
  fc.assert(fc.property(codes, fc.integer({ min: 0, max: 2 ** 31 - 2 }), fc.nat({ max: 5000 }), fc.nat({ max: 50_000 }), (code, bytes, bucket, constant) => {
    const padded = paddedBytes(bytes, code, bucket, constant);
    expect(padded).toBeGreaterThanOrEqual(bytes);
    expect(paddedBytes(bytes + 1, code, bucket, constant)).toBeGreaterThanOrEqual(padded);
    if (padded < 2 ** 31) expect(paddedBytes(padded, code, bucket, constant)).toBe(padded);
  }), { seed: 41, numRuns: 2000 });
});

it("rounds to the next bucket, power of two and multiple of the constant", () => {
  expect([1, 1024, 1025].map((bytes) => paddedBytes(bytes, Padding.bucket, 1024, 0))).toEqual([1024, 1024, 2048]);
  expect([1, 2, 3, 1025, 2 ** 30 + 1, 2 ** 31].map((bytes) => paddedBytes(bytes, Padding.powerOfTwo, 0, 0))).toEqual([1, 2, 4, 2048, 2 ** 31, 2 ** 31]);
  expect([1, 16_384, 16_385, 50_000].map((bytes) => paddedBytes(bytes, Padding.constant, 0, 16_384))).toEqual([16_384, 16_384, 32_768, 65_536]);
  expect(paddedBytes(777, Padding.none, 1024, 16_384)).toBe(777);
});

it("gives Padme's 10, 104, 1024, 1088 and 10240 for 9, 100, 1000, 1025 and 10000", () => {
  expect([9, 100, 1000, 1025, 10_000].map(padmeBytes)).toEqual([10, 104, 1024, 1088, 10_240]);
});

it("adds at most 11.63 % with Padme between 1 and 199,999 bytes (the paper: at most about 12 %)", () => {
  let worst = 0;
  for (let bytes = 1; bytes < 200_000; bytes++) worst = Math.max(worst, padmeBytes(bytes) / bytes - 1);
  expect(worst).toBeCloseTo(0.11627906976744186, 12);
});

it("leaves 8 sets and 45.3 % overhead with powers of two over lengths 1 to 100 (closed form: accuracy 8/100)", () => {
  const padded = lengths.map((bytes) => paddedBytes(bytes, Padding.powerOfTwo, 0, 0));
  expect(new Set(padded).size / 100).toBe(0.08);
  expect(sum(padded) / sum(lengths)).toBeCloseTo(1.4532673267326732, 12);
});

it("leaves log2 10 bits with buckets of 10 over lengths 1 to 100, and everything without padding", () => {
  const sets = new Set(lengths.map((bytes) => paddedBytes(bytes, Padding.bucket, 10, 0)));
  expect(Math.log2(sets.size)).toBeCloseTo(3.321928094887362, 12);
  expect(new Set(lengths.map((bytes) => paddedBytes(bytes, Padding.none, 10, 0))).size).toBe(100);
});

it("maps each config name to its own code", () => {
  expect((["none", "bucket", "power-of-two", "constant"] as const).map(paddingCode)).toEqual([0, 1, 2, 3]);
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
