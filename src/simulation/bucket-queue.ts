/**
 * The fast event queue: two levels of buckets. A ring of coarse buckets holds events unsorted. The bucket that becomes
 * current is sorted as a whole; its events leave one by one. An event that falls into the current bucket goes to a small
 * heap beside it ("late"), one beyond the ring to a list ("far") that is filed again once per turn.
 *
 * Time per event hardly depends on the number of events, and few buckets keep all their ends in cache. The width adapts
 * to the events, and is a power of 2 so that an instant's bucket is exact. Order never depends on the width.
 */
import { invalidEvent, isValidEvent } from "./check-event.js";
import { ChunkLists, EMPTY_LIST } from "./chunk-lists.js";
import type { EventQueue } from "./event-queue.js";
import { PairHeap } from "./pair-heap.js";
import { RowSorter } from "./row-sorter.js";

const MOST_BUCKETS = 2048;
const FEWEST_BUCKETS = 64;
/** Events that a bucket should hold, at least. */
const FEWEST_PER_BUCKET = 16;
/** A full-sized ring spans this many times the waiting events, so few are far. Measured: 4 is better than 1, 2 and 8. */
const SPARE_ROOM = 4;
/** Loads between two looks at the width, at first. */
const USUAL_CHECK_LOADS = 1024;
/** Instants looked at to choose a width. */
const SAMPLE_SIZE = 4096;

/** Events in the order of `EventQueue`. */
export class BucketQueue implements EventQueue {
  size = 0;
  timeUs = 0;
  key = 0;

  private readonly sorter = new RowSorter();
  private nextRow = 0;
  private endRow = 0;

  private readonly late = new PairHeap(64);
  private lateTimeUs = Infinity;

  private readonly lists = new ChunkLists();
  private tails = new Int32Array(FEWEST_BUCKETS);
  private ringCount = 0;
  private widthUs = 1;
  private bucketsPerUs = 1;
  /** Running number of the current bucket: instants from currentBucket * widthUs on. */
  private currentBucket = -1;
  /** False until the first pop: all events are far. */
  private isTuned = false;

  /** Instant and key. Shape [farCount, 2] or longer. */
  private far: Float64Array;
  private farCount = 0;

  private targetPerBucket = FEWEST_PER_BUCKET;
  private sizeWhenTuned = 0;
  private loads = 0;
  private loadedRows = 0;
  private checkLoads = USUAL_CHECK_LOADS;

  /** @param capacity Events to make room for; more make it grow. */
  constructor(capacity: number = 256) { this.far = new Float64Array(2 * capacity + 16); }

  /** @throws {BugError} when the instant is before the clock, or instant or key is no safe integer. */
  push(timeUs: number, key: number): void {
    if (!isValidEvent(timeUs, key, this.timeUs)) throw invalidEvent(timeUs, key, this.timeUs);
    this.size++;
    this.file(timeUs, key);
  }

  pop(): boolean {
    const row = this.nextRow;
    if (row < this.endRow) {
      const timeUs = this.sorter.timesUs[row]!;
      if (timeUs < this.lateTimeUs) {
        this.nextRow = row + 1;
        this.size--;
        this.timeUs = timeUs;
        this.key = this.sorter.keys[row]!;
        return true;
      }
    }
    return this.popBesideLate();
  }

  peekTimeUs(): number {
    if (this.nextRow === this.endRow && this.lateTimeUs === Infinity && !this.loadNextBucket()) return Infinity;
    return this.nextRow < this.endRow ? Math.min(this.sorter.timesUs[this.nextRow]!, this.lateTimeUs) : this.lateTimeUs;
  }

  private file(timeUs: number, key: number): void {
    const ahead = Math.floor(timeUs * this.bucketsPerUs) - this.currentBucket;
    if (ahead < this.tails.length && this.isTuned) {
      if (ahead > 0) {
        const bucket = (this.currentBucket + ahead) & (this.tails.length - 1);
        this.tails[bucket] = this.lists.append(this.tails[bucket]!, timeUs, key);
        this.ringCount++;
      } else {
        this.late.insert(timeUs, key);
        if (timeUs < this.lateTimeUs) this.lateTimeUs = timeUs;
      }
    } else this.appendFar(timeUs, key);
  }

  private appendFar(timeUs: number, key: number): void {
    if (2 * this.farCount === this.far.length) this.reserveFar(2 * this.farCount);
    this.far[2 * this.farCount] = timeUs;
    this.far[2 * this.farCount + 1] = key;
    this.farCount++;
  }

  private reserveFar(count: number): void {
    if (2 * count <= this.far.length) return;
    const far = new Float64Array(2 * count);
    far.set(this.far);
    this.far = far;
  }

  private isLateFirst(): boolean {
    if (this.nextRow === this.endRow) return true;
    const sortedTimeUs = this.sorter.timesUs[this.nextRow]!;
    if (sortedTimeUs !== this.lateTimeUs) return this.lateTimeUs < sortedTimeUs;
    this.late.settle();
    return this.late.keys[0]! < this.sorter.keys[this.nextRow]!;
  }

