/**
 * Processors that all threads of one machine take in turn, as an operating system hands them out. Each processor has a queue: whoever runs
 * goes on until it is done or its slice of time is over while others wait, and then joins the queue again behind them (round robin). A
 * thread that wakes up does not interrupt who runs. It goes to the processor that it had last, if that is idle, or to another one that is,
 * or else to that of who woke it. There it waits, until that processor is free or another one that has nobody waiting takes it over.
 *
 * @source Kleinrock 1976, Queueing Systems II, 4.4 (round robin); Stoica and Abdel-Wahab 1995, Earliest Eligible Virtual Deadline First,
 * which among threads of one weight comes to the same; Linux, kernel/sched/fair.c (select_idle_sibling, wake_affine_idle, sched_balance_newidle).
 */
import { invariant } from "../core/errors.js";

/** What processors keep of a thread: which of them it had last. */
export interface Affinity { processor: number }

interface Runner { readonly key: number; readonly thread: Affinity; leftUs: number; sliceEndUs: number; waitsSinceUs: number }

interface Processor { readonly place: number; running: Runner | undefined; readonly queue: Runner[] }

/** Work in progress on a few processors. Work is in microseconds of one processor that runs alone. */
export class SlicedProcessors {
  private readonly processors: readonly Processor[];
  private nowUs = 0;
  /** Whose work ended in this instant's turn, and may go on: its processor is not idle yet. */
  private waker: Runner | undefined;

  /**
   * @param capacity Work per microsecond with 1, 2, ... busy processors: [1, 1.9] are two that slow each other by a twentieth. Each at least the one before.
   * @param sliceUs After which a runner makes room, when others wait. Infinity: never.
   * @param stealUs For which a thread waits at one processor before an idle one may take it over. Infinity: for ever.
   */
  constructor(private readonly capacity: readonly number[], private readonly sliceUs: number, private readonly stealUs: number) {
    invariant(capacity.length > 0 && capacity.every((each, i) => each > 0 && each >= (capacity[i - 1] ?? 0)), "have capacities above 0 that do not fall", capacity);
    invariant(sliceUs > 0, "have slices above 0", sliceUs);
    invariant(stealUs >= 0, "have threads wait for 0 or more before they are taken over", stealUs);
    this.processors = capacity.map((_, place) => ({ place, running: undefined, queue: [] }));
  }

  /** How many run or wait to. */
  get runnerCount(): number { return this.processors.reduce((sum, { running, queue }) => sum + queue.length + (running === undefined ? 0 : 1), 0); }

  /** Adds work of a thread at `nowUs`, which must not be before what was given last. @param key Names it; not in use by other work. */
  start(nowUs: number, workUs: number, key: number, thread: Affinity): void {
    this.advanceTo(nowUs);
    const isIdle = (processor: number): boolean => this.processors[processor]!.running === undefined && this.processors[processor]!.queue.length === 0 && this.waker?.thread.processor !== processor;
    if (!isIdle(thread.processor)) {
      const idle = this.processors.findIndex((_, processor) => isIdle(processor));
      thread.processor = idle >= 0 ? idle : this.waker?.thread.processor ?? thread.processor;
    }
    this.processors[thread.processor]!.queue.push({ key, thread, leftUs: workUs, sliceEndUs: Infinity, waitsSinceUs: this.nowUs });
  }

  /** Adds more work of the thread whose work ended in this instant's turn: it stays where it is until its slice is over. */
  goOn(workUs: number, key: number, thread: Affinity): void {
    const { waker } = this;
    if (waker?.thread !== thread || waker.sliceEndUs <= this.nowUs) { this.start(this.nowUs, workUs, key, thread); return; }
    this.processors[thread.processor]!.running = { ...waker, key, leftUs: workUs };
    this.waker = undefined;
  }

  /** Instant at which a runner ends, makes room or is taken over if nobody else starts; Infinity when none runs. */
  nextTurnAtUs(): number {
    this.fill();
    const rate = this.rate();
    return this.processors.reduce((first, processor) => Math.min(first, this.endAtUs(processor, rate), roomAtUs(processor)), this.stealAtUs());
  }

  /** Goes to `nextTurnAtUs()`. Returns the key of the work that ended, or undefined when a runner made room or was taken over. */
  turn(): number | undefined {
    const atUs = this.nextTurnAtUs(), rate = this.rate(), ended = this.processors.find((each) => this.endAtUs(each, rate) <= atUs), processor = ended ?? this.processors.find((each) => roomAtUs(each) <= atUs);
    this.advanceTo(atUs);
    if (processor === undefined) return undefined;
    const runner = processor.running!;
    processor.running = undefined;
    if (ended === undefined) { processor.queue.push({ ...runner, waitsSinceUs: atUs }); return undefined; }
    this.waker = runner;
    return runner.key;
  }

  private endAtUs({ running }: Processor, rate: number): number { return running === undefined ? Infinity : this.nowUs + running.leftUs / rate; }

  /** When an idle processor takes somebody over. */
  private stealAtUs(): number {
    if (this.processors.every(({ running }) => running !== undefined)) return Infinity;
    const longest = this.longestWaiting();
    return longest === undefined ? Infinity : longest.queue[0]!.waitsSinceUs + this.stealUs;
  }

  /** The processor at which somebody waits longest, and the first of several. */
  private longestWaiting(): Processor | undefined {
    return this.processors.reduce<Processor | undefined>((found, each) => (each.queue.length > 0 && (found === undefined || each.queue[0]!.waitsSinceUs < found.queue[0]!.waitsSinceUs) ? each : found), undefined);
  }

  /** Hands free processors out: to who waits longest there, or else to who waits longest anywhere and long enough. */
  private fill(): void {
    this.waker = undefined;
    for (const processor of this.processors) if (processor.running === undefined && processor.queue.length > 0) this.takeFrom(processor, processor);
    while (this.stealAtUs() <= this.nowUs) this.takeFrom(this.longestWaiting()!, this.processors.find(({ running }) => running === undefined)!);
  }

  private takeFrom({ queue }: Processor, processor: Processor): void {
    const runner = queue.shift()!;
    runner.sliceEndUs = this.nowUs + this.sliceUs;
    runner.thread.processor = processor.place;
    processor.running = runner;
  }

  private advanceTo(nowUs: number): void {
    if (nowUs === this.nowUs) return;
    this.fill();
    const doneUs = (nowUs - this.nowUs) * this.rate();
    for (const { running, queue } of this.processors) {
      if (running === undefined) continue;
      running.leftUs = Math.max(0, running.leftUs - doneUs);
      // With nobody behind it, a runner goes on with its next slice.
      while (queue.length === 0 && running.sliceEndUs < nowUs) running.sliceEndUs += this.sliceUs;
    }
    this.nowUs = nowUs;
  }

  /** Work that each runner gets done in a microsecond. */
  private rate(): number {
    const busy = this.processors.filter(({ running }) => running !== undefined).length;
    return busy === 0 ? 1 : this.capacity[busy - 1]! / busy;
  }
}

function roomAtUs({ running, queue }: Processor): number { return running === undefined || queue.length === 0 ? Infinity : running.sliceEndUs; }
