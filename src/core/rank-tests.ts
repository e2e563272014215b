/**
 * Wilcoxon's two tests, which ask for no law of the values: signed ranks for pairs, rank sums for two samples. Exact for small
 * samples without ties, as R's wilcox.test decides; else the normal law with correction for ties and for continuity.
 */
import { invariant } from "./errors.js";
import { normalCdf } from "./normal-distribution.js";

/** What a rank test found. */
export interface RankTest {
  /** V of the signed ranks (sum of the ranks of positive differences), W of the rank sums (Mann and Whitney's U). */
  readonly statistic: number;
  /** Two-sided; 1 when the ranks say nothing. */
  readonly pValue: number;
  readonly isExact: boolean;
}

/** Samples of this size and more take the normal law. */
const EXACT_BELOW = 50;

/**
 * Wilcoxon's signed-rank test of differences around 0. Differences of 0 are left out.
 *
 * @source Wilcoxon 1945, Individual comparisons by ranking methods, Biometrics Bulletin 1(6), 80-83; choice of exact or normal as in R.
 */
export function signedRankTest(differences: ArrayLike<number>): RankTest {
  const kept = Array.from(differences).filter((difference) => difference !== 0), n = kept.length;
  const { ranks, tieTerm } = rankValues(kept.map(Math.abs));
  const statistic = kept.reduce((sum, difference, i) => (difference > 0 ? sum + ranks[i]! : sum), 0);
  const isExact = n < EXACT_BELOW && tieTerm === 0 && n === differences.length;
  if (isExact) return { statistic, pValue: exactPValue(statistic, signedRankCounts(n)), isExact };
  const variance = n * (n + 1) * (2 * n + 1) / 24 - tieTerm / 48;
  return { statistic, pValue: normalPValue(statistic - n * (n + 1) / 4, variance), isExact };
}

/**
 * Wilcoxon's rank-sum test of two samples, which is Mann and Whitney's.
 *
 * @throws {BugError} when a sample is empty.
 * @source Mann and Whitney 1947, Annals of Mathematical Statistics 18(1), 50-60; choice of exact or normal as in R.
 */
export function rankSumTest(a: ArrayLike<number>, b: ArrayLike<number>): RankTest {
  const n = a.length, m = b.length, all = n + m;
  invariant(n > 0 && m > 0, "rank two samples with values", `${n} and ${m} values`);
  const { ranks, tieTerm } = rankValues([...Array.from(a), ...Array.from(b)]);
  const statistic = ranks.slice(0, n).reduce((sum, rank) => sum + rank, 0) - n * (n + 1) / 2;
  const isExact = n < EXACT_BELOW && m < EXACT_BELOW && tieTerm === 0;
  if (isExact) return { statistic, pValue: exactPValue(statistic, rankSumCounts(n, m)), isExact };
  const variance = n * m / 12 * (all + 1 - tieTerm / (all * (all - 1)));
  return { statistic, pValue: normalPValue(statistic - n * m / 2, variance), isExact };
}

/** Ranks from 1, equal values sharing the mean of theirs; `tieTerm` is the sum of t^3 - t over groups of t equal values. */
function rankValues(values: readonly number[]): { ranks: number[]; tieTerm: number } {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!), ranks = values.map(() => 0);
  let tieTerm = 0;
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    const size = end - start;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    tieTerm += size ** 3 - size;
    start = end;
  }
  return { ranks, tieTerm };
}

function normalPValue(deviation: number, variance: number): number {
  if (!(variance > 0)) return 1;
  return Math.min(1, 2 * normalCdf(-(Math.abs(deviation) - (deviation === 0 ? 0 : 0.5)) / Math.sqrt(variance)));
}

/** Twice the smaller tail of a symmetric statistic with these counts of ways per value. */
function exactPValue(statistic: number, counts: Float64Array): number {
  const mirrored = Math.min(statistic, counts.length - 1 - statistic);
  let tail = 0, all = 0;
  counts.forEach((count, value) => {
    all += count;
    if (value <= mirrored) tail += count;
  });
  return Math.min(1, 2 * tail / all);
}

/** Ways in which signs give each sum of positive ranks. Shape [n (n + 1) / 2 + 1]. */
function signedRankCounts(n: number): Float64Array {
  const counts = new Float64Array(n * (n + 1) / 2 + 1);
  counts[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = counts.length - 1; sum >= rank; sum--) counts[sum] = counts[sum]! + counts[sum - rank]!;
  }
  return counts;
}

const knownCounts = new Map<string, Float64Array>();

/** Ways in which n of n + m ranks give each U. Shape [n m + 1]. The coefficients of Gauss's binomial, kept per size. */
function rankSumCounts(n: number, m: number): Float64Array {
  const key = `${n} ${m}`, known = knownCounts.get(key);
  if (known !== undefined) return known;
  const counts = new Float64Array(n * m + 1);
  counts[0] = 1;
  for (let i = 1; i <= n; i++) {
    for (let u = counts.length - 1; u >= m + i; u--) counts[u] = counts[u]! - counts[u - m - i]!;
    for (let u = i; u < counts.length; u++) counts[u] = counts[u]! + counts[u - i]!;
  }
  knownCounts.set(key, counts);
  return counts;
}
