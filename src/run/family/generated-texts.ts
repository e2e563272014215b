/**
 * Texts as a teacher tells them: it gets the prompts of the world's texts and completes them. The learner never sees the world's own
 * completions, but for the beginning of texts that have no prompt.
 */
import type { TokenizedText } from "../../learning/text-rows.js";
import { completeBatch, type ServedModel } from "../../models/runtimes/complete-batch.js";

/** Texts completed together. A part of what fixes the bytes of a model: sums in batches of other sizes round otherwise. */
const BLOCK = 1024;
/** Of a text without a prompt, this share is given to begin with. */
const BEGINNING = 1 / 3;
const LONGEST_COMPLETION = 64;

/** Completed texts by number. */
export class GeneratedTexts {
  private readonly blocks = new Map<number, Promise<(TokenizedText | undefined)[]>>();

  /** @param textAt A text of the world. */
  constructor(private readonly teacher: ServedModel, private readonly textAt: (index: number) => TokenizedText) {}

  /** Texts from a number on; those whose completion does not end are left out. */
  async textsFrom(first: number, count: number): Promise<TokenizedText[]> {
    const texts: TokenizedText[] = [];
    for (let index = first; index < first + count; index++) {
      const text = (await this.blockOf(index))[index % BLOCK];
      if (text !== undefined) texts.push(text);
    }
    return texts;
  }

  private blockOf(index: number): Promise<(TokenizedText | undefined)[]> {
    const block = Math.floor(index / BLOCK), known = this.blocks.get(block);
    if (known !== undefined) return known;
    this.blocks.delete(block - 2);
    const made = this.complete(Array.from({ length: BLOCK }, (_, i) => promptOf(this.textAt(block * BLOCK + i))));
    this.blocks.set(block, made);
    return made;
  }

  private async complete(prompts: readonly (readonly number[])[]): Promise<(TokenizedText | undefined)[]> {
    const texts = new Array<TokenizedText | undefined>(prompts.length).fill(undefined);
    for (const length of [...new Set(prompts.map((prompt) => prompt.length))].sort((a, b) => a - b)) {
      const places = [...prompts.keys()].filter((place) => prompts[place]!.length === length);
      const completions = await completeBatch(this.teacher, places.map((place) => prompts[place]!), LONGEST_COMPLETION);
      places.forEach((place, i) => { if (completions[i] !== undefined) texts[place] = { prompt: prompts[place]!, completion: completions[i] }; });
    }
    return texts;
  }
}

function promptOf({ prompt, completion }: TokenizedText): readonly number[] {
  return prompt.length > 0 ? prompt : completion.slice(0, Math.max(1, Math.round(BEGINNING * completion.length)));
}
