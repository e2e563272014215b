/**
 * Puts originals back into an answer while it streams. Pieces may be cut anywhere, inside a pseudonym too: what may still
 * become one is held back, everything else goes out at once, and an original is never looked through for pseudonyms again.
 */
import { PSEUDONYM_EDGES, type PseudonymTable } from "./pseudonyms.js";

/** Restores one answer. */
export class RestoreStream {
  private held = "";

  constructor(private readonly table: PseudonymTable) {}

  /** @returns What can be shown now. */
  push(piece: string): string {
    this.held += piece;
    let out = "";
    for (;;) {
      const start = this.held.indexOf(PSEUDONYM_EDGES.start);
      if (start < 0) return out + this.release(this.held.length);
      out += this.release(start);
      const step = this.stepOverEdge();
      if (step === undefined) return out;
      out += step;
    }
  }

  /** @returns What was held back, as it stands: a pseudonym that was never finished is none. */
  finish(): string { return this.release(this.held.length); }

  /** What comes of the text at an edge: an original, the edge itself, or nothing while more must come. */
  private stepOverEdge(): string | undefined {
    const end = this.held.indexOf(PSEUDONYM_EDGES.end), original = end < 0 ? undefined : this.table.originalOf(this.held.slice(0, end + 1));
    if (original !== undefined) {
      this.release(end + 1);
      return original;
    }
    return this.table.isBeginning(this.held) ? undefined : this.release(1);
  }

  private release(length: number): string {
    const out = this.held.slice(0, length);
    this.held = this.held.slice(length);
    return out;
  }
}

/** Restores a whole text. */
export function restoreText(text: string, table: PseudonymTable): string {
  const stream = new RestoreStream(table);
  return stream.push(text) + stream.finish();
}
