/**
 * Reconstruction of an answer from the sizes of its encrypted chunks: with one token per chunk they are the lengths of its
 * tokens. The attacker has answers of other people with their sizes, and takes the one whose sizes fit best.
 *
 * Source: the side channel as in Weiss, Ayub, Ben Yehuda and Shapira 2024, What was your prompt? A remote keylogging attack on
 * AI assistants, USENIX Security; there a language model fills in the words, here known answers do.
 */

/** Sizes of one answer's chunks, in order. Bytes. */
export type ChunkSizes = readonly number[];

/**
 * For each answer the known one whose chunk sizes differ least: sum of differences place by place, a missing chunk counting
 * its whole size and one byte. Among equals the most common, then the first.
 *
 * @param known At least one.
 * @returns Place in `known`.
 */
export function matchLengths(known: readonly ChunkSizes[], targets: readonly ChunkSizes[]): Int32Array {
  const answers = listDistinct(known), matched = new Map<string, number>();
  return Int32Array.from(targets, (target) => {
    const key = target.join(","), first = matched.get(key) ?? nearest(answers, target).first;
    matched.set(key, first);
    return first;
  });
}

/** Known answers of the same sizes. */
interface KnownAnswer {
  readonly sizes: ChunkSizes;
  readonly totalBytes: number;
  /** Place of the first of them, and how many there are. */
  readonly first: number;
  count: number;
}

/** In order of total size. */
function listDistinct(known: readonly ChunkSizes[]): KnownAnswer[] {
  const byKey = new Map<string, KnownAnswer>();
  known.forEach((sizes, first) => {
    const key = sizes.join(","), found = byKey.get(key);
    if (found === undefined) byKey.set(key, { sizes, totalBytes: totalOf(sizes), first, count: 1 }); else found.count++;
  });
  return [...byKey.values()].sort((a, b) => a.totalBytes - b.totalBytes || a.first - b.first);
}

/** Answers differ by at least their totals, so the search goes outwards from the target's total and ends where totals alone are too far. */
function nearest(answers: readonly KnownAnswer[], target: ChunkSizes): KnownAnswer {
  const totalBytes = totalOf(target);
  let up = firstOfTotal(answers, totalBytes), down = up - 1, best: KnownAnswer | undefined, least = Infinity;
  for (;;) {
    const above = up < answers.length ? answers[up]!.totalBytes - totalBytes : Infinity, below = down >= 0 ? totalBytes - answers[down]!.totalBytes : Infinity;
    if (Math.min(above, below) > least || (above === Infinity && below === Infinity)) return best!;
    const answer = above <= below ? answers[up++]! : answers[down--]!, distance = distanceOf(answer.sizes, target, least);
    const isTieWon = distance === least && best !== undefined && (answer.count > best.count || (answer.count === best.count && answer.first < best.first));
    if (distance < least || isTieWon) { least = distance; best = answer; }
  }
}

/** Place of the first answer of at least a total. */
function firstOfTotal(answers: readonly KnownAnswer[], totalBytes: number): number {
  let low = -1, high = answers.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (answers[middle]!.totalBytes < totalBytes) low = middle; else high = middle;
  }
  return high;
}

function totalOf(sizes: ChunkSizes): number { return sizes.reduce((sum, bytes) => sum + bytes, 0); }

/** Any number above `limit` once it is passed. */
function distanceOf(a: ChunkSizes, b: ChunkSizes, limit: number): number {
  let sum = 0;
  for (let i = 0; i < Math.max(a.length, b.length) && sum <= limit; i++) {
    const one = a[i], other = b[i];
    sum += one === undefined ? other! + 1 : other === undefined ? one + 1 : Math.abs(one - other);
  }
  return sum;
}
