/** What the end of a question adds to its client's row. One object is used again for every question. */

/** Instants are integer microseconds; absent ones are NaN. */
export class EndedQuestion {
  /** Offset of the client's row. */
  at = 0;
  client = 0;
  outcome = 0;
  route = 0;
  admittedAtUs = NaN;
  consultedAtUs = NaN;
  consultAnsweredAtUs = NaN;
  tierFirstTokenAtUs = NaN;
  tierLastTokenAtUs = NaN;
  openedAtUs = NaN;
  combinedAtUs = NaN;
  firstTokenAtUs = NaN;
  lastTokenAtUs = NaN;
  wireLastAtUs = NaN;
  doneAtUs = NaN;
  cachedTokens = 0;
  tierAnswerTokens = 0;
  preemptions = 0;
  responseChunks = 0;
  secretsSent = 0;
  correctProbability = 0;
  chargeFraction = 0;
  isCorrect = false;
  isStale = false;

  /** Forgets what a tier did, before the next question or answer. */
  clear(): void {
    this.admittedAtUs = this.consultedAtUs = this.consultAnsweredAtUs = this.tierFirstTokenAtUs = this.tierLastTokenAtUs = NaN;
    this.openedAtUs = this.combinedAtUs = this.firstTokenAtUs = this.lastTokenAtUs = this.wireLastAtUs = NaN;
    this.cachedTokens = this.tierAnswerTokens = this.preemptions = this.responseChunks = this.secretsSent = 0;
    this.correctProbability = 0;
    this.isStale = false;
  }
}
