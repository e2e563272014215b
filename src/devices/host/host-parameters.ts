/** Parameters of the cost model of one engine on one host, and the numbers that a fit starts from. */
import { z } from "zod";

const positive = z.number().positive();

const kindSchema = z.strictObject({
  /** Per weight, for one token. Seconds. */
  oneS: positive,
  /** Per weight once, for several tokens. Seconds. */
  unpackS: positive,
  /** Per weight and token, for several tokens below 16. Seconds. */
  fewS: positive,
  /** The same from 16 on. */
  manyS: positive,
});

const threadSchema = z.strictObject({
  /** Per layer and step: threads waiting for each other between operations. Seconds. */
  layerS: positive,
  /** Of products for one token, against one thread; for several tokens, and what else a layer does with them; of attention. */
  oneSpeedup: positive,
  manySpeedup: positive,
  attentionSpeedup: positive,
  /** Of reading from memory, against one. */
  memorySpeedup: positive,
});

const attentionSchema = z.strictObject({
  /** Per pair of tokens and head. Seconds. */
  pairS: positive,
  /** Per pair, head and number of the head that fills a vector; and per number left over. Seconds. */
  vectorS: positive,
  remainderS: positive,
});

/** Schema of parameters. */
export const hostParametersSchema = z.strictObject({
  /** Per batch of a prompt, and per decoded token. Seconds. */
  callS: z.strictObject({ prefill: positive, decode: positive }),
  /** Token by token, and on tiles of tokens. */
  attention: z.strictObject({ byToken: attentionSchema, byTile: attentionSchema }),
  /** Per sequence after the first that a step moves on. Seconds. */
  sequenceS: positive,
  /** Per token of the vocabulary whose logit is computed: copying and choosing. Seconds. */
  vocabularyS: positive,
  /** Per number that a layer walks through. Seconds. */
  elementS: positive,
  /** Per number of keys and values that is read or moved. Seconds. */
  cacheNumberS: positive,
  memoryByteS: positive,
  lastLevelBytes: positive,
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
    callS: { prefill: 2e-4, decode: 1e-4 },
    attention: { byToken: { pairS: 2e-9, vectorS: 2e-10, remainderS: 4e-9 }, byTile: { pairS: 2e-9, vectorS: 5e-11, remainderS: 1e-10 } },
    sequenceS: 5e-5, vocabularyS: 5e-9, elementS: 2e-10, cacheNumberS: 1e-10,
    memoryByteS: 1e-10, lastLevelBytes: 16e6,
    kinds: Object.fromEntries(kinds.map((kind) => [kind, { oneS: 6e-11, unpackS: 3e-11, fewS: 2e-11, manyS: 2e-11 }])),
    threads: Object.fromEntries(threads.map((count) => [count, threadStart(count)])),
  };
}

function threadStart(count: number): ThreadParameters {
  const speedup = 1 + 0.8 * (count - 1);
  return { layerS: 1e-5, oneSpeedup: speedup, manySpeedup: speedup, attentionSpeedup: speedup, memorySpeedup: 1 + 0.5 * (count - 1) };
}
