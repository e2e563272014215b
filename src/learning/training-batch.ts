/** Examples of one step. */
import { invariant } from "../core/errors.js";

/** Token numbers and how much each counts. All arrays have shape [batch, length]. */
export interface TrainingBatch {
  readonly batch: number;
  readonly length: number;
  readonly tokens: BigInt64Array;
  /** The right next token at each position. */
  readonly targets: BigInt64Array;
  /** 1 where a token is learned and 0 where it is only read; any share between. */
  readonly tokenWeights: Float32Array;
  /** Number of the text of its row that a position belongs to. A position sees its own text alone. */
  readonly textNumbers: Float32Array;
}

/** What is known of a place of a row. */
export interface RowPlaces {
  /** Whether its token is learned. All when left out. */
  readonly isLearned?: (row: number, place: number) => boolean;
  /** Number of its text. A row is one text when left out. */
  readonly textNumber?: (row: number, place: number) => number;
}

/** Rows of logits are computed in multiples of this, so that few sizes of arrays come up and the runtime can plan its memory for each. */
const PLACES_STEP = 128;

/**
 * Positions of a batch that a training graph needs logits at, counted over the whole batch: those with a weight, and as many of the
 * first others as make the number a multiple of 128 or the whole batch.
 *
 * @returns Ascending, distinct; at least one.
 */
export function placesToLearn({ tokenWeights }: Pick<TrainingBatch, "tokenWeights">): BigInt64Array {
  const learned = tokenWeights.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0);
  let others = Math.min(Math.max(1, Math.ceil(learned / PLACES_STEP)) * PLACES_STEP, tokenWeights.length) - learned;
  return BigInt64Array.from([...tokenWeights.keys()].filter((place) => tokenWeights[place] !== 0 || others-- > 0), BigInt);
}

/**
 * A batch from rows of length + 1 tokens: each but the last is read, each but the first is learned.
 *
 * @throws {BugError} for rows of unequal length.
 */
export function batchOfRows(rows: readonly ArrayLike<number>[], { isLearned = () => true, textNumber = () => 0 }: RowPlaces = {}): TrainingBatch {
  const batch = rows.length, length = rows[0]!.length - 1, size = batch * length;
  invariant(rows.every((row) => row.length === length + 1), "make a batch of rows of one length", rows.map((row) => row.length));
  const place = (i: number, offset: number): number => rows[Math.floor(i / length)]![i % length + offset]!;
  return {
    batch, length,
    tokens: BigInt64Array.from({ length: size }, (_, i) => BigInt(place(i, 0))), targets: BigInt64Array.from({ length: size }, (_, i) => BigInt(place(i, 1))),
    tokenWeights: Float32Array.from({ length: size }, (_, i) => (isLearned(Math.floor(i / length), i % length + 1) ? 1 : 0)),
    textNumbers: Float32Array.from({ length: size }, (_, i) => textNumber(Math.floor(i / length), i % length)),
  };
}
