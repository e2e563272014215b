import { expect, test } from "vitest";
import { scoreCalibration } from "./calibration.js";

const answer = (confidence: number, isRight: boolean): { confidence: number; isRight: boolean } => ({ confidence, isRight });

test("confidence that orders answers has an AUROC of 1, none 0.5, and none is told for one kind alone", () => {
  expect(scoreCalibration([answer(0.9, true), answer(0.8, true), answer(0.3, false)]).auroc).toBe(1);
  expect(scoreCalibration([answer(0.5, true), answer(0.5, false)]).auroc).toBe(0.5);
  expect(scoreCalibration([answer(0.2, true), answer(0.7, false), answer(0.1, false)]).auroc).toBe(0.5);
  expect(scoreCalibration([answer(0.2, true)]).auroc).toBeUndefined();
});

test("Brier score and calibration error by hand", () => {
  // Two answers in bin 9 with mean confidence 0.95 and half right: gap 0.45. One in bin 0: gap 0.05. (2 * 0.45 + 0.05) / 3.
  const { brier, calibrationError } = scoreCalibration([answer(1, true), answer(0.9, false), answer(0.05, false)]);
  expect(brier).toBeCloseTo((0 + 0.81 + 0.0025) / 3, 12);
  expect(calibrationError).toBeCloseTo(0.95 / 3, 12);
});
