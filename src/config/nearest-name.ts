/** Finds the name a person most likely meant. */

const LONGEST_COMPARED = 64;

/** Number of single-letter insertions, deletions, replacements and swaps of neighbours (restricted Damerau distance). */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const isSame = left[i - 1] === right[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length]!;
}

/**
 * The closest of `names`, letter case ignored; a name that begins with what was written, or the other way round
 * ("horizon" for "horizonS"), counts as close.
 *
 * @returns Undefined when nothing is close: more than a third of the letters would have to change.
 */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const wanted = written.slice(0, LONGEST_COMPARED).toLowerCase();
  if (wanted.length === 0) return undefined;
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const candidate = name.slice(0, LONGEST_COMPARED).toLowerCase();
    const isPrefix = wanted.length >= 4 && (candidate.startsWith(wanted) || wanted.startsWith(candidate));
    const distance = isPrefix ? 0.5 : editDistance(wanted, candidate);
    const limit = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}
