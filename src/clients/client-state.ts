/**
 * State of all P-clients: one row of doubles each, in shared memory, so that a client's whole state is a few
 * neighbouring cache lines and any thread can advance any shard.
 */

/** Offsets in a client's row. Instants are integer microseconds. */
export const ClientField = {
  // The phone.
  device: 0, heat: 1, heatAtUs: 2, chargeJ: 3, chargeAtUs: 4, plugAtUs: 5, linkState: 6, linkUntilUs: 7, linkChanges: 8,
  /** One of `MemoryFit`, drawn for each session. */
  memoryFit: 9,
  // The person.
  activity: 10, nextSessionAtUs: 11, sessionIndex: 12, turnsLeft: 13, queryIndex: 14, lastDoneAtUs: 15,
  /** When P takes the next question up, or tries a tier again; Infinity when there is none. */
  wakeAtUs: 46,
  // The conversation: tokens in P's context, and what the last tier pool has of this session.
  contextTokens: 16, tierPool: 17, tierTokens: 18,
  // The question in progress.
  stage: 19, isFollowUp: 20, attempts: 21, askedAtUs: 22, startedAtUs: 23, prefilledAtUs: 24, decidedAtUs: 25, sealedAtUs: 26, arriveAtUs: 27,
  patienceAtUs: 28, deadlineAtUs: 29, uplinkUs: 31, computeJ: 32, radioJ: 33, uplinkBytes: 34, downlinkBytes: 35,
  expertPromptTokens: 36, generalPromptTokens: 37, isReloaded: 38, wireFirstAtUs: 39,
  // What the router remembers.
  tierWaitS: 40, tierTpotUs: 30, spent: 41, spentDay: 42,
  /** Link state at the decision. */
  decisionLink: 43,
  /** Tokens of the conversation that P has not read into its context yet. */
  unreadTokens: 44,
  /** One-way delay of a chunk, drawn for the present attempt. */
  downlinkUs: 45,
  /** Link state when the present attempt was sent. */
  sendLink: 47,
} as const;

/** Doubles in one client's row. */
export const CLIENT_STRIDE = 48;

/** What a client does next. */
export const Stage = { idle: 0, waiting: 1, backoff: 2 } as const;

/** Makes the rows of all clients. Shape [clients, CLIENT_STRIDE]. */
export function allocateClients(clients: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(clients * CLIENT_STRIDE * 8));
}
