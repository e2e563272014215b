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
  patienceAtUs: 28, computeJ: 32, radioJ: 33, isReloaded: 38, wireFirstAtUs: 39,
  /** Prompt tokens that reached the question's pool, all attempts. */
  tierPromptTokens: 36,
  // Bytes over the phone's link for the question, all attempts: put on the air by each side, come through to the other, lost.
  uplinkSentBytes: 34, uplinkReceivedBytes: 35, uplinkLostBytes: 29, downlinkSentBytes: 31, downlinkLostBytes: 37,
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

/**
 * Questions in progress: taken up and not ended.
 *
 * @param state Rows of all clients. Shape [clients, CLIENT_STRIDE].
 * @param fromUs Questions asked before are left out.
 */
export function countInFlight(state: Float64Array, fromUs: number): number {
  let count = 0;
  for (let at = 0; at < state.length; at += CLIENT_STRIDE) if (state[at + ClientField.stage] !== Stage.idle && state[at + ClientField.askedAtUs]! >= fromUs) count++;
  return count;
}

/** Makes the rows of all clients. Shape [clients, CLIENT_STRIDE]. */
export function allocateClients(clients: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(clients * CLIENT_STRIDE * 8));
}
