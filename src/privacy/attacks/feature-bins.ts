/** Features cut into few bins at quantiles of the training rows, so that tree growth counts instead of sorting. */
import type { FeatureTable } from "./attack.js";

/** Most bins per feature. */
export const BIN_LIMIT = 32;

/** Upper edges of the bins of each feature: value v is in the first bin whose edge is at least v, else in the last. */
export type BinEdges = readonly Float64Array[];

/**
 * Chooses edges: one bin per distinct value where these are few, else bins of about equal numbers of rows.
 * Equal values always share a bin.
 */
export function chooseBinEdges({ rowCount, columnCount, values }: FeatureTable): BinEdges {
  return Array.from({ length: columnCount }, (_, c) => {
    const column = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row++) column[row] = values[row * columnCount + c]!;
    column.sort();
    const distinct = column.filter((value, i) => i === 0 || value !== column[i - 1]!);
    return distinct.length <= BIN_LIMIT ? midpoints(distinct) : quantileEdges(column);
  });
}

/**
 * Bin of every value. Column-major, shape [columnCount, rowCount], so that one feature is one run of bytes.
 */
export function binFeatures({ rowCount, columnCount, values }: FeatureTable, edges: BinEdges): Uint8Array {
  const bins = new Uint8Array(rowCount * columnCount);
  for (let c = 0; c < columnCount; c++) {
    const columnEdges = edges[c]!;
    for (let row = 0; row < rowCount; row++) bins[c * rowCount + row] = binOf(values[row * columnCount + c]!, columnEdges);
  }
  return bins;
}

function binOf(value: number, edges: Float64Array): number {
  let low = 0, high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= edges[middle]!) high = middle; else low = middle + 1;
  }
  return low;
}

function midpoints(distinct: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.max(0, distinct.length - 1) }, (_, i) => (distinct[i]! + distinct[i + 1]!) / 2);
}

function quantileEdges(sorted: Float64Array): Float64Array {
  const edges: number[] = [];
  for (let bin = 1; bin < BIN_LIMIT; bin++) {
    const edge = sorted[Math.floor((bin * sorted.length) / BIN_LIMIT)]!;
    if (edge > (edges.at(-1) ?? -Infinity) && edge < sorted.at(-1)!) edges.push(edge);
  }
  return Float64Array.from(edges);
}
