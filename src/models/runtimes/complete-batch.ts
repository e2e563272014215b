/** The likeliest completions of many prompts at once. */
import { invariant } from "../../core/errors.js";
import { headSizeOf, type LlamaShape } from "../llama/llama-shape.js";
import { floatsOf, type Session, tensorOver } from "../onnx/open-session.js";

/** A model for use, as `inferenceModel` makes it. */
export interface ServedModel { readonly session: Session; readonly shape: LlamaShape; readonly endToken: number }

/**
 * Greedy completions of prompts of one length, token by token for all of them.
 *
 * @param prompts At least one; each with the same number of tokens, at least one.
 * @returns Tokens before the end token; undefined for a completion that did not end within `maxTokens` or the context.
 */
export async function completeBatch({ session, shape, endToken }: ServedModel, prompts: readonly (readonly number[])[], maxTokens: number): Promise<(number[] | undefined)[]> {
  const batch = prompts.length, promptLength = prompts[0]!.length, completions: number[][] = prompts.map(() => []), isEnded = prompts.map(() => false);
  invariant(promptLength > 0 && prompts.every(({ length }) => length === promptLength), "complete prompts of one length", prompts.map(({ length }) => length));
  let columns: readonly (readonly number[])[] = prompts, cache = emptyCaches(shape, batch);
  for (let count = 0; count < maxTokens && promptLength + count < shape.context && isEnded.includes(false); count++) {
    const { logits, next } = await runColumns(session, shape, columns, promptLength + count, cache), width = columns[0]!.length;
    cache = next;
    columns = completions.map((completion, row) => {
      const token = likeliest(logits, (row * width + width - 1) * shape.vocabulary, shape.vocabulary);
      if (token === endToken) isEnded[row] = true;
      if (isEnded[row] !== true) completion.push(token);
      return [token];
    });
  }
  return completions.map((completion, row) => (isEnded[row] === true ? completion : undefined));
}

type Caches = Readonly<Record<string, ReturnType<typeof tensorOver>>>;

function emptyCaches(shape: LlamaShape, batch: number): Caches {
  const names = Array.from({ length: shape.layers }, (_, layer) => [`pastKeys.${layer}`, `pastValues.${layer}`]).flat();
  return Object.fromEntries(names.map((name) => [name, tensorOver(new Float32Array(), [batch, shape.kvHeads, 0, headSizeOf(shape)])]));
}

/** @param total Tokens of each sequence with these columns. */
async function runColumns(session: Session, shape: LlamaShape, columns: readonly (readonly number[])[], total: number, cache: Caches): Promise<{ readonly logits: Float32Array; readonly next: Caches }> {
  const batch = columns.length, width = columns[0]!.length;
  const outputs = await session.run({
    tokens: tensorOver(BigInt64Array.from(columns.flat(), BigInt), [batch, width]), lastPlaces: tensorOver(new Int32Array(batch).fill(total - 1), [batch]), totalLength: tensorOver(Int32Array.of(total), []), ...cache,
  });
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  return { logits: floatsOf(outputs, "logits"), next: Object.fromEntries(layers.flatMap((layer) => [[`pastKeys.${layer}`, outputs[`keys.${layer}`]!], [`pastValues.${layer}`, outputs[`values.${layer}`]!]])) };
}

function likeliest(logits: Float32Array, start: number, count: number): number {
  let best = 0;
  for (let token = 1; token < count; token++) if (logits[start + token]! > logits[start + best]!) best = token;
  return best;
}
