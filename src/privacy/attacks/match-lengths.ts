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
  const { distinct, firstOf, countOf } = countDistinct(known), places = new Map<string, number>();
  return Int32Array.from(targets, (target) => {
    const key = target.join(","), found = places.get(key) ?? nearest(distinct, countOf, target);
    places.set(key, found);
    return firstOf[found]!;
  });
}

function countDistinct(known: readonly ChunkSizes[]): { distinct: ChunkSizes[]; firstOf: number[]; countOf: number[] } {
  const placeOf = new Map<string, number>(), distinct: ChunkSizes[] = [], firstOf: number[] = [], countOf: number[] = [];
  known.forEach((sizes, i) => {
    const key = sizes.join(","), place = placeOf.get(key);
    if (place !== undefined) { countOf[place]!++; return; }
    placeOf.set(key, distinct.length);
    distinct.push(sizes);
    firstOf.push(i);
    countOf.push(1);
  });
  return { distinct, firstOf, countOf };
}

function nearest(distinct: readonly ChunkSizes[], countOf: readonly number[], target: ChunkSizes): number {
  let best = 0, least = Infinity;
  distinct.forEach((sizes, i) => {
    const distance = distanceOf(sizes, target, least);
    if (distance < least || (distance === least && countOf[i]! > countOf[best]!)) { least = distance; best = i; }
  });
  return best;
}

/** Any number above `limit` once it is passed. */
function distanceOf(a: ChunkSizes, b: ChunkSizes, limit: number): number {
  let sum = 0;
  for (let i = 0; i < Math.max(a.length, b.length) && sum <= limit; i++) {
    const one = a[i], other = b[i];
    sum += one === undefined ? other! + 1 : other === undefined ? one + 1 : Math.abs(one - other);
  }
  return sum;
}
