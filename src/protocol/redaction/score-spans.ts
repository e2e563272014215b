/** How well found spans agree with marked ones, word by word: a word counts for a type when a span of it covers the word. */

/** A span by any name of its type. */
export interface TypedSpan { readonly type: string; readonly start: number; readonly end: number }

/** Words of one type: marked and found, marked only, found only. */
export interface SpanTally { readonly type: string; hits: number; misses: number; falseFinds: number }

/** Precision, recall, and F2, which weighs recall four times as much; NaN where there is nothing to divide by. */
export interface SpanScore extends Readonly<SpanTally> { readonly precision: number; readonly recall: number; readonly f2: number }

/** Name of the row that asks only whether a word was found at all, as redaction does. */
export const ANY_TYPE = "any type";

const WORD = /[\p{L}\p{N}]+/gu;

/** Adds up texts. */
export class SpanScorer {
  private readonly tallies = new Map<string, SpanTally>();

  /** Adds one text with the spans that are in it and those that were found. */
  add(text: string, marked: readonly TypedSpan[], found: readonly TypedSpan[]): void {
    for (const { 0: word, index } of text.matchAll(WORD)) {
      const [truth, guess] = [marked, found].map((spans) => spans.find(({ start, end }) => start <= index && index + word.length <= end)?.type);
      this.count(truth, guess);
      this.count(truth === undefined ? undefined : ANY_TYPE, guess === undefined ? undefined : ANY_TYPE);
    }
  }

  /** One score per type, most frequent first, "any type" last. */
  scores(): SpanScore[] {
    const size = ({ type, hits, misses }: SpanTally): number => (type === ANY_TYPE ? -1 : hits + misses);
    return [...this.tallies.values()].sort((a, b) => size(b) - size(a)).map((tally) => ({ ...tally, ...ratiosOf(tally) }));
  }

  private count(truth: string | undefined, guess: string | undefined): void {
    if (truth !== undefined && truth === guess) { this.tally(truth).hits++; return; }
    if (truth !== undefined) this.tally(truth).misses++;
    if (guess !== undefined) this.tally(guess).falseFinds++;
  }

  private tally(type: string): SpanTally {
    const tally = this.tallies.get(type) ?? { type, hits: 0, misses: 0, falseFinds: 0 };
    this.tallies.set(type, tally);
    return tally;
  }
}

function ratiosOf({ hits, misses, falseFinds }: SpanTally): Pick<SpanScore, "precision" | "recall" | "f2"> {
  return { precision: hits / (hits + falseFinds), recall: hits / (hits + misses), f2: 5 * hits / (5 * hits + 4 * misses + falseFinds) };
}
