/**
 * Lets threads join the work of one that leads. The leader opens the gate for a round, works, closes it, and waits until
 * everybody is out. Who sleeps or is not given a processor is not waited for: it misses the round, and the others do its
 * part. So a thread more never holds a run up for longer than the piece that it has in hand.
 */

/** Positions of the gate's words in the given array: the first line of cache, and the second. */
const Word = { round: 0, sleepers: 1, inside: 16, isAwaited: 17 } as const;
/** Words that belong to a gate. */
export const GATE_WORDS = 32;

/** Rounds are numbered from 1. */
const CLOSED = 0;
/** The gate will not open again. */
export const ENDED = -1;

/** Looks at a word before a thread sleeps: some 40 microseconds, about what it takes to wake a sleeper. Measured. */
const SPINS = 6000;

/** A gate in the first words of a shared array. */
export class Gate {
  private readonly words: Int32Array;

  constructor(words: Int32Array) { this.words = words; }

  /** Opens the gate for a round. @param wakesSleepers Whether the round is worth waking those who sleep. */
  open(round: number, wakesSleepers: boolean): void {
    Atomics.store(this.words, Word.round, round);
    if (wakesSleepers && Atomics.load(this.words, Word.sleepers) > 0) Atomics.notify(this.words, Word.round);
  }

  /** Lets nobody in any more, and waits until all are out. */
  close(): void {
    const { words } = this;
    Atomics.store(words, Word.round, CLOSED);
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, Word.inside) === 0) return;
    Atomics.store(words, Word.isAwaited, 1);
    for (let inside = Atomics.load(words, Word.inside); inside > 0; inside = Atomics.load(words, Word.inside)) Atomics.wait(words, Word.inside, inside);
    Atomics.store(words, Word.isAwaited, 0);
  }

  /** Sends everybody home. */
  end(): void {
    Atomics.store(this.words, Word.round, ENDED);
    Atomics.notify(this.words, Word.round);
  }

  /** Waits for a round other than `last` and goes in. Returns the round, or ENDED, when nobody went in. */
  enter(last: number): number {
    for (;;) {
      const round = this.awaitRound(last);
      if (round === ENDED) return ENDED;
      Atomics.add(this.words, Word.inside, 1);
      if (Atomics.load(this.words, Word.round) === round) return round;
      this.leave();
    }
  }

  /** Goes out of a round. */
  leave(): void {
    Atomics.sub(this.words, Word.inside, 1);
    if (Atomics.load(this.words, Word.isAwaited) === 1) Atomics.notify(this.words, Word.inside);
  }

  private awaitRound(last: number): number {
    const { words } = this;
    for (let spin = 0; spin < SPINS; spin++) {
      const round = Atomics.load(words, Word.round);
      if (round !== CLOSED && round !== last) return round;
    }
    Atomics.add(words, Word.sleepers, 1);
    let round = Atomics.load(words, Word.round);
    for (; round === CLOSED || round === last; round = Atomics.load(words, Word.round)) Atomics.wait(words, Word.round, round);
    Atomics.sub(words, Word.sleepers, 1);
    return round;
  }
}
