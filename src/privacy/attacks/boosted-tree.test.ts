import fc from "fast-check";
import { expect, it } from "vitest";
import { LEAF_COUNT, findLeaves, growTree, type BinnedRows } from "./boosted-tree.js";

/** Gain of the best first split, tried one by one: the slow form of the histogram search. L2 is 1, least curvature 0.5. */
function bestRootGain(rows: BinnedRows, gradients: Float64Array, curvatures: Float64Array): number {
  const side = (column: number, bin: number, isRight: boolean): [number, number] => {
    let gradient = 0, curvature = 0;
    for (let row = 0; row < rows.rowCount; row++) {
      if ((rows.bins[column * rows.rowCount + row]! > bin) === isRight) { gradient += gradients[row]!; curvature += curvatures[row]!; }
    }
    return [gradient, curvature];
  };
  const [all, curvature] = side(0, 31, false);
  let best = 0;
  for (let column = 0; column < rows.columnCount; column++) {
    for (let bin = 0; bin < 31; bin++) {
      const [gl, hl] = side(column, bin, false), [gr, hr] = side(column, bin, true);
      if (hl >= 0.5 && hr >= 0.5) best = Math.max(best, gl ** 2 / (hl + 1) + gr ** 2 / (hr + 1) - all ** 2 / (curvature + 1));
    }
  }
  return best;
}

const anyRows = fc.integer({ min: 2, max: 40 }).chain((rowCount) => fc.record({
  bins: fc.uint8Array({ minLength: 2 * rowCount, maxLength: 2 * rowCount, max: 31 }),
  gradients: fc.float64Array({ minLength: rowCount, maxLength: rowCount, min: -1, max: 1, noNaN: true }),
  curvatures: fc.float64Array({ minLength: rowCount, maxLength: rowCount, min: 0.01, max: 0.25, noNaN: true }),
}));

it("takes the first split that a search one by one finds best", () => {
  fc.assert(fc.property(anyRows, ({ bins, gradients, curvatures }) => {
    const rows: BinnedRows = { rowCount: gradients.length, columnCount: 2, bins, nodeOf: new Uint8Array(gradients.length) };
    const tree = growTree(rows, gradients, curvatures, 1), best = bestRootGain(rows, gradients, curvatures);
    const column = tree.splitColumn[0]!, bin = tree.splitBin[0]!;
    if (column < 0) { expect(best).toBeLessThan(1e-8); return; }
    const sums = [[0, 0], [0, 0]];
    for (let row = 0; row < rows.rowCount; row++) {
      const side = sums[bins[column * rows.rowCount + row]! > bin ? 1 : 0]!;
      side[0]! += gradients[row]!;
      side[1]! += curvatures[row]!;
    }
    const score = ([gradient, curvature]: number[]): number => gradient! ** 2 / (curvature! + 1);
    const gain = score(sums[0]!) + score(sums[1]!) - score([sums[0]![0]! + sums[1]![0]!, sums[0]![1]! + sums[1]![1]!]);
    expect(gain).toBeCloseTo(best, 9);
  }), { seed: 21, numRuns: 200 });
});

it("finds the leaf in which each row was counted, and gives it G / (H + 1)", () => {
  fc.assert(fc.property(anyRows, ({ bins, gradients, curvatures }) => {
    const rows: BinnedRows = { rowCount: gradients.length, columnCount: 2, bins, nodeOf: new Uint8Array(gradients.length) };
    const tree = growTree(rows, gradients, curvatures, 1), grown = rows.nodeOf.slice();
    findLeaves(rows, tree);
    expect(rows.nodeOf).toEqual(grown);
    for (let leaf = 0; leaf < LEAF_COUNT; leaf++) {
      let gradient = 0, curvature = 0;
      for (let row = 0; row < rows.rowCount; row++) if (grown[row] === leaf) { gradient += gradients[row]!; curvature += curvatures[row]!; }
      expect(tree.leafValue[leaf]).toBeCloseTo(gradient / (curvature + 1), 12);
    }
  }), { seed: 22, numRuns: 100 });
});
