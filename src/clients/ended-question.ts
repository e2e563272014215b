/** What the end of a question adds to its client's row. One object is used again for every question. */

/** Instants are integer microseconds; absent ones are NaN. */
export class EndedQuestion {
  /** Offset of the client's row. */
  at: number = 0;
  client: number = 0;
  outcome: number = 0;
  route: number = 0;
  admittedAtUs: number = NaN;
  consultedAtUs: number = NaN;
  consultAnsweredAtUs: number = NaN;
  tierFirstTokenAtUs: number = NaN;
  tierLastTokenAtUs: number = NaN;
  openedAtUs: number = NaN;
  combinedAtUs: number = NaN;
  firstTokenAtUs: number = NaN;
  lastTokenAtUs: number = NaN;
  wireLastAtUs: number = NaN;
  doneAtUs: number = NaN;
  cachedTokens: number = 0;
  tierAnswerTokens: number = 0;
  preemptions: number = 0;
  responseChunks: number = 0;
  /** Bytes of the answer that the phone took. */
  downlinkReceivedBytes: number = 0;
  secretsSent: number = 0;
  correctProbability: number = 0;
  chargeFraction: number = 0;
  isCorrect: boolean = false;
  isStale: boolean = false;
  /** Whether P alone would have been right. */
  isPersonalRight: boolean = false;

  /** Forgets what a tier did, before the next question or answer. */
  clear(): void {
    this.admittedAtUs = this.consultedAtUs = this.consultAnsweredAtUs = this.tierFirstTokenAtUs = this.tierLastTokenAtUs = NaN;
    this.openedAtUs = this.combinedAtUs = this.firstTokenAtUs = this.lastTokenAtUs = this.wireLastAtUs = NaN;
    this.cachedTokens = this.tierAnswerTokens = this.preemptions = this.responseChunks = this.downlinkReceivedBytes = this.secretsSent = 0;
    this.correctProbability = 0;
    this.isStale = false;
  }
}
