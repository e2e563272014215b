/** Parameters of the cost model of one engine on one host, and the numbers that a fit starts from. */
import { z } from "zod";

const positive = z.number().positive();

const kindSchema = z.strictObject({
  /** Per row and token, however long the row is. Seconds. */
  rowS: positive,
  /** Per weight, for one token. Seconds. */
  oneS: positive,
  /** Per weight once, for several tokens. Seconds. */
  unpackS: positive,
  /** Per weight and token that fills no block of 16. Seconds. */
  fewS: positive,
  /** Per weight and token in a full block. Seconds. */
  manyS: positive,
});

const threadSchema = z.strictObject({
  /** Per batch of a prompt, and per decoded token: the call, and starting threads. Seconds. */
  callS: z.strictObject({ prefill: positive, decode: positive }),
  /** Per layer and step: threads waiting for each other between operations. Seconds. */
  layerS: positive,
  /** Of products for one token, against one thread; for several tokens, and what else a layer does with them; of attention. */
  oneSpeedup: positive,
  manySpeedup: positive,
  attentionSpeedup: positive,
  /** Of reading from memory, against one. */
  memorySpeedup: positive,
});

const tokenAttentionSchema = z.strictObject({
  /** Per head and pair of a token and one that it sees. Seconds. */
  pairS: positive,
  /** Per pair, head and number of the head. Seconds. */
  numberS: positive,
  /** Per head and pair that is looked at and passed by. Seconds. */
  passedS: positive,
});

const tileAttentionSchema = z.strictObject({
  /** Per tile of 64 by 64 pairs of a head, and per tile and number of the head. Seconds. */
  tileS: positive,
  numberS: positive,
  /** Per tile that is looked at, passed by or not. Seconds. */
  lookS: positive,
});

const plainAttentionSchema = z.strictObject({
  /** Per head and pair of tokens, and per pair and number of the head. Seconds. */
  pairS: positive,
  numberS: positive,
  /** Per number of keys and values; and on top, of what the last cache level does not hold. Seconds. */
  keyS: positive,
  missedS: positive,
});

/** Schema of parameters. */
export const hostParametersSchema = z.strictObject({
  attention: z.strictObject({
    /** Token by token, and on tiles of tokens. */
    flash: z.strictObject({
      byToken: tokenAttentionSchema,
      byTile: tileAttentionSchema,
      /** Per number of keys and values. Seconds. */
      keyS: positive,
      /** Per number that is waited for, in the last cache level; and beyond it, in memory, on top. Seconds. */
      waitedS: z.strictObject({ cache: positive, memory: positive }),
    }),
    /** Of single tokens, and of several. */
    plain: z.strictObject({ one: plainAttentionSchema, many: plainAttentionSchema }),
  }),
  /** Per pair of tokens of a batch, once for all layers: who sees whom. Seconds. */
  maskS: positive,
  /** Per sequence after the first that a step moves on. Seconds. */
  sequenceS: positive,
  /** Per token of the vocabulary whose logit is computed: copying and choosing. Seconds. */
  vocabularyS: positive,
  /** Per number that a layer walks through. Seconds. */
  elementS: positive,
  memoryByteS: positive,
  lastLevelBytes: positive,
  /** Size of a matrix between those that ONNX Runtime reads fast and slowly. Bytes. */
  matrixBytes: positive,
  kinds: z.record(z.string(), kindSchema),
  threads: z.record(z.string(), threadSchema),
});

/** Parameters of one engine. */
export type HostParameters = Readonly<z.output<typeof hostParametersSchema>>;
/** Of one kind of weights. */
export type KindParameters = Readonly<z.output<typeof kindSchema>>;
/** Of one number of threads. */
export type ThreadParameters = Readonly<z.output<typeof threadSchema>>;

/** Where a fit starts: orders of magnitude of a processor of 2020 to 2026 at 3 GHz, and a fifth of a second thread lost. */
export function startParameters(kinds: readonly string[], threads: readonly number[]): HostParameters {
  return {
    attention: {
      flash: { byToken: { pairS: 2e-9, numberS: 2e-10, passedS: 5e-10 }, byTile: { tileS: 8e-6, numberS: 2e-7, lookS: 2e-6 }, keyS: 5e-11, waitedS: { cache: 1e-10, memory: 5e-10 } },
      plain: { one: { pairS: 2e-9, numberS: 2e-10, keyS: 2e-10, missedS: 5e-10 }, many: { pairS: 1e-9, numberS: 5e-11, keyS: 5e-11, missedS: 5e-11 } },
    },
    maskS: 5e-10,
    sequenceS: 5e-5, vocabularyS: 5e-9, elementS: 2e-10,
    memoryByteS: 1e-10, lastLevelBytes: 16e6, matrixBytes: 4e6,
    kinds: Object.fromEntries(kinds.map((kind) => [kind, { rowS: 1e-9, oneS: 6e-11, unpackS: 3e-11, fewS: 2e-11, manyS: 2e-11 }])),
    threads: Object.fromEntries(threads.map((count) => [count, threadStart(count)])),
  };
}

function threadStart(count: number): ThreadParameters {
  const speedup = 1 + 0.8 * (count - 1);
  return { callS: { prefill: 2e-4, decode: 1e-4 }, layerS: 1e-5, oneSpeedup: speedup, manySpeedup: speedup, attentionSpeedup: speedup, memorySpeedup: 1 + 0.5 * (count - 1) };
}
