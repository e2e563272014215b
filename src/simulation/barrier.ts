/** A barrier of threads on two shared words: spins for a moment, then sleeps. */

const GENERATION = 0;
const ARRIVED = 1;
const SPINS = 20_000;

/** Words 0 and 1 of the given array belong to the barrier. */
export class Barrier {
  private readonly words: Int32Array;
  private readonly threads: number;

  constructor(words: Int32Array, threads: number) { this.words = words; this.threads = threads; }

  /** Waits for all threads. The last to arrive runs `close` before anybody goes on. */
  wait(close: () => void): void {
    if (this.threads === 1) { close(); return; }
    const { words } = this, generation = Atomics.load(words, GENERATION);
    if (Atomics.add(words, ARRIVED, 1) === this.threads - 1) {
      close();
      Atomics.store(words, ARRIVED, 0);
      Atomics.add(words, GENERATION, 1);
      Atomics.notify(words, GENERATION);
      return;
    }
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, GENERATION) !== generation) return;
    while (Atomics.load(words, GENERATION) === generation) Atomics.wait(words, GENERATION, generation);
  }
}
