/**
 * One replica of a served model: continuous batching as in vLLM v1 (scheduler of vLLM 0.19, vllm/v1/core/sched).
 *
 * An iteration works on one token of every decoding sequence and, with what is left of the token budget, on chunks of
 * prompts in order of admission. Each boundary between iterations, in this order:
 *  1. sequences that got their last token leave; cancelled ones are freed;
 *  2. decoding sequences at the end of a block get another; while there are too few, the sequence admitted last is
 *     preempted: its memory is freed and it returns to the front of the queue with prompt + tokens made so far;
 *  3. a half-done prompt goes on; then, unless step 2 preempted, requests are admitted while the token budget, the
 *     batch and the blocks for the whole prompt allow.
 * A request joins at the first boundary after its arrival; an idle replica starts at once. Boundaries are exact in
 * picoseconds; instants are reported in microseconds, rounded up.
 *
 * With `schedulesAhead` (vLLM's async scheduling) an iteration is made up while the one before it runs, so that the GPU
 * never waits for the scheduler. Its price is old news: at a boundary, requests of the iteration just ended are not seen
 * yet, and seats and memory of sequences that end there are still taken.
 *
 * Two implementations: `Replica` leaps over iterations; `ReplicaReference` walks through them.
 */
import type { PoolConfig } from "../config/scenario-schema.js";
import type { IterationCost } from "./iteration-cost.js";
import type { RequestSlots } from "./request-slots.js";

/** What a replica tells its pool. Calls may enqueue to the calling replica; it looks at its queue after them. */
export interface ReplicaHost {
  /** A waiting sequence got a place in the batch. */
  onAdmitted(slot: number, nowUs: number): void;
  /** A sequence lost its place and waits again. */
  onPreempted(slot: number): void;
  onFirstToken(slot: number, nowUs: number): void;
  /** The last token was made; nothing of the sequence is left but its prefix. */
  onFinished(slot: number, nowUs: number): void;
  /** A cancelled sequence was freed. */
  onReleased(slot: number): void;
}

/** Everything of a pool that its replicas share. */
export interface ReplicaSettings {
  readonly slots: RequestSlots;
  readonly host: ReplicaHost;
  readonly cost: IterationCost;
  /** Most tokens in an iteration, most sequences in a batch (no more than tokens), tokens of a block. */
  readonly tokenBudget: number;
  readonly maxRunning: number;
  readonly blockTokens: number;
  readonly queue: PoolConfig["queue"];
  /** Whether prefixes are kept, and blocks of the instructions that all requests share then. */
  readonly prefixCache: boolean;
  readonly systemTokens: number;
  readonly systemBlocks: number;
  /** Whether an iteration is made up while the one before it runs. */
  readonly schedulesAhead: boolean;
}

/** Totals of one replica over finished iterations. */
export interface ReplicaCounters {
  iterations: number;
  prefilledTokens: number;
  cachedTokens: number;
  generatedTokens: number;
  preemptions: number;
  peakUsedBlocks: number;
  /** Busy time: microseconds, and picoseconds below one. */
  busyUs: number;
  busyPs: number;
}

/** A replica. Instants never go back. */
export interface ReplicaEngine {
  readonly counters: ReplicaCounters;
  readonly runningCount: number;
  readonly waitingCount: number;
  /** Instant of its next event; Infinity when idle. */
  readonly wakeAtUs: number;
  /** Puts a request in the queue. Call `react` when the last of an instant is in. */
  enqueue(slot: number): void;
  /** Looks at the queue: an idle replica starts; a busy one admits at its next boundary. */
  react(nowUs: number): void;
  /** Fires the event at `wakeAtUs`. */
  wake(): void;
  /** Instant at which a request that comes now is seen: the end of the running iteration. */
  boundaryAfterUs(nowUs: number): number;
  /** Brings the counters to an instant before `wakeAtUs`. */
  settle(nowUs: number): void;
  /** Cancels a request that waits (at once) or runs (at the next boundary). */
  cancel(slot: number, nowUs: number): void;
  /** True when something of the session's prefix is left here at this instant. */
  hasPrefix(sessionKey: number, nowUs: number): boolean;
  /** Answer tokens that a request here has at this instant. */
  generatedTokens(slot: number, nowUs: number): number;
  /** Takes out the request to be admitted next; NO_SLOT when none waits. */
  takeWaiting(): number;
  /**
   * Stops with all memory lost. Cancelled sequences are released.
   *
   * @param lost Receives the others, running ones in order of admission, then the queue, their work undone.
   */
  fail(nowUs: number, lost: number[]): void;
}

/** Key of what a preempted sequence left in the cache: above all session keys in use (`RequestSlots.sessionKey`). */
export function keyOfPreempted(slot: number): number { return Number.MAX_SAFE_INTEGER - slot; }

/** Counters of a new replica. */
export function zeroCounters(): ReplicaCounters {
  return { iterations: 0, prefilledTokens: 0, cachedTokens: 0, generatedTokens: 0, preemptions: 0, peakUsedBlocks: 0, busyUs: 0, busyPs: 0 };
}

/**
 * Tokens of a prompt that are found in memory: whole blocks, and never the whole prompt, as its last token must be
 * computed to make the next.
 *
 * @param targetTokens Tokens to have in the KV cache before the next token is made.
 * @param prefixTokens Leading prompt tokens that the session's last turn had.
 * @param leftBlocks Blocks that the session's last turn left here.
 */
export function reusedTokens(settings: ReplicaSettings, isSystemWarm: boolean, targetTokens: number, prefixTokens: number, leftBlocks: number): number {
  const { blockTokens, systemBlocks, systemTokens } = settings, most = targetTokens - 1;
  const system = isSystemWarm ? wholeBlocks(Math.min(systemBlocks * blockTokens, most), blockTokens) : 0;
  if (leftBlocks === 0) return system;
  return Math.max(system, wholeBlocks(Math.min(systemTokens + prefixTokens, (systemBlocks + leftBlocks) * blockTokens, most), blockTokens));
}

function wholeBlocks(tokens: number, blockTokens: number): number { return Math.floor(tokens / blockTokens) * blockTokens; }
