/**
 * Messages between P-clients and the tiers, as rows of doubles so that they cross threads through shared memory.
 * Offsets are positions inside one row.
 */

/** Doubles in one request row. */
export const REQUEST_STRIDE = 16;
/** A request of a P-client to a tier. */
export const RequestField = {
  /** Arrival at the tier. Integer microseconds. */
  arriveAtUs: 0,
  clientId: 1,
  /** Question and attempt at the client: queryIndex * 16 + attempt. */
  attemptKey: 2,
  /** Pool: the domain's index for E, the number of domains for T. */
  pool: 3,
  /** Prompt tokens in all: system prompt apart, history and context included. */
  promptTokens: 4,
  /** Of these, the leading tokens that the session's last turn left in the cache of the replica that served it. */
  prefixTokens: 5,
  /** Number of the session at its client; a prefix belongs to (clientId, session). */
  session: 6,
  /** Tokens to make. At least 1. */
  answerTokens: 7,
  /** 1 when E asks T before it answers. */
  needsConsult: 8,
  /** Instant at which the client stops waiting for the first token. */
  deadlineAtUs: 9,
  /** One-way delay of a cancel from the client. */
  uplinkDelayUs: 10,
  /** One-way delay of a chunk to the client. */
  downlinkDelayUs: 11,
  /** The client's next time without a network: start and end. What would be received inside is received at its end. */
  outageStartUs: 12,
  outageEndUs: 13,
  /** Size of the request on the wire, once. */
  requestBytes: 14,
} as const;

/** Doubles in one response row. */
export const RESPONSE_STRIDE = 14;
/** The end of a request at its tier. Absent instants are NaN. */
export const ResponseField = {
  clientId: 0,
  attemptKey: 1,
  /** One of `ResponseStatus`. */
  status: 2,
  /** Start of the first prefill. */
  admittedAtUs: 3,
  consultedAtUs: 4,
  consultAnsweredAtUs: 5,
  firstTokenAtUs: 6,
  lastTokenAtUs: 7,
  /** Instant at the tier at which this outcome was certain. */
  decidedAtUs: 8,
  cachedTokens: 9,
  generatedTokens: 10,
  preemptions: 11,
  /** Age of the knowledge that answered: time since the E's last refresh; 0 for T. */
  knowledgeAgeUs: 12,
  /** Replica that served, for prefix affinity. */
  replica: 13,
} as const;

/** How a request ended at its tier. */
export const ResponseStatus = { served: 0, timedOut: 1, failed: 2 } as const;

/** The server side of the world: one logical process that owns every E pool and the T pool. */
export interface TierProcess {
  /**
   * Takes request rows. Arrivals are at or after the instant up to which the process has advanced, in any order.
   *
   * @param rows Shape [count, REQUEST_STRIDE]. Read before return.
   * @throws {LimitError} when more than simulation.limits.maxWaiting requests wait at one pool.
   */
  accept(rows: Float64Array, count: number): void;
  /** Fires all events before `untilUs` and hands each ended request to the response sink. */
  advance(untilUs: number): void;
  /** Instant of the next event; Infinity when nothing is to happen. */
  nextEventAtUs(): number;
  /** Requests that have arrived or are on their way in and have not ended. */
  pendingCount(): number;
  /** What the pools did up to now. */
  summarize(nowUs: number): TierSummary;
}

/** Receives one response row; copies it before return. */
export type ResponseSink = (row: Float64Array) => void;

/** Totals of one pool. Integers where they count, so that sums are exact. */
export interface PoolSummary {
  readonly pool: string;
  readonly arrived: number;
  /** Bytes of the requests of clients that arrived. */
  readonly receivedBytes: number;
  readonly served: number;
  readonly timedOut: number;
  readonly failed: number;
  readonly inFlight: number;
  readonly prefilledTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
  readonly refreshTokens: number;
  readonly iterations: number;
  readonly preemptions: number;
  readonly replicaFailures: number;
  readonly refreshes: number;
  /** Time replicas were up, summed over replicas and GPUs of one replica. */
  readonly gpuUpUs: number;
  /** Time replicas ran iterations, summed likewise. */
  readonly gpuBusyUs: number;
  readonly peakKvFraction: number;
  readonly peakReplicas: number;
  readonly peakWaiting: number;
}

/** Totals of all pools. */
export interface TierSummary { readonly pools: readonly PoolSummary[] }
