/**
 * Who wakes in which window. Inside a window clients are advanced alone, in any order, so a bucket per window with an
 * unsorted list is all the ordering they need. A client has at most one wake. The arrays are fixed in size and may lie
 * in shared memory; a wake further away than the ring is long waits in its bucket for another turn of the ring.
 *
 * A bucket is a chain of chunks of 8 rows that fill one line of cache each, so walking a bucket does not wait for memory
 * once per client. It is named by its tail: the row to fill next. At a multiple of 8 the last chunk is full; 0 is empty.
 */
import { invariant } from "../core/errors.js";

/** Windows in the ring. A power of two. */
const RING_WINDOWS = 4096;
const RING_MASK = RING_WINDOWS - 1;
const CHUNK_BITS = 3;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_ROWS - 1;
/** Ends a chain of chunks: chunk 0 of a shard stays unused. */
const NO_CHUNK = 0;

/** A window far beyond every run: nothing is scheduled. */
export const NO_WINDOW = 2 ** 31 - 1;

/** Words of a shard in `WakeMemory.words`; a line of cache each, because shards belong to different threads. */
const Word = { scheduled: 0, freeChunk: 1, chunkCount: 2, stride: 16 } as const;

/** Memory of the calendar of all shards. */
export interface WakeMemory {
  /** Tail of each bucket. Shape [shards, RING_WINDOWS]. */
  readonly tails: Int32Array;
  /** Client and window of each wake. Shape [shards, chunksPerShard, CHUNK_ROWS, 2]. */
  readonly rows: Int32Array;
  /** Chunk before this one in its bucket, or the next free one; NO_CHUNK at the end. Shape [shards, chunksPerShard]. */
  readonly links: Int32Array;
  /** Words named by `Word`. Shape [shards, Word.stride]. */
  readonly words: Int32Array;
  readonly chunksPerShard: number;
}

/** Chunks that the clients of a shard can fill: one begun in each bucket in use, and the full ones. */
function chunksPerShard(shards: number, clients: number): number {
  const perShard = Math.ceil(clients / shards);
  return 1 + Math.min(RING_WINDOWS, perShard) + Math.ceil(perShard / CHUNK_ROWS);
}

/** Bytes that `allocateWakes` takes. */
export function wakeBytes(shards: number, clients: number): number {
  return shards * 4 * (RING_WINDOWS + chunksPerShard(shards, clients) * (2 * CHUNK_ROWS + 1) + Word.stride);
}

/** Makes the memory of a calendar, in shared buffers. Every shard has at most clients / shards clients, rounded up. */
export function allocateWakes(shards: number, clients: number): WakeMemory {
  const chunks = chunksPerShard(shards, clients), words = new Int32Array(new SharedArrayBuffer(shards * Word.stride * 4));
  for (let shard = 0; shard < shards; shard++) words[shard * Word.stride + Word.chunkCount] = 1;
  return {
    tails: new Int32Array(new SharedArrayBuffer(shards * RING_WINDOWS * 4)),
    rows: new Int32Array(new SharedArrayBuffer(shards * chunks * CHUNK_ROWS * 2 * 4)),
    links: new Int32Array(new SharedArrayBuffer(shards * chunks * 4)),
    words, chunksPerShard: chunks,
  };
}

/** Operations on the wakes of one run. Each shard is touched by one thread at a time. */
export class WakeCalendar {
  /** The clients that `take` took last. Shape [count] or longer. */
  taken: Int32Array = new Int32Array(256);
  private readonly tails: Int32Array;
  private readonly rows: Int32Array;
  private readonly links: Int32Array;
  private readonly words: Int32Array;
  private readonly chunksPerShard: number;

  constructor({ tails, rows, links, words, chunksPerShard }: WakeMemory) {
    this.tails = tails;
    this.rows = rows;
    this.links = links;
    this.words = words;
    this.chunksPerShard = chunksPerShard;
  }

  /** Wakes `client` of `shard` in `window`. The client has no other wake. */
  put(shard: number, client: number, window: number): void {
    const { tails, rows } = this, bucket = shard * RING_WINDOWS + (window & RING_MASK), tail = tails[bucket]!;
    const row = (tail & CHUNK_MASK) === 0 ? this.openChunk(shard, tail) : tail;
    const at = 2 * (shard * this.chunksPerShard * CHUNK_ROWS + row);
    rows[at] = client;
    rows[at + 1] = window;
    tails[bucket] = row + 1;
    this.words[shard * Word.stride + Word.scheduled]!++;
  }

  /**
   * Takes the clients that wake in `window` into `taken`, the one put last first. Those of a later turn of the ring stay.
   *
   * @returns Their number.
   */
  take(shard: number, window: number): number {
    const { tails, links, words } = this, bucket = shard * RING_WINDOWS + (window & RING_MASK), tail = tails[bucket]!;
    if (tail === 0) return 0;
    tails[bucket] = 0;
    const firstLink = shard * this.chunksPerShard, last = (tail - 1) >> CHUNK_BITS;
    let chunk = last, end = tail, count = 0;
    for (;;) {
      count = this.takeChunk(shard, window, chunk, end, count);
      const before = links[firstLink + chunk]!;
      if (before === NO_CHUNK) break;
      chunk = before;
      end = (chunk + 1) << CHUNK_BITS;
    }
    links[firstLink + chunk] = words[shard * Word.stride + Word.freeChunk]!;
    words[shard * Word.stride + Word.freeChunk] = last;
    words[shard * Word.stride + Word.scheduled]! -= count;
    return count;
  }

  /** Takes the rows of a chunk that end before row `end` of the shard. Returns `count` with their number added. */
  private takeChunk(shard: number, window: number, chunk: number, end: number, count: number): number {
    if (count + CHUNK_ROWS > this.taken.length) this.growTaken();
    const { rows, taken } = this, base = shard * this.chunksPerShard << CHUNK_BITS;
    for (let row = base + end - 1; row >= base + (chunk << CHUNK_BITS); row--) {
      const client = rows[2 * row]!, due = rows[2 * row + 1]!;
      if (due <= window) taken[count++] = client;
      else {
        this.words[shard * Word.stride + Word.scheduled]!--;
        this.put(shard, client, due);
      }
    }
    return count;
  }

  /** First window after `window` whose bucket holds a client, or NO_WINDOW. */
  nextWindow(shard: number, window: number): number {
    if (this.words[shard * Word.stride + Word.scheduled] === 0) return NO_WINDOW;
    const { tails } = this, base = shard * RING_WINDOWS;
    for (let w = window + 1; w <= window + RING_WINDOWS; w++) if (tails[base + (w & RING_MASK)] !== 0) return w;
    return NO_WINDOW;
  }

  /** Takes a chunk that follows the full or missing one of a bucket. Returns its first row. */
  private openChunk(shard: number, tail: number): number {
    const { words, links } = this, at = shard * Word.stride, firstChunk = shard * this.chunksPerShard;
    let chunk = words[at + Word.freeChunk]!;
    if (chunk !== NO_CHUNK) words[at + Word.freeChunk] = links[firstChunk + chunk]!;
    else {
      chunk = words[at + Word.chunkCount]!++;
      invariant(chunk < this.chunksPerShard, "wake each client of a shard once", chunk);
    }
    links[firstChunk + chunk] = tail === 0 ? NO_CHUNK : (tail - 1) >> CHUNK_BITS;
    return chunk << CHUNK_BITS;
  }

  private growTaken(): void {
    const taken = new Int32Array(2 * this.taken.length);
    taken.set(this.taken);
    this.taken = taken;
  }
}
