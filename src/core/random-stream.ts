/**
 * Named random streams. A draw is a function of (seed, replication, purpose, entity, index, draw number) and of nothing
 * else, so adding a user disturbs no other user, and two policies see the same users, queries and outages.
 *
 * Layout: key = seed (53 bits) and replication (11 bits); counter = block, index, entity (53 bits) and purpose (11 bits).
 * All fields are apart, so no two batches of draws share a counter.
 */
import { ln } from "./elementary.js";
import { invariant } from "./errors.js";
import { normalQuantile } from "./normal-distribution.js";
import { philox4x32 } from "./philox.js";

/** What draws are for. Streams of different purposes are independent. */
export const Purpose = {
  behaviour: 0, session: 1, query: 2, device: 3, network: 4, route: 5, tier: 6, failure: 7, attack: 8, market: 9, bench: 10, test: 11, loss: 12,
  weights: 20, choice: 21,
} as const;
/** A value of `Purpose`. Callers may add their own below 2048. */
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

const WORD_SPAN = 2 ** 32;
const UNIT = 2 ** -32;
/** Replications of a seed, and purposes: 11 bits each. */
const SMALL_FIELD_SPAN = 2 ** 11;
const WORDS_PER_BLOCK = 4;

function isSmallField(value: number): boolean { return Number.isInteger(value) && value >= 0 && value < SMALL_FIELD_SPAN; }

/** Draws of one purpose in one replication. Holds a position: `seek` before the draws of each entity. */
export class RandomStream {
  private readonly keyLow: number;
  private readonly keyHigh: number;
  private readonly purpose: number;
  private readonly words = new Uint32Array(WORDS_PER_BLOCK);
  private entityLow = 0;
  private entityHigh: number;
  private index = 0;
  private block = 0;
  private used = WORDS_PER_BLOCK;

  /**
   * @param seed Safe integer, 0 or more.
   * @param replication Below 2048.
   * @param purpose Of `Purpose`; below 2048.
   * @throws {BugError} when a field does not fit.
   */
  constructor(seed: number, replication: number, purpose: number) {
    invariant(Number.isSafeInteger(seed) && seed >= 0, "seed streams with a safe integer of 0 or more", seed);
    invariant(isSmallField(replication), "number replications below 2048", replication);
    invariant(isSmallField(purpose), "number purposes below 2048", purpose);
    this.keyLow = seed | 0;
    this.keyHigh = (Math.floor(seed / WORD_SPAN) * SMALL_FIELD_SPAN + replication) | 0;
    this.purpose = purpose;
    this.entityHigh = purpose;
  }

  /**
   * Goes to the start of a batch of draws.
   *
   * @param entity Who draws. Safe integer, 0 or more.
   * @param index Number of the batch of this entity. Below 2^32.
   */
  seek(entity: number, index: number): this {
    this.entityLow = entity | 0;
    this.entityHigh = entity < WORD_SPAN ? this.purpose : (Math.floor(entity / WORD_SPAN) * SMALL_FIELD_SPAN + this.purpose) | 0;
    this.index = index | 0;
    this.block = 0;
    this.used = WORDS_PER_BLOCK;
    return this;
  }

  /** A number strictly between 0 and 1: one of the 2^32 midpoints (word + 0.5) / 2^32. */
  nextUniform(): number {
    if (this.used === WORDS_PER_BLOCK) {
      philox4x32(this.block, this.index, this.entityLow, this.entityHigh, this.keyLow, this.keyHigh, this.words);
      this.block = (this.block + 1) | 0;
      this.used = 0;
    }
    return (this.words[this.used++]! + 0.5) * UNIT;
  }

  /** An exponential number with mean 1. At most 23 (33 ln 2), because a draw has 32 bits. Takes one draw. */
  nextExponential(): number { return -ln(this.nextUniform()); }

  /** A standard normal number by inversion, so it grows with the uniform behind it. Within 6.4 of 0. Takes one draw. */
  nextNormal(): number { return normalQuantile(this.nextUniform()); }

  /**
   * An integer from 0 to bound - 1. Takes one draw.
   *
   * @param bound From 1 to 2^32. Values differ in probability by at most 2^-32.
   */
  nextInt(bound: number): number { return Math.floor(this.nextUniform() * bound); }
}
