/** Texts as rows of tokens for training: as many whole texts as fit, each with an end behind it. */
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

/** A row of length + 1 tokens, and whether each is learned. */
interface Row { readonly tokens: number[]; readonly isLearned: boolean[] }

/** A batch, a row from each list of texts. Texts of a list after the first that does not fit are left out. */
export function batchOfTexts(lists: readonly (readonly TokenizedText[])[], options: RowOptions): TrainingBatch {
  const rows = lists.map((texts) => fillRow(texts, options));
  return batchOfRows(rows.map(({ tokens }) => tokens), (row, place) => rows[row]!.isLearned[place]!);
}

function fillRow(texts: readonly TokenizedText[], { length, endToken, learned }: RowOptions): Row {
  const tokens: number[] = [], isLearned: boolean[] = [];
  for (const { prompt, completion } of texts) {
    if (tokens.length + prompt.length + completion.length > length) break;
    tokens.push(...prompt, ...completion, endToken);
    isLearned.push(...prompt.map(() => learned === "everything"), ...completion.map(() => true), true);
  }
  const missing = length + 1 - tokens.length;
  return { tokens: [...tokens, ...new Array<number>(missing).fill(endToken)], isLearned: [...isLearned, ...new Array<boolean>(missing).fill(false)] };
}
