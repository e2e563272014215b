import { describe, expect, it } from "vitest";
import { summarizeCells } from "./aggregate.js";
import { type ComparedPoint, compareRuns } from "./compare-runs.js";

// Student 1908: hours of sleep gained with two drugs, R's data(sleep).
const FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2], SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

/** A point with one metric per list of values. */
function point(label: string, seed: number | undefined, values: Readonly<Record<string, readonly number[]>>): ComparedPoint {
  const n = Math.max(...Object.values(values).map(({ length }) => length));
  const cells = Array.from({ length: n }, (_, replication) => ({
    label, axes: {}, replication,
    findings: { metrics: Object.fromEntries(Object.entries(values).flatMap(([name, list]) => list[replication] === undefined ? [] : [[name, list[replication]]])), histograms: {}, warnings: [] },
  }));
  return { label, seed, metrics: summarizeCells(cells).labels[0]!.metrics, replications: new Map(cells.map(({ replication, findings }) => [replication, findings.metrics])) };
}

describe("two runs", () => {
  it("with the same seed are paired, with R's p-values", () => {
    const { rows } = compareRuns([point("a", 1, { x: FIRST })], [point("a", 1, { x: SECOND })], ["x"]);
    // R: t.test(paired) mean 1.58, p = 0.002833; wilcox.test(paired) p = 0.009091.
    expect(rows[0]).toMatchObject({ label: "a", metric: "x", isPaired: true, n: 10 });
    expect(rows[0]!.difference).toBeCloseTo(1.58, 12);
    expect(rows[0]!.pValue).toBeCloseTo(0.002833, 6);
    expect(rows[0]!.pWilcoxon).toBeCloseTo(0.009091, 6);
  });

  it("with other seeds are independent, with R's p-values", () => {
    const { rows } = compareRuns([point("a", 1, { x: FIRST })], [point("a", 2, { x: SECOND })], ["x"]);
    // R: t.test p = 0.07939, wilcox.test p = 0.06933.
    expect(rows[0]!.isPaired).toBe(false);
    expect(rows[0]!.pValue).toBeCloseTo(0.07939, 5);
    expect(rows[0]!.pWilcoxon).toBeCloseTo(0.06933, 5);
  });

  it("with means alone are compared by Welch's test, without ranks and resampling", () => {
    const { replications: _first, ...before } = point("a", 1, { x: FIRST }), { replications: _second, ...after } = point("a", 1, { x: SECOND });
    const { rows } = compareRuns([before], [after], ["x"]);
    expect(rows[0]!.pValue).toBeCloseTo(0.07939, 5);
    expect(rows[0]).not.toHaveProperty("pWilcoxon");
    expect(rows[0]).not.toHaveProperty("bootstrap");
  });

  it("pair what both have, and give means over that alone", () => {
    const { rows } = compareRuns([point("a", 1, { x: [1, 2, 100] })], [point("a", 1, { x: [2, 4] })], ["x"]);
    expect(rows[0]).toMatchObject({ n: 2, difference: 1.5, before: { mean: 1.5 }, after: { mean: 3 } });
  });

  it("have resampled intervals that hold the mean and do not depend on other rows", () => {
    const before = point("a", 1, { x: FIRST, y: SECOND }), after = point("a", 1, { x: SECOND, y: FIRST });
    const both = compareRuns([before], [after], ["x", "y"]).rows, alone = compareRuns([before], [after], ["y"]).rows;
    expect(alone[0]!.bootstrap).toEqual(both[1]!.bootstrap);
    // The percentile interval of a mean of ten is near the interval by Student, -2.46 to -0.70, and shorter.
    expect(alone[0]!.bootstrap!.low).toBeGreaterThan(-2.46);
    expect(alone[0]!.bootstrap!.low).toBeLessThan(-1.9);
    expect(alone[0]!.bootstrap!.high).toBeGreaterThan(-1.3);
    expect(alone[0]!.bootstrap!.high).toBeLessThan(-0.7);
  });

  it("are corrected by Holm over all rows that have a p-value", () => {
    const { rows } = compareRuns([point("a", 1, { x: FIRST, y: FIRST, z: [1] })], [point("a", 1, { x: SECOND, y: FIRST, z: [2] })], ["x", "y", "z"]);
    expect(rows[0]!.pHolm).toBeCloseTo(2 * 0.002833, 5);
    expect(rows[1]).toMatchObject({ difference: 0, pValue: 1, pHolm: 1 });
    expect(rows[2]).toMatchObject({ n: 1, difference: 1, halfWidth95: Infinity, pHolm: NaN });
  });

  it("say which points one of them lacks, and match single points whatever their labels", () => {
    const [a, b, c] = ["a", "b", "c"].map((label) => point(label, 1, { x: [1, 2] })) as [ComparedPoint, ComparedPoint, ComparedPoint];
    expect(compareRuns([a, b], [b, c], ["x"])).toMatchObject({ onlyBefore: ["a"], onlyAfter: ["c"], rows: [{ label: "b" }] });
    expect(compareRuns([a], [c], ["x"])).toMatchObject({ onlyBefore: [], onlyAfter: [], rows: [{ label: "a / c" }] });
    expect(compareRuns([a], [b, c], ["x"]).rows).toEqual([]);
  });
});
