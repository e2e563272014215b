/** Unstructured pruning: the smallest weights of a matrix become zero. Files shrink only where a format packs zeros. */
import { invariant } from "../../core/errors.js";

/**
 * A copy with the given share of entries set to zero: those of least magnitude, of equal ones the earlier.
 *
 * @param share From 0 to 1 of all entries, rounded down to whole entries.
 * @source LeCun, Denker and Solla 1990 (Optimal brain damage) name magnitude the baseline; per-tensor shares as in Han et al. 2015, arXiv:1506.02626.
 */
export function pruneMagnitude(weights: Float32Array, share: number): Float32Array {
  invariant(share >= 0 && share <= 1, "prune a share from 0 to 1", share);
  const order = Uint32Array.from(weights, (_, i) => i).sort((a, b) => Math.abs(weights[a]!) - Math.abs(weights[b]!) || a - b);
  const pruned = weights.slice();
  for (const index of order.subarray(0, Math.floor(share * weights.length))) pruned[index] = 0;
  return pruned;
}

/**
 * Zeroes all but `keep` of every `of` neighbours in a row: "2:4" sparsity, which hardware can use.
 *
 * @source Mishra et al. 2021, Accelerating sparse deep neural networks, arXiv:2104.08378.
 */
export function prunePattern(weights: Float32Array, keep: number, of: number): Float32Array {
  invariant(keep >= 0 && keep <= of && weights.length % of === 0, "keep at most a group, in whole groups", `${keep} of ${of} in ${weights.length}`);
  const pruned = weights.slice();
  for (let start = 0; start < weights.length; start += of) pruned.set(pruneMagnitude(weights.subarray(start, start + of), (of - keep) / of), start);
  return pruned;
}
