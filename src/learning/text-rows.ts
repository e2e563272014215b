/** Texts as rows of tokens for training: as many whole texts as fit, each with an end behind it and blind for the others. */
import { batchOfRows, type TrainingBatch } from "./training-batch.js";

/** A text in tokens: what a model reads, and what it should say then. */
export interface TokenizedText {
  readonly prompt: readonly number[];
  readonly completion: readonly number[];
}

/** How texts become batches. */
export interface RowOptions {
  /** Tokens that are read. */
  readonly length: number;
  /** Ends each text, and fills the rest of a row. */
  readonly endToken: number;
  /** What the loss is taken on. */
  readonly learned: "completions" | "everything";
}

/** A row of length + 1 tokens, whether each is learned, and the number of its text. */
interface Row { readonly tokens: number[]; readonly isLearned: boolean[]; readonly textNumbers: number[] }

/** A batch, a row from each list of texts. A text that does not fit behind those before it is left out. */
export function batchOfTexts(lists: readonly (readonly TokenizedText[])[], options: RowOptions): TrainingBatch {
  const rows = lists.map((texts) => fillRow(texts, options));
  return batchOfRows(rows.map(({ tokens }) => tokens), { isLearned: (row, place) => rows[row]!.isLearned[place]!, textNumber: (row, place) => rows[row]!.textNumbers[place]! });
}

function fillRow(texts: readonly TokenizedText[], { length, endToken, learned }: RowOptions): Row {
  const tokens: number[] = [], isLearned: boolean[] = [], textNumbers: number[] = [];
  for (const [text, { prompt, completion }] of texts.entries()) {
    if (tokens.length + prompt.length + completion.length > length) continue;
    tokens.push(...prompt, ...completion, endToken);
    isLearned.push(...prompt.map(() => learned === "everything"), ...completion.map(() => true), true);
    while (textNumbers.length < tokens.length) textNumbers.push(text);
  }
  const filled = <Item>(items: Item[], rest: Item): Item[] => [...items, ...new Array<Item>(length + 1 - items.length).fill(rest)];
  return { tokens: filled(tokens, endToken), isLearned: filled(isLearned, false), textNumbers: filled(textNumbers, texts.length) };
}
