/**
 * The shards that are busy in a cycle, and who takes which. Every thread has a part of the claim order as its home: it takes
 * the busy shards there first, so that their clients stay in its cache from window to window, and then those that other
 * threads have left. Which thread takes a shard changes nothing in the records.
 */

/** No shard is left. */
export const NO_SHARD = -1;

/** Words of a thread: the next claim at its home, and the end of the offers there. A line of cache each. */
const Word = { next: 0, end: 1, stride: 16 } as const;

/** Offers and claims of one run, as one thread sees them. */
export class ShardClaims {
  /** Shape [threads, Word.stride], then the places offered, shape [shards]. */
  private readonly memory: Int32Array;
  private readonly claimOrder: Int32Array;
  private readonly threads: number;
  private readonly thread: number;
  private readonly firstOffer: number;
  /** Shards of the last offer, as known to the thread that made it. */
  offeredCount = 0;

  constructor(memory: Int32Array, claimOrder: Int32Array, threads: number, thread: number) {
    this.memory = memory;
    this.claimOrder = claimOrder;
    this.threads = threads;
    this.thread = thread;
    this.firstOffer = threads * Word.stride;
  }

  /** Makes the memory of a run's claims. */
  static allocate(shards: number, threads: number): Int32Array {
    return new Int32Array(new SharedArrayBuffer((threads * Word.stride + shards) * 4));
  }

  /**
   * Offers the shards with something to do in a window. By one thread, when no other takes any.
   *
   * @param nextWindow Next window of each shard without mail. Shape [shards].
   * @param mail Messages that each shard is to read. Shape [shards].
   */
  offer(window: number, nextWindow: Int32Array, mail: Int32Array): void {
    const { memory, claimOrder, threads, firstOffer } = this;
    let count = 0;
    for (let thread = 0, place = 0; thread < threads; thread++) {
      memory[thread * Word.stride + Word.next] = count;
      for (const homeEnd = Math.floor(((thread + 1) * claimOrder.length) / threads); place < homeEnd; place++) {
        const shard = claimOrder[place]!;
        if (nextWindow[shard]! <= window || mail[shard]! > 0) memory[firstOffer + count++] = shard;
      }
      memory[thread * Word.stride + Word.end] = count;
    }
    this.offeredCount = count;
  }

  /** Takes a shard that is offered and that nobody has taken, or NO_SHARD. */
  take(): number {
    const { memory, threads } = this;
    for (let turn = 0; turn < threads; turn++) {
      const line = ((this.thread + turn) % threads) * Word.stride, end = memory[line + Word.end]!;
      if (Atomics.load(memory, line + Word.next) >= end) continue;
      const place = Atomics.add(memory, line + Word.next, 1);
      if (place < end) return memory[this.firstOffer + place]!;
    }
    return NO_SHARD;
  }
}
