/**
 * Sorts the rows of one bucket, whose instants lie in a known, short span: a counting sort into about as many cells as
 * rows, then one insertion pass. When many instants are equal the pass would become quadratic; it gives up, and a heap
 * does the rest.
 */
import { type ChunkLists, firstRowOf, lastChunkOf, NO_CHUNK } from "./chunk-lists.js";
import { PairHeap } from "./pair-heap.js";

const FEWEST_CELLS = 8;
/** Moves per row before the insertion pass gives up. Usual is below 1. */
const MOST_MOVES = 16;

/** Holds the sorted rows and working memory. */
export class RowSorter {
  /** Instants in order. */
  timesUs: Float64Array = new Float64Array(256);
  /** Keys of the same rows. */
  keys: Float64Array = new Float64Array(256);
  /** First of all rows of a cell, counted up as they are placed. */
  private cells = new Int32Array(256);

  /**
   * Moves a list's rows to `timesUs` and `keys`, sorted, and frees the list.
   *
   * @param tail A list that is not empty. All its instants lie in [startUs, startUs + spanUs).
   * @param spanUs A power of 2, so that no rounding can move a row to a cell beyond the last.
   * @returns Number of rows.
   */
  sort(lists: ChunkLists, tail: number, startUs: number, spanUs: number): number {
    const count = lists.count(tail);
    if (count > this.timesUs.length) {
      this.timesUs = new Float64Array(2 * count);
      this.keys = new Float64Array(2 * count);
    }
    const cellCount = this.prepareCells(count);
    this.scatter(lists, tail, startUs, cellCount / spanUs, cellCount);
    lists.free(tail);
    if (!this.insert(count)) this.sortByHeap(count);
    return count;
  }

  /** Empties enough cells for the rows and returns their number, a power of 2. */
  private prepareCells(count: number): number {
    let cellCount = FEWEST_CELLS;
    while (cellCount < count) cellCount *= 2;
    if (cellCount > this.cells.length) this.cells = new Int32Array(cellCount);
    else this.cells.fill(0, 0, cellCount);
    return cellCount;
  }

  private scatter(lists: ChunkLists, tail: number, startUs: number, cellsPerUs: number, cellCount: number): void {
    const { cells, timesUs, keys } = this, { rows, links } = lists;
    for (let chunk = lastChunkOf(tail), end = tail; chunk !== NO_CHUNK; chunk = links[chunk]!, end = firstRowOf(chunk + 1)) {
      for (let i = 2 * firstRowOf(chunk); i < 2 * end; i += 2) cells[((rows[i]! - startUs) * cellsPerUs) | 0]!++;
    }
    for (let cell = 0, begin = 0; cell < cellCount; cell++) {
      const inCell = cells[cell]!;
      cells[cell] = begin;
      begin += inCell;
    }
    for (let chunk = lastChunkOf(tail), end = tail; chunk !== NO_CHUNK; chunk = links[chunk]!, end = firstRowOf(chunk + 1)) {
      for (let i = 2 * firstRowOf(chunk); i < 2 * end; i += 2) {
        const timeUs = rows[i]!, row = cells[((timeUs - startUs) * cellsPerUs) | 0]!++;
        timesUs[row] = timeUs;
        keys[row] = rows[i + 1]!;
      }
    }
  }

  /** Moves each row forward to its place. False when that took too many moves; the rows are then in disorder. */
  private insert(count: number): boolean {
    const { timesUs, keys } = this;
    let movesLeft = count * MOST_MOVES;
    for (let row = 1; row < count; row++) {
      const timeUs = timesUs[row]!, key = keys[row]!;
      let place = row;
      for (; place > 0; place--) {
        const before = timesUs[place - 1]!;
        if (before < timeUs || (before === timeUs && keys[place - 1]! <= key)) break;
        timesUs[place] = before;
        keys[place] = keys[place - 1]!;
      }
      if (place === row) continue;
      timesUs[place] = timeUs;
      keys[place] = key;
      movesLeft -= row - place;
      if (movesLeft < 0) return false;
    }
    return true;
  }

  private sortByHeap(count: number): void {
    const { timesUs, keys } = this, heap = new PairHeap(count);
    for (let row = 0; row < count; row++) heap.insert(timesUs[row]!, keys[row]!);
    for (let row = 0; row < count; row++) {
      heap.settle();
      timesUs[row] = heap.timesUs[0]!;
      keys[row] = heap.keys[0]!;
      heap.removeFirst();
    }
  }
}
