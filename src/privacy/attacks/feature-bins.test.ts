import fc from "fast-check";
import { expect, it } from "vitest";
import { BIN_LIMIT, binFeatures, chooseBinEdges } from "./feature-bins.js";

it("keeps order, keeps equal values together and stays below the limit", () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.nat({ max: 5 }), fc.double({ min: -1e9, max: 1e9, noNaN: true })), { minLength: 1, maxLength: 200 }), (column) => {
    const features = { rowCount: column.length, columnCount: 1, values: Float64Array.from(column) };
    const edges = chooseBinEdges(features), bins = binFeatures(features, edges);
    expect(edges[0]!.length).toBeLessThan(BIN_LIMIT);
    const order = column.map((_, row) => row).sort((a, b) => column[a]! - column[b]!);
    for (let i = 1; i < order.length; i++) expect(bins[order[i]!]).toBeGreaterThanOrEqual(bins[order[i - 1]!]!);
    column.forEach((value, row) => { expect(bins[row]).toBe(bins[column.indexOf(value)]); });
  }), { seed: 3, numRuns: 200 });
});

it("gives each of few distinct values its own bin, whatever their shares", () => {
  const values = Float64Array.from({ length: 1000 }, (_, row) => (row === 0 ? -1 : row === 1 ? 12 : 4));
  expect([...binFeatures({ rowCount: 3, columnCount: 1, values: values.subarray(0, 3) }, chooseBinEdges({ rowCount: 1000, columnCount: 1, values }))]).toEqual([0, 2, 1]);
});

it("cuts many distinct values into bins of about equal size", () => {
  const values = Float64Array.from({ length: 3200 }, (_, row) => ((row * 7919) % 3200) ** 2);
  const features = { rowCount: 3200, columnCount: 1, values };
  const counts = new Int32Array(BIN_LIMIT);
  for (const bin of binFeatures(features, chooseBinEdges(features))) counts[bin]!++;
  for (const count of counts) expect(Math.abs(count - 100)).toBeLessThanOrEqual(1);
});

it("stores bins column by column", () => {
  const features = { rowCount: 3, columnCount: 2, values: Float64Array.of(1, 30, 2, 20, 3, 10) };
  expect([...binFeatures(features, chooseBinEdges(features))]).toEqual([0, 1, 2, 2, 1, 0]);
});
