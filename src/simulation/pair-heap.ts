/**
 * Implicit 4-ary heap of (instant, key) rows in two flat arrays. Children of row i are rows 4i + 1 to 4i + 4; a row is
 * never before its parent.
 *
 * Taking the first row leaves a hole at the top. A row inserted next fills it and sinks once; otherwise the last row does.
 */
export class PairHeap {
  /** Instants. Shape [capacity]; the first `rowCount` are in use. */
  timesUs: Float64Array;
  /** Keys of the same rows. */
  keys: Float64Array;
  /** Rows in use, a hole included. */
  rowCount = 0;
  private hasHole = false;

  constructor(capacity: number) {
    this.timesUs = new Float64Array(capacity);
    this.keys = new Float64Array(capacity);
  }

  /** Rows that hold an event. */
  get size(): number { return this.hasHole ? this.rowCount - 1 : this.rowCount; }

  insert(timeUs: number, key: number): void {
    if (this.hasHole) {
      this.hasHole = false;
      this.sink(timeUs, key);
    } else {
      if (this.rowCount === this.timesUs.length) this.grow();
      this.rise(this.rowCount++, timeUs, key);
    }
  }

  /** Removes the first row; it must have been read from row 0 after `settle`. */
  removeFirst(): void { this.hasHole = true; }

  /** Fills the hole. After it row 0 is the first event. */
  settle(): void {
    if (!this.hasHole) return;
    this.hasHole = false;
    const last = --this.rowCount;
    if (last > 0) this.sink(this.timesUs[last]!, this.keys[last]!);
  }

  /** Instant of the first row; Infinity when empty. */
  firstTimeUs(): number {
    this.settle();
    return this.rowCount > 0 ? this.timesUs[0]! : Infinity;
  }

  clear(): void {
    this.rowCount = 0;
    this.hasHole = false;
  }

  private rise(row: number, timeUs: number, key: number): void {
    const { timesUs, keys } = this;
    while (row > 0) {
      const parent = (row - 1) >> 2, parentTimeUs = timesUs[parent]!;
      if (parentTimeUs < timeUs || (parentTimeUs === timeUs && keys[parent]! <= key)) break;
      timesUs[row] = parentTimeUs;
      keys[row] = keys[parent]!;
      row = parent;
    }
    timesUs[row] = timeUs;
    keys[row] = key;
  }

  /** Puts a row into the hole at the top and moves it down to its place. */
  private sink(timeUs: number, key: number): void {
    const { timesUs, keys, rowCount } = this;
    let row = 0;
    for (let child = 1; child < rowCount; child = 4 * row + 1) {
      const end = Math.min(child + 4, rowCount);
      let first = child, firstTimeUs = timesUs[child]!;
      for (let sibling = child + 1; sibling < end; sibling++) {
        const siblingTimeUs = timesUs[sibling]!;
        if (siblingTimeUs < firstTimeUs || (siblingTimeUs === firstTimeUs && keys[sibling]! < keys[first]!)) {
          first = sibling;
          firstTimeUs = siblingTimeUs;
        }
      }
      if (firstTimeUs > timeUs || (firstTimeUs === timeUs && keys[first]! >= key)) break;
      timesUs[row] = firstTimeUs;
      keys[row] = keys[first]!;
      row = first;
    }
    timesUs[row] = timeUs;
    keys[row] = key;
  }

  private grow(): void {
    const timesUs = new Float64Array(2 * this.timesUs.length + 16), keys = new Float64Array(timesUs.length);
    timesUs.set(this.timesUs);
    keys.set(this.keys);
    this.timesUs = timesUs;
    this.keys = keys;
  }
}
