/** What every sequence refuses, whatever engine is behind it. */
import { DataError, invariant, LimitError } from "../../core/errors.js";

/** What tokens must fit into. */
export interface TokenLimits { readonly vocabulary: number; readonly contextTokens: number }

/**
 * Looks at tokens that shall be added to a sequence.
 *
 * @param length Tokens already there.
 * @throws {DataError} for one that the model does not know; {LimitError} when they do not fit.
 */
export function requireRoom(tokens: readonly number[], length: number, { vocabulary, contextTokens }: TokenLimits): void {
  const odd = tokens.find((token) => !(Number.isInteger(token) && token >= 0 && token < vocabulary));
  if (odd !== undefined) throw new DataError({ subject: "a token", rule: `be a whole number below ${vocabulary}`, got: odd, hint: "Use the tokenizer of the same model." });
  if (length + tokens.length <= contextTokens) return;
  throw new LimitError({
    subject: "the prompt", rule: `fit into the context of ${contextTokens} tokens`, got: `${length} tokens there and ${tokens.length} more`,
    hint: "Shorten the text or give a larger --context.",
  });
}

/** @throws {DataError} for half of a surrogate pair. */
export function requireWellFormed(text: string): void {
  if (!/\p{Surrogate}/u.test(text)) return;
  throw new DataError({ subject: "the text", rule: "be well-formed Unicode", got: "half of a surrogate pair", hint: "Read text files as UTF-8." });
}

/** @throws {LimitError} when the text to embed leaves no room in the context. */
export function requireEmbeddable(tokens: readonly number[], contextTokens: number): void {
  invariant(tokens.length > 0, "embed at least one token", tokens.length);
  if (tokens.length < contextTokens) return;
  throw new LimitError({ subject: "the text to embed", rule: `be shorter than the context of ${contextTokens} tokens`, got: tokens.length, hint: "Shorten it or give a larger --context." });
}

/** Lets one call at a time work on a sequence. */
export class Turn {
  private isTaken = false;

  /** @throws {BugError} while another call has the turn. */
  take(): void {
    invariant(!this.isTaken, "do one thing at a time on a sequence", "two calls at once");
    this.isTaken = true;
  }

  release(): void { this.isTaken = false; }

  /** Takes the turn for an action. */
  async during<Result>(action: () => Promise<Result>): Promise<Result> {
    this.take();
    try {
      return await action();
    } finally {
      this.release();
    }
  }
}
