/**
 * Many unsorted lists of (instant, key) rows in one array. A list is a chain of chunks of 16 rows that lie together, so
 * appending touches one line of cache and nothing is allocated once the array is large enough.
 *
 * A list is named by its tail: the row to fill next. At a multiple of 16 the last chunk is full, and 0 is the empty list.
 */

const CHUNK_BITS = 4;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_ROWS - 1;
/** Ends a chain of links. */
export const NO_CHUNK = 0;

/** The tail of a list without rows. */
export const EMPTY_LIST = 0;

/** First row of a chunk. */
export function firstRowOf(chunk: number): number { return chunk << CHUNK_BITS; }

/** The last chunk of a list that is not empty. Its rows end at the tail; all chunks before it are full. */
export function lastChunkOf(tail: number): number { return (tail - 1) >> CHUNK_BITS; }

/** Memory of all lists. Tails are kept by the caller. Fields are open to read, for loops that must be fast. */
export class ChunkLists {
  /** Instant and key of each row. Shape [chunks, 16, 2]. Chunk 0 stays unused. */
  rows: Float64Array = new Float64Array(2 * CHUNK_ROWS * 64);
  /** Chunk before this one in its list, or the next free one; NO_CHUNK at the end. Shape [chunks]. */
  links: Int32Array = new Int32Array(64);
  private chunkCount = 1;
  private freeChunk = NO_CHUNK;

  /** Appends a row to a list and returns the list's new tail. */
  append(tail: number, timeUs: number, key: number): number {
    const row = (tail & CHUNK_MASK) === 0 ? this.openChunk(tail) : tail;
    this.rows[2 * row] = timeUs;
    this.rows[2 * row + 1] = key;
    return row + 1;
  }

  /** Rows of a list. */
  count(tail: number): number {
    if (tail === EMPTY_LIST) return 0;
    const chunk = lastChunkOf(tail);
    let count = tail - firstRowOf(chunk);
    for (let before = this.links[chunk]!; before !== NO_CHUNK; before = this.links[before]!) count += CHUNK_ROWS;
    return count;
  }

  /**
   * Moves all rows of a list out and frees its chunks.
   *
   * @param to Receives instant and key of each row, from row `at` on, in no order. Has room.
   * @returns The row after the last.
   */
  drain(tail: number, to: Float64Array, at: number): number {
    if (tail === EMPTY_LIST) return at;
    const { rows, links } = this;
    let target = 2 * at;
    for (let chunk = lastChunkOf(tail), end = tail; chunk !== NO_CHUNK; chunk = links[chunk]!, end = firstRowOf(chunk + 1)) {
      for (let source = 2 * firstRowOf(chunk); source < 2 * end; source++) to[target++] = rows[source]!;
    }
    this.free(tail);
    return target / 2;
  }

  /** Gives back the chunks of a list that is not empty. */
  free(tail: number): void {
    const last = lastChunkOf(tail);
    let first = last;
    while (this.links[first] !== NO_CHUNK) first = this.links[first]!;
    this.links[first] = this.freeChunk;
    this.freeChunk = last;
  }

  /** Takes a chunk that follows the full or missing one of a list. Returns its first row. */
  private openChunk(tail: number): number {
    let chunk = this.freeChunk;
    if (chunk !== NO_CHUNK) this.freeChunk = this.links[chunk]!;
    else {
      if (this.chunkCount === this.links.length) this.grow();
      chunk = this.chunkCount++;
    }
    this.links[chunk] = tail === EMPTY_LIST ? NO_CHUNK : lastChunkOf(tail);
    return firstRowOf(chunk);
  }

  private grow(): void {
    const rows = new Float64Array(2 * this.rows.length), links = new Int32Array(2 * this.links.length);
    rows.set(this.rows);
    links.set(this.links);
    this.rows = rows;
    this.links = links;
  }
}