  /** Pops when no sorted row is left or a late one may be before it. */
  private popBesideLate(): boolean {
    if (this.nextRow === this.endRow && this.lateTimeUs === Infinity) return this.loadNextBucket() && this.pop();
    this.size--;
    if (this.isLateFirst()) this.popLate();
    else {
      const row = this.nextRow++;
      this.timeUs = this.sorter.timesUs[row]!;
      this.key = this.sorter.keys[row]!;
    }
    return true;
  }

  private popLate(): void {
    const { late } = this;
    late.settle();
    this.timeUs = late.timesUs[0]!;
    this.key = late.keys[0]!;
    late.removeFirst();
    this.lateTimeUs = late.firstTimeUs();
  }

  /** Goes on to the next bucket that holds events. False when there are none. */
  private loadNextBucket(): boolean {
    if (this.size === 0) return false;
    if (this.needsTuning()) this.tune();
    while (this.lateTimeUs === Infinity) {
      if (this.ringCount === 0) this.tune();
      const bucket = ++this.currentBucket & (this.tails.length - 1);
      if (bucket === 0 && this.farCount > 0) this.fileFar();
      const tail = this.tails[bucket]!;
      if (tail === EMPTY_LIST) continue;
      this.tails[bucket] = EMPTY_LIST;
      this.loadBucket(tail);
      break;
    }
    return true;
  }

  private loadBucket(tail: number): void {
    const count = this.sorter.sort(this.lists, tail, this.currentBucket * this.widthUs, this.widthUs);
    this.nextRow = 0;
    this.endRow = count;
    this.ringCount -= count;
    this.loads++;
    this.loadedRows += count;
  }

  /** Files the far events again, now that the ring has turned once. Each is still ahead of the current bucket, or in it. */
  private fileFar(): void {
    const { far, farCount } = this;
    this.farCount = 0;
    // In place: what stays far is written at or before the row it was read from.
    for (let row = 0; row < farCount; row++) this.file(far[2 * row]!, far[2 * row + 1]!);
  }

  private needsTuning(): boolean {
    if (!this.isTuned || this.size > 4 * this.sizeWhenTuned + FEWEST_BUCKETS) return true;
    if (this.loads < this.checkLoads) return false;
    const perBucket = this.loadedRows / this.loads;
    this.loads = this.loadedRows = 0;
    return perBucket > 4 * this.targetPerBucket || perBucket < this.targetPerBucket / 8;
  }

  /** Chooses ring size and width anew and files all events. Called when no sorted rows are left. */
  private tune(): void {
    this.gatherFar();
    const { farCount } = this, oldWidthUs = this.widthUs;
    this.targetPerBucket = Math.max(FEWEST_PER_BUCKET, SPARE_ROOM * farCount / MOST_BUCKETS);
    const firstUs = this.chooseWidth();
    this.checkLoads = this.widthUs === oldWidthUs ? 2 * this.checkLoads : USUAL_CHECK_LOADS;
    this.loads = this.loadedRows = 0;
    this.sizeWhenTuned = farCount;
    this.tails = new Int32Array(ringSizeFor(farCount));
    this.currentBucket = Math.floor(firstUs * this.bucketsPerUs) - 1;
    this.isTuned = true;
    this.fileFar();
  }

  /** Moves late and ring events to the far list. */
  private gatherFar(): void {
    this.late.settle();
    for (let row = 0; row < this.late.rowCount; row++) this.appendFar(this.late.timesUs[row]!, this.late.keys[row]!);
    this.late.clear();
    this.lateTimeUs = Infinity;
    this.reserveFar(this.size);
    for (const tail of this.tails) this.farCount = this.lists.drain(tail, this.far, this.farCount);
    this.ringCount = 0;
  }

  /** Sets the width so that a bucket near the front holds the target. Returns the first instant of all far events. */
  private chooseWidth(): number {
    const { far, farCount } = this, sampleSize = Math.min(farCount, SAMPLE_SIZE), stride = Math.floor(farCount / sampleSize);
    const sample = new Float64Array(sampleSize);
    let firstUs = Infinity;
    for (let row = 0; row < farCount; row++) firstUs = Math.min(firstUs, far[2 * row]!);
    for (let i = 0; i < sampleSize; i++) sample[i] = far[2 * i * stride]!;
    sample.sort();
    const rank = Math.min(Math.max(1, sampleSize >> 3), sampleSize - 1), eventsBefore = Math.max(1, rank / sampleSize * farCount);
    const idealUs = (sample[rank]! - firstUs) / eventsBefore * this.targetPerBucket;
    this.widthUs = 1;
    while (this.widthUs * Math.SQRT2 < idealUs) this.widthUs *= 2;
    this.bucketsPerUs = 1 / this.widthUs;
    return firstUs;
  }
}

function ringSizeFor(size: number): number {
  if (size >= 4 * MOST_BUCKETS) return MOST_BUCKETS;
  let buckets = FEWEST_BUCKETS;
  while (buckets < size / 4) buckets *= 2;
  return buckets;
}
