import { expect, it } from "vitest";
import { meanLogLoss } from "./log-loss.js";

it("is ln 4 for equal scores of four classes, and does not depend on a constant per row", () => {
  expect(meanLogLoss(Float64Array.of(3, 3, 3, 3, -900, -900, -900, -900), Int32Array.of(0, 2), 4)).toBeCloseTo(Math.log(4), 12);
});

it("is -ln of the logistic chance for two classes", () => {
  expect(meanLogLoss(Float64Array.of(0, 2), Int32Array.of(1), 2)).toBeCloseTo(Math.log(1 + Math.exp(-2)), 12);
});

it("stays finite when the attack was certain and wrong", () => {
  expect(meanLogLoss(Float64Array.of(0, 1e6), Int32Array.of(0), 2)).toBeCloseTo(-Math.log(1e-307), 6);
});
