/**
 * Processors that all threads of one machine share: whoever can run gets the same share (egalitarian processor sharing), and never more
 * than one processor. Between two changes all runners advance alike, so each has a fixed place on one axis of attained work, and a
 * change costs the logarithm of their number.
 *
 *   rate of each = capacity(min(runners, processors)) / runners
 *
 * @source Kleinrock 1976, Queueing Systems II, 4.4 (processor sharing); Parekh and Gallager 1993 (the axis of attained work).
 */
import { invariant } from "../core/errors.js";
import { PairHeap } from "./pair-heap.js";

const FIRST_CAPACITY = 64;

/** Work in progress on a few processors. Work is in microseconds of one processor that runs alone. */
export class SharedProcessors {
  private readonly ends: PairHeap = new PairHeap(FIRST_CAPACITY);
  private nowUs = 0;
  /** Work that whoever ran from the start has got. */
  private attainedUs = 0;

  /** @param capacity Work per microsecond with 1, 2, ... busy processors: [1, 1.9] are two that slow each other by a twentieth. Each at least the one before. */
  constructor(private readonly capacity: readonly number[]) {
    invariant(capacity.length > 0 && capacity.every((each, i) => each > 0 && each >= (capacity[i - 1] ?? 0)), "have capacities above 0 that do not fall", capacity);
  }

  /** How many run. */
  get runnerCount(): number { return this.ends.size; }

  /** Adds a runner at `nowUs`, which must not be before what was given last. @param key Names it; not in use by another runner. */
  start(nowUs: number, workUs: number, key: number): void {
    this.advanceTo(nowUs);
    this.ends.insert(this.attainedUs + workUs, key);
  }

  /** Instant at which the first runner ends if nobody else starts; Infinity when none runs. */
  nextEndAtUs(): number {
    return this.runnerCount === 0 ? Infinity : this.nowUs + Math.max(0, this.ends.firstTimeUs() - this.attainedUs) / this.rate();
  }

  /** Goes to `nextEndAtUs()` and takes that runner out. Returns its key. */
  finish(): number {
    this.nowUs = this.nextEndAtUs();
    this.attainedUs = Math.max(this.attainedUs, this.ends.firstTimeUs());
    const key = this.ends.keys[0]!;
    this.ends.removeFirst();
    return key;
  }

  private advanceTo(nowUs: number): void {
    if (this.runnerCount > 0) this.attainedUs += (nowUs - this.nowUs) * this.rate();
    this.nowUs = nowUs;
  }

  private rate(): number { return this.capacity[Math.min(this.runnerCount, this.capacity.length) - 1]! / this.runnerCount; }
}
