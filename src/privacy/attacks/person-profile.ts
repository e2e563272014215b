/**
 * Linkage: is this the person whose earlier words are known? Evidence per message is the log-likelihood ratio of the person's
 * own choice of words, smoothed towards everybody's, against everybody's; evidence of several messages adds up.
 *
 * Source: Neyman and Pearson 1933 for the ratio; smoothing as in MacKay and Peto 1995, A hierarchical Dirichlet language
 * model, Natural Language Engineering 1(3).
 */
import { ln } from "../../core/elementary.js";
import { NO_WORD } from "./word-bayes.js";
import type { FeatureTable } from "./attack.js";

/** Words that everybody's choice counts in a person's profile. */
const BACKGROUND_WORDS = 20;

/** Everybody's choice of words, against which persons stand out. */
export class WordBackground {
  private readonly counts = new Map<number, number>();
  private total = 0;

  /** @param texts Words by number, as of `wordBayes`. */
  constructor(texts: FeatureTable) {
    for (const word of texts.values) {
      if (word === NO_WORD) continue;
      this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
      this.total++;
    }
  }

  /** Chance of a word; a word never seen counts half. */
  chance(word: number): number { return (this.counts.get(word) ?? 0.5) / (this.total + 0.5); }
}

/** Words of one person's known messages. */
export class PersonProfile {
  private readonly counts = new Map<number, number>();
  private total = 0;
  private readonly background: WordBackground;

  /** @param rows Messages of the person among `texts`. */
  constructor(background: WordBackground, texts: FeatureTable, rows: readonly number[]) {
    this.background = background;
    for (const row of rows) forEachWord(texts, row, (word) => { this.counts.set(word, (this.counts.get(word) ?? 0) + 1); this.total++; });
  }

  /** How much more likely a message is from this person than from anybody. Nats. */
  evidence(texts: FeatureTable, row: number): number {
    let sum = 0;
    forEachWord(texts, row, (word) => {
      const everybodys = this.background.chance(word), own = ((this.counts.get(word) ?? 0) + BACKGROUND_WORDS * everybodys) / (this.total + BACKGROUND_WORDS);
      sum += ln(own / everybodys);
    });
    return sum;
  }
}

function forEachWord({ columnCount, values }: FeatureTable, row: number, visit: (word: number) => void): void {
  for (let at = row * columnCount; at < (row + 1) * columnCount; at++) if (values[at] !== NO_WORD) visit(values[at]!);
}
