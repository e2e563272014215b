/**
 * A thief with the sealed store and without its key: tries secrets in order of likelihood until one opens it or the time is
 * over. What stands in the way is how hard the secret is to guess and how long one guess takes.
 */

/** Outcome of a guessing attack. */
export interface GuessOutcome { readonly isFound: boolean; readonly guesses: number }

/** Tries candidates in order. @param mostGuesses Budget. */
export function guessSecret(candidates: Iterable<string>, isRight: (secret: string) => boolean, mostGuesses: number): GuessOutcome {
  let guesses = 0;
  for (const candidate of candidates) {
    if (guesses >= mostGuesses) break;
    guesses++;
    if (isRight(candidate)) return { isFound: true, guesses };
  }
  return { isFound: false, guesses };
}
