/**
 * One regression tree of fixed depth, grown level by level on histograms of gradients: the step of gradient boosting.
 *
 * Model: a leaf with gradient sum G and curvature sum H says G / (H + L2); a split is taken when it raises
 * sum G^2 / (H + L2) the most. Source: Chen and Guestrin 2016, XGBoost, KDD, equations 5 to 7; bins instead of sorted
 * values as in Ke et al. 2017, LightGBM, NeurIPS.
 */
import { BIN_LIMIT } from "./feature-bins.js";

/** Levels of splits: a tree has 2^TREE_DEPTH leaves. */
export const TREE_DEPTH = 3;
/** Leaves of a tree. */
export const LEAF_COUNT: number = 1 << TREE_DEPTH;

const L2 = 1;
/** Least curvature on each side of a split: about two rows of an even two-class question. */
const LEAST_CURVATURE = 0.5;
const LEAST_GAIN = 1e-9;

/** A complete tree. Node i has children 2 i + 1 (value's bin at most `splitBin`) and 2 i + 2. */
export interface BoostedTree {
  /** Column per inner node, shape [LEAF_COUNT - 1]. -1: no split, everything goes left. */
  readonly splitColumn: Int32Array;
  /** Highest bin that goes left, shape [LEAF_COUNT - 1]. */
  readonly splitBin: Int32Array;
  /** What each leaf adds to the score, shape [LEAF_COUNT]. */
  readonly leafValue: Float64Array;
}

/** Rows as bins, with room for growing trees on them. */
export interface BinnedRows {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Column-major, shape [columnCount, rowCount]. */
  readonly bins: Uint8Array;
  /** Position of each row within its level. Scratch, shape [rowCount]. */
  readonly nodeOf: Uint8Array;
}

/**
 * Grows a tree on gradients. On return `rows.nodeOf` holds the leaf of each row.
 *
 * @param gradients Downhill direction of the loss per row.
 * @param curvatures Second derivative of the loss per row, at least 0.
 * @param learningRate Share of the full step that a leaf takes.
 */
export function growTree(rows: BinnedRows, gradients: Float64Array, curvatures: Float64Array, learningRate: number): BoostedTree {
  const splitColumn = new Int32Array(LEAF_COUNT - 1).fill(-1), splitBin = new Int32Array(LEAF_COUNT - 1);
  rows.nodeOf.fill(0);
  for (let level = 0; level < TREE_DEPTH; level++) {
    const first = (1 << level) - 1;
    chooseSplits(rows, gradients, curvatures, splitColumn.subarray(first, 2 * first + 1), splitBin.subarray(first, 2 * first + 1));
    descend(rows, splitColumn, splitBin, first);
  }
  return { splitColumn, splitBin, leafValue: estimateLeaves(rows, gradients, curvatures, learningRate) };
}

/** Puts every row into its leaf of a grown tree: `rows.nodeOf`, from 0 to LEAF_COUNT - 1. */
export function findLeaves(rows: BinnedRows, tree: BoostedTree): void {
  rows.nodeOf.fill(0);
  for (let level = 0; level < TREE_DEPTH; level++) descend(rows, tree.splitColumn, tree.splitBin, (1 << level) - 1);
}

/** Best split of each node of one level, over all columns. */
function chooseSplits(rows: BinnedRows, gradients: Float64Array, curvatures: Float64Array, splitColumn: Int32Array, splitBin: Int32Array): void {
  const nodeCount = splitColumn.length;
  const histogram = new Float64Array(nodeCount * BIN_LIMIT * 2), bestGain = new Float64Array(nodeCount).fill(LEAST_GAIN);
  for (let c = 0; c < rows.columnCount; c++) {
    fillHistogram(rows, c, gradients, curvatures, histogram);
    for (let node = 0; node < nodeCount; node++) {
      const bin = scanBins(histogram, node * BIN_LIMIT * 2, bestGain, node);
      if (bin >= 0) { splitColumn[node] = c; splitBin[node] = bin; }
    }
  }
}

/** Sums of gradients and curvatures, shape [nodes of the level, BIN_LIMIT, 2]. */
function fillHistogram({ rowCount, bins, nodeOf }: BinnedRows, c: number, gradients: Float64Array, curvatures: Float64Array, histogram: Float64Array): void {
  histogram.fill(0);
  const base = c * rowCount;
  for (let row = 0; row < rowCount; row++) {
    const at = (nodeOf[row]! * BIN_LIMIT + bins[base + row]!) * 2;
    histogram[at]! += gradients[row]!;
    histogram[at + 1]! += curvatures[row]!;
  }
}

/** Last bin of the left side of the best split of one node and column; -1 when none beats `bestGain[node]`, which it raises. */
function scanBins(histogram: Float64Array, from: number, bestGain: Float64Array, node: number): number {
  let gradient = 0, curvature = 0;
  for (let b = 0; b < BIN_LIMIT * 2; b += 2) { gradient += histogram[from + b]!; curvature += histogram[from + b + 1]!; }
  const unsplit = (gradient * gradient) / (curvature + L2);
  let leftGradient = 0, leftCurvature = 0, best = -1;
  for (let bin = 0; bin < BIN_LIMIT - 1; bin++) {
    leftGradient += histogram[from + 2 * bin]!;
    leftCurvature += histogram[from + 2 * bin + 1]!;
    const rightGradient = gradient - leftGradient, rightCurvature = curvature - leftCurvature;
    if (rightCurvature < LEAST_CURVATURE) break;
    if (leftCurvature < LEAST_CURVATURE) continue;
    const gain = (leftGradient * leftGradient) / (leftCurvature + L2) + (rightGradient * rightGradient) / (rightCurvature + L2) - unsplit;
    if (gain > bestGain[node]!) { bestGain[node] = gain; best = bin; }
  }
  return best;
}

/** Moves rows from a level, whose first node is `first`, to the next. */
function descend({ rowCount, bins, nodeOf }: BinnedRows, splitColumn: Int32Array, splitBin: Int32Array, first: number): void {
  for (let row = 0; row < rowCount; row++) {
    const node = nodeOf[row]!, column = splitColumn[first + node]!;
    const isRight = column >= 0 && bins[column * rowCount + row]! > splitBin[first + node]!;
    nodeOf[row] = 2 * node + (isRight ? 1 : 0);
  }
}

function estimateLeaves({ rowCount, nodeOf }: BinnedRows, gradients: Float64Array, curvatures: Float64Array, learningRate: number): Float64Array {
  const gradient = new Float64Array(LEAF_COUNT), curvature = new Float64Array(LEAF_COUNT);
  for (let row = 0; row < rowCount; row++) {
    gradient[nodeOf[row]!]! += gradients[row]!;
    curvature[nodeOf[row]!]! += curvatures[row]!;
  }
  return gradient.map((sum, leaf) => (learningRate * sum) / (curvature[leaf]! + L2));
}
