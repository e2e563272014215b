/** What the operator of a tier sees of one request: the words it was sent, when, and from whom as far as the protocol tells. */

/** Sender of a request that came through the relay: the operator sees the relay's address and nothing else. */
export const UNKNOWN_SENDER = -1;

/** One request as E or T reads it after opening it. */
export interface PromptRecord {
  /** Address of the phone, or `UNKNOWN_SENDER` behind a relay, where each request has keys of its own. */
  readonly sender: number;
  /** Microseconds since the start of the run. */
  readonly receivedAtUs: number;
  /** Place of the tier: the domain of an E, or the number of domains for T. */
  readonly tier: number;
  /** After redaction. */
  readonly text: string;
  /** Size as it came. Bytes. */
  readonly requestBytes: number;
}
