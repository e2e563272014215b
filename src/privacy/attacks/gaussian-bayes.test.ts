import { expect, it } from "vitest";
import type { LabelledTraces } from "./attack.js";
import { attackContract } from "./attack.contract.js";
import { gaussianBayes } from "./gaussian-bayes.js";

attackContract(gaussianBayes);

it("gives the log-odds of two normals of equal variance: (m1 - m0) x / v + const, worked out by hand", () => {
  // Class 0 at -1 and 1, class 1 at 3 and 5, 500 rows each: means 0 and 4, variance 1, so log-odds = 4 x - 8.
  const values = Float64Array.from({ length: 2000 }, (_, row) => [-1, 1, 3, 5][row % 4]!);
  const traces: LabelledTraces = {
    features: { rowCount: 2000, columnCount: 1, values }, labels: Int32Array.from(values, (x) => (x > 2 ? 1 : 0)),
    people: new Int32Array(2000), classCount: 2,
  };
  const scores = gaussianBayes.train(traces).infer({ rowCount: 3, columnCount: 1, values: Float64Array.of(0, 2, 3) });
  const logOdds = [0, 1, 2].map((row) => scores[2 * row + 1]! - scores[2 * row]!);
  expect(logOdds[0]).toBeCloseTo(-8, 9);
  expect(logOdds[1]).toBeCloseTo(0, 9);
  expect(logOdds[2]).toBeCloseTo(4, 9);
});
