/** ROUGE-L: how much of a text was recovered, by the longest common subsequence of words. */

/**
 * F-measure of the longest common subsequence: 2 LCS / (words of one + words of the other).
 *
 * @returns From 0 to 1; 1 for two empty texts.
 * @source Lin 2004, ROUGE: a package for automatic evaluation of summaries, ACL workshop, section 3, with beta 1.
 */
export function rougeL(recovered: readonly string[], original: readonly string[]): number {
  const words = recovered.length + original.length;
  return words === 0 ? 1 : (2 * longestCommonSubsequence(recovered, original)) / words;
}

/** Time O(a.length x b.length), memory O(b.length). */
function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  const lengths = new Int32Array(b.length + 1);
  for (const word of a) {
    for (let j = 1, diagonal = 0; j <= b.length; j++) {
      const above = lengths[j]!;
      lengths[j] = word === b[j - 1] ? diagonal + 1 : Math.max(above, lengths[j - 1]!);
      diagonal = above;
    }
  }
  return lengths[b.length]!;
}
