/**
 * Who wakes in which window. Inside a window clients are advanced alone, in any order, so a bucket per window with an
 * unsorted list is all the ordering they need. A client has at most one wake. The arrays are fixed in size and may lie
 * in shared memory; a wake further away than the ring is long waits in its bucket for another turn of the ring.
 */

/** Windows in the ring. A power of two. */
export const RING_WINDOWS = 4096;
const RING_MASK = RING_WINDOWS - 1;
const NONE = -1;

/** A window far beyond every run: nothing is scheduled. */
export const NO_WINDOW = 2 ** 31 - 1;

/** Memory of the calendar of all shards. */
export interface WakeMemory {
  /** First client of each bucket, or -1. Shape [shards, RING_WINDOWS]. */
  readonly heads: Int32Array;
  /** Next client in the same bucket, or -1. Shape [clients]. */
  readonly next: Int32Array;
  /** Window of each client's wake. Shape [clients]. Meaningful while scheduled. */
  readonly wakeWindow: Int32Array;
  /** Clients with a wake. Shape [shards]. */
  readonly scheduled: Int32Array;
}

/** Makes the memory of a calendar, in shared buffers. */
export function allocateWakes(shards: number, clients: number): WakeMemory {
  return {
    heads: new Int32Array(new SharedArrayBuffer(shards * RING_WINDOWS * 4)).fill(NONE),
    next: new Int32Array(new SharedArrayBuffer(clients * 4)).fill(NONE),
    wakeWindow: new Int32Array(new SharedArrayBuffer(clients * 4)),
    scheduled: new Int32Array(new SharedArrayBuffer(shards * 4)),
  };
}

/** Operations on the wakes of one run. Each shard is touched by one thread at a time. */
export class WakeCalendar {
  private readonly memory: WakeMemory;

  constructor(memory: WakeMemory) { this.memory = memory; }

  /** Wakes `client` of `shard` in `window`. The client has no other wake. */
  put(shard: number, client: number, window: number): void {
    const { heads, next, wakeWindow, scheduled } = this.memory;
    const bucket = shard * RING_WINDOWS + (window & RING_MASK);
    wakeWindow[client] = window;
    next[client] = heads[bucket]!;
    heads[bucket] = client;
    scheduled[shard]!++;
  }

  /** Empties the bucket of `window`. Returns the first of a chain of clients to walk with `follow`, or -1. */
  take(shard: number, window: number): number {
    const bucket = shard * RING_WINDOWS + (window & RING_MASK);
    const first = this.memory.heads[bucket]!;
    this.memory.heads[bucket] = NONE;
    return first;
  }

  /** The client after `client` in a taken chain, or -1. Read before `client` is put again. */
  follow(client: number): number { return this.memory.next[client]!; }

  /** True when a taken client's wake is due in `window`; otherwise it is put back for a later turn of the ring. */
  claim(shard: number, client: number, window: number): boolean {
    this.memory.scheduled[shard]!--;
    const due = this.memory.wakeWindow[client]!;
    if (due <= window) return true;
    this.put(shard, client, due);
    return false;
  }

  /** First window after `window` whose bucket holds a client, or NO_WINDOW. */
  nextWindow(shard: number, window: number): number {
    if (this.memory.scheduled[shard] === 0) return NO_WINDOW;
    const { heads } = this.memory, base = shard * RING_WINDOWS;
    for (let w = window + 1; w <= window + RING_WINDOWS; w++) if (heads[base + (w & RING_MASK)] !== NONE) return w;
    return NO_WINDOW;
  }
}
