import { describe, expect, it } from "vitest";
import { comparePairs, correctHolm, mergeHistograms, summarizeCells, type CellFindings } from "./aggregate.js";

function cell(label: string, replication: number, metrics: Record<string, number>, warnings: readonly string[] = []): CellFindings {
  return { label, axes: {}, replication, findings: { metrics, histograms: {}, warnings } };
}

describe("summaries", () => {
  it("give mean and Student's half width over replications", () => {
    // By hand: values 1, 2, 3, 4: mean 2.5, sd 1.2909944, t(0.975, 3) = 3.1824463 (R 4.3 qt), half width 3.1824463 * 1.2909944 / 2.
    const { labels } = summarizeCells([1, 2, 3, 4].map((value, i) => cell("a", i, { x: value })));
    expect(labels[0]!.metrics["x"]!.mean).toBe(2.5);
    expect(labels[0]!.metrics["x"]!.halfWidth95).toBeCloseTo(2.054260, 5);
    expect(labels[0]!.metrics["x"]!.n).toBe(4);
  });

  it("average a metric over the replications that have it", () => {
    const { labels } = summarizeCells([cell("a", 0, { x: 1, y: 5 }), cell("a", 1, { x: 3 })]);
    expect(labels[0]!.metrics["x"]).toMatchObject({ mean: 2, n: 2 });
    expect(labels[0]!.metrics["y"]).toEqual({ mean: 5, halfWidth95: NaN, n: 1 });
  });

  it("keep the order in which labels appear", () => {
    expect(summarizeCells([cell("b", 0, {}), cell("a", 0, {}), cell("b", 1, {})]).labels.map(({ label }) => label)).toEqual(["b", "a"]);
  });

  it("warn under ten replications and repeat each doubt once, with the share of cells that have it", () => {
    const nine = Array.from({ length: 9 }, (_, i) => cell("a", i, {}, i < 3 ? ["doubt"] : []));
    const { warnings } = summarizeCells(nine);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("fewer than 10 replications");
    expect(warnings[1]).toBe("doubt (3 of 9 cells)");
    expect(summarizeCells([...nine, cell("a", 9, {})]).warnings).toEqual(["doubt (3 of 10 cells)"]);
  });
});

describe("paired differences", () => {
  it("match replications by number and subtract the baseline", () => {
    // By hand: b - a over replications 0, 1, 2 is 1, 2, 3: mean 2, sd 1, t(0.975, 2) = 4.3026527, half width 2.4841377;
    // t = 2 / (1 / sqrt 3) = 3.4641016, two-sided p with 2 degrees of freedom = 0.0741799 (R 4.3: 2 * pt(-3.4641016, 2)).
    const rows = comparePairs([
      cell("a", 0, { x: 10 }), cell("a", 1, { x: 20 }), cell("a", 2, { x: 30 }), cell("a", 3, { x: 99 }),
      cell("b", 2, { x: 33 }), cell("b", 0, { x: 11 }), cell("b", 1, { x: 22 }),
    ], "a", ["x"]);
    expect(rows).toHaveLength(1);
    expect(rows[0]!.mean).toBe(2);
    expect(rows[0]!.n).toBe(3);
    expect(rows[0]!.halfWidth95).toBeCloseTo(2.4841377, 6);
    expect(rows[0]!.pHolm).toBeCloseTo(0.0741799, 6);
  });

  it("are corrected as Holm does", () => {
    // R 4.3: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") = 0.03 0.06 0.06 0.02
    expect(correctHolm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(10)))).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(correctHolm([0.5, NaN, 0.9])).toEqual([1, NaN, 1]);
  });
});

describe("merged histograms", () => {
  it("have the counts of the sum, whatever the range of the parts", () => {
    const a = { unit: "s", edges: [1, 2, 3], counts: [5, 1] }, b = { unit: "s", edges: [2, 3, 4], counts: [2, 7] }, far = { unit: "s", edges: [8, 9], counts: [1] };
    expect(mergeHistograms([a, b])).toEqual({ unit: "s", edges: [1, 2, 3, 4], counts: [5, 3, 7] });
    expect(mergeHistograms([b, a])).toEqual(mergeHistograms([a, b]));
    expect(mergeHistograms([a, far])).toEqual({ unit: "s", edges: [1, 2, 3, 8, 9], counts: [5, 1, 0, 1] });
    expect(mergeHistograms([{ unit: "s", edges: [], counts: [] }, a])).toEqual(a);
  });
});
