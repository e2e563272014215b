/** Text of tokens as they come: letters whose bytes are spread over several tokens wait until they are whole. */

/** U+FFFD: what decoders put for bytes that are no UTF-8, and so for the first bytes of a letter. */
const INCOMPLETE = "\uFFFD";
/** UTF-8 letters have at most four bytes, so a fifth token cannot complete one. */
const MOST_HELD_TOKENS = 4;

/** Turns tokens to text. */
export class TextStream {
  private held: number[] = [];

  /** @param decodeText Text of some tokens. */
  constructor(private readonly decodeText: (tokens: readonly number[]) => string) {}

  /** Text that has become certain with this token. */
  push(token: number): string {
    this.held.push(token);
    const text = this.decodeText(this.held);
    if (!text.endsWith(INCOMPLETE)) {
      this.held = [];
      return text;
    }
    return this.held.length < MOST_HELD_TOKENS ? "" : this.release(this.findSplit(text));
  }

  /** Text of what waits, however broken. */
  flush(): string {
    return this.held.length === 0 ? "" : this.release(this.held.length);
  }

  private release(count: number): string { return this.decodeText(this.held.splice(0, count)); }

  /** How many of the oldest tokens can go without cutting a letter in two. */
  private findSplit(text: string): number {
    for (let count = 1; count < this.held.length; count++) {
      if (this.decodeText(this.held.slice(0, count)) + this.decodeText(this.held.slice(count)) === text) return count;
    }
    return this.held.length;
  }
}
