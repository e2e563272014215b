/**
 * Pseudonyms of a session: one for each thing, the same each time it is named, such as [PERSON_2]. The table stays with P; who
 * sees the pseudonyms learns the type and that two mentions are one thing.
 */
import type { SpanType } from "./personal-span.js";

/** Where pseudonyms begin and end. */
export const PSEUDONYM_EDGES = { start: "[", end: "]" } as const;

/** The form of a pseudonym. Text that has it already is replaced like personal data, so that restoring is exact for every text. */
export const PSEUDONYM_PATTERN = /\[[A-Z]+(?:_[A-Z]+)*_\d+\]/g;

/** Name under which text stands that looked like a pseudonym itself. */
const LITERAL = "TEXT";

/** The two directions of a session's pseudonyms. */
export class PseudonymTable {
  private readonly pseudonyms = new Map<string, string>();
  private readonly originals = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  private longest = 0;

  /** The pseudonym of a piece of text: the same for the same letters. */
  pseudonymOf(type: SpanType | undefined, original: string): string {
    const kind = type ?? LITERAL, key = `${kind} ${original}`, known = this.pseudonyms.get(key);
    if (known !== undefined) return known;
    const number = (this.counts.get(kind) ?? 0) + 1, pseudonym = `${PSEUDONYM_EDGES.start}${kind}_${number}${PSEUDONYM_EDGES.end}`;
    this.counts.set(kind, number);
    this.pseudonyms.set(key, pseudonym);
    this.originals.set(pseudonym, original);
    this.longest = Math.max(this.longest, pseudonym.length);
    return pseudonym;
  }

  /** What a pseudonym stands for; nothing for one that this session never gave out. */
  originalOf(pseudonym: string): string | undefined { return this.originals.get(pseudonym); }

  /** Whether some pseudonym begins with these letters and goes on. */
  isBeginning(letters: string): boolean {
    if (letters.length >= this.longest) return false;
    for (const pseudonym of this.originals.keys()) if (pseudonym.length > letters.length && pseudonym.startsWith(letters)) return true;
    return false;
  }

  /** How many things have a pseudonym. */
  get size(): number { return this.originals.size; }
}
