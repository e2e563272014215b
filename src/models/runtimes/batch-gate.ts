/**
 * Lets sequences that decode at the same time step together. node-llama-cpp begins the next batch as soon as one sequence asks for it,
 * when the last one of the batch before has its token but has not asked yet: without the gate that one always misses it, batches of n
 * sequences hold n - 1, and two sequences take turns.
 *
 * A sequence waits only for those whose step is being computed, never for one whose reader takes its time.
 */
export class BatchGate {
  private decoding = 0;
  private inFlight = 0;
  private isOpening = false;
  private waiting: (() => void)[] = [];

  /** A sequence begins to decode. */
  enter(): void { this.decoding++; }

  /** It has ended. */
  leave(): void { this.decoding--; }

  /** Runs one step of a sequence, beside those of the others. Alone, it is run at once. */
  async step<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.decoding > 1) await this.takeTurn();
    this.inFlight++;
    try {
      return await work();
    } finally {
      this.inFlight--;
      if (this.inFlight === 0) this.open();
    }
  }

  private takeTurn(): Promise<void> {
    const turn = new Promise<void>((resolve) => { this.waiting.push(resolve); });
    if (this.inFlight === 0) this.open();
    return turn;
  }

  /** In the next turn of the event loop, when the engine has found its queue empty. */
  private open(): void {
    if (this.isOpening || this.decoding <= 1 && this.waiting.length === 0) return;
    this.isOpening = true;
    setImmediate(() => {
      this.isOpening = false;
      for (const resolve of this.waiting.splice(0)) resolve();
    });
  }
}
