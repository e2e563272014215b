import { expect, it } from "vitest";
import { leakageBits } from "./leakage-bits.js";

it("is log2 of the number of classes when a secret with a uniform prior is read off (Smith 2009)", () => {
  expect(leakageBits(1, 1 / 8)).toEqual({ bits: 3, rawBits: 3 });
});

it("is 0 for an attack at the prior, and keeps the raw value of one below it", () => {
  expect(leakageBits(0.25, 0.25)).toEqual({ bits: 0, rawBits: 0 });
  expect(leakageBits(0.125, 0.25)).toEqual({ bits: 0, rawBits: -1 });
  expect(leakageBits(0, 0.25)).toEqual({ bits: 0, rawBits: -Infinity });
});

it("is log2 (2 Phi(d' / 2)) for two equally likely normals: 0.751 bits at d' = 2 (error 0.15866)", () => {
  expect(leakageBits(1 - 0.15865525393145707, 0.5).bits).toBeCloseTo(1 + Math.log2(0.8413447460685429), 12);
});

it("has no value when accuracy or prior has none", () => {
  expect(leakageBits(NaN, 0.5)).toEqual({ bits: NaN, rawBits: NaN });
  expect(leakageBits(0.5, NaN).bits).toBeNaN();
});
