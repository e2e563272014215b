/**
 * Questions on their way to the tier of the closed P-E workload, by window of arrival. Windows are served one by one, so a
 * ring of unsorted windows and one counting sort for each do the work of an event queue.
 */
import { invariant } from "../core/errors.js";
import { Question, QUESTION_STRIDE } from "./closed-network-windows.js";

/** Windows in the ring, a power of two. A question arrives at most 80 ms of service and 135 ms of link after it was asked. */
const RING_WINDOWS = 16;
const RING_MASK = RING_WINDOWS - 1;
const FEWEST_CELLS = 16;

/** Holds questions until their window is served. */
export class ArrivalWindows {
  /** Questions that wait. */
  size = 0;
  /** The first window that was not taken. */
  window = 0;
  /** Questions of the window that was taken last. Shape [count, QUESTION_STRIDE] or longer. */
  rows: Float64Array = new Float64Array(0);
  /** Offsets in `rows` in the order of (arrival, client). Shape [count] or longer. */
  order: Int32Array = new Int32Array(FEWEST_CELLS);
  private cells = new Int32Array(FEWEST_CELLS);
  private readonly windowUs: number;
  private readonly buckets = Array.from({ length: RING_WINDOWS }, () => new Float64Array(64 * QUESTION_STRIDE));
  /** Doubles in use of each bucket. */
  private readonly lengths = new Int32Array(RING_WINDOWS);

  constructor(windowUs: number) { this.windowUs = windowUs; }

  /** Takes in questions that arrive in `window` or later. Shape [count, QUESTION_STRIDE]. */
  file(questions: Float64Array, count: number): void {
    const { lengths } = this, end = count * QUESTION_STRIDE;
    for (let row = 0; row < end; row += QUESTION_STRIDE) {
      const window = Math.floor(questions[row + Question.arrivalAtUs]! / this.windowUs), bucket = window & RING_MASK, at = lengths[bucket]!;
      invariant(window >= this.window && window < this.window + RING_WINDOWS, "file questions within the ring of windows", window);
      const rows = at + QUESTION_STRIDE <= this.buckets[bucket]!.length ? this.buckets[bucket]! : this.grow(bucket);
      for (let field = 0; field < QUESTION_STRIDE; field++) rows[at + field] = questions[row + field]!;
      lengths[bucket] = at + QUESTION_STRIDE;
    }
    this.size += count;
  }

  /** Takes the questions of `window` into `rows` and `order`, and goes on to the next window. Returns their number. */
  take(): number {
    const bucket = this.window & RING_MASK, length = this.lengths[bucket]!, count = length / QUESTION_STRIDE;
    this.rows = this.buckets[bucket]!;
    this.lengths[bucket] = 0;
    this.size -= count;
    this.sort(length, this.window * this.windowUs);
    this.window++;
    return count;
  }

  /** Start of the first window in which a question arrives; Infinity when none waits. */
  firstWindowAtUs(): number {
    if (this.size === 0) return Infinity;
    let window = this.window;
    while (this.lengths[window & RING_MASK] === 0) window++;
    return window * this.windowUs;
  }

  /** Counts rows into about as many cells as there are rows; what a cell leaves in disorder, one pass of insertion ends. */
  private sort(length: number, startUs: number): void {
    const cellCount = this.prepareCells(length / QUESTION_STRIDE), { cells, order, rows } = this, cellsPerUs = cellCount / this.windowUs;
    for (let row = Question.arrivalAtUs; row < length; row += QUESTION_STRIDE) cells[((rows[row]! - startUs) * cellsPerUs) | 0]!++;
    for (let cell = 0, begin = 0; cell < cellCount; cell++) {
      const inCell = cells[cell]!;
      cells[cell] = begin;
      begin += inCell;
    }
    for (let row = 0; row < length; row += QUESTION_STRIDE) {
      order[cells[((rows[row + Question.arrivalAtUs]! - startUs) * cellsPerUs) | 0]!++] = row;
    }
    this.insert(length / QUESTION_STRIDE);
  }

  /** Empties enough cells for `count` rows and returns their number, a power of 2. */
  private prepareCells(count: number): number {
    let cellCount = FEWEST_CELLS;
    while (cellCount < count) cellCount *= 2;
    if (cellCount > this.cells.length) {
      this.cells = new Int32Array(cellCount);
      this.order = new Int32Array(cellCount);
    } else this.cells.fill(0, 0, cellCount);
    return cellCount;
  }

  private insert(count: number): void {
    const { order, rows } = this;
    for (let i = 1; i < count; i++) {
      const row = order[i]!, arrivalAtUs = rows[row + Question.arrivalAtUs]!;
      let place = i;
      for (; place > 0; place--) {
        const before = order[place - 1]!, beforeAtUs = rows[before + Question.arrivalAtUs]!;
        if (beforeAtUs < arrivalAtUs || (beforeAtUs === arrivalAtUs && rows[before + Question.client]! < rows[row + Question.client]!)) break;
        order[place] = before;
      }
      order[place] = row;
    }
  }

  private grow(bucket: number): Float64Array {
    const rows = new Float64Array(2 * this.buckets[bucket]!.length);
    rows.set(this.buckets[bucket]!);
    this.buckets[bucket] = rows;
    return rows;
  }
}
