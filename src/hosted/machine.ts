/**
 * One machine as a simulation: paths that wait for instants, for threads and for processor time. A path is a generator that yields what
 * it waits for; of two that go on at one instant the one that began to wait first is first, so a run is a function of its input.
 */
import { PairHeap } from "../simulation/pair-heap.js";
import { type Affinity, SlicedProcessors } from "../simulation/sliced-processors.js";

/** What a path waits for: hears how to resume it. */
export type Wait = (resume: () => void) => void;
/** A course of work and waiting. */
export type Path<Result = void> = Generator<Wait, Result, void>;

const FIRST_CAPACITY = 64;

/** Processors, clock and paths. */
export class Machine {
  /** Microseconds, not rounded: work ends anywhere. */
  nowUs = 0;
  private readonly processors: SlicedProcessors;
  private readonly timers = new PairHeap(FIRST_CAPACITY);
  private readonly resumes = new Map<number, () => void>();
  private lastKey = 0;

  /** @param capacity As of `SlicedProcessors`, like what follows. */
  constructor(capacity: readonly number[], sliceUs: number, stealUs: number) { this.processors = new SlicedProcessors(capacity, sliceUs, stealUs); }

  /** Starts a path at once. */
  start(path: Path): void {
    const step = path.next();
    if (step.done !== true) step.value(() => { this.start(path); });
  }

  /** Waits until an instant. */
  until(atUs: number): Wait { return (resume) => { this.timers.insert(Math.max(this.nowUs, atUs), this.keep(resume)); }; }

  /** Waits for processors until they have done so much work. */
  compute(workUs: number, thread: Affinity): Wait { return (resume) => { this.processors.start(this.nowUs, workUs, this.keep(resume), thread); }; }

  /** More of it for the thread whose work has just ended. */
  goOn(workUs: number, thread: Affinity): Wait { return (resume) => { this.processors.goOn(workUs, this.keep(resume), thread); }; }

  /** Runs until no path waits for time or processors. */
  run(): void {
    for (;;) {
      const timerUs = this.timers.firstTimeUs(), turnUs = this.processors.nextTurnAtUs();
      if (timerUs === Infinity && turnUs === Infinity) return;
      this.nowUs = Math.min(timerUs, turnUs);
      const key = turnUs <= timerUs ? this.processors.turn() : this.takeTimer();
      if (key !== undefined) this.resume(key);
    }
  }

  private takeTimer(): number {
    const key = this.timers.keys[0]!;
    this.timers.removeFirst();
    return key;
  }

  private keep(resume: () => void): number {
    this.resumes.set(++this.lastKey, resume);
    return this.lastKey;
  }

  private resume(key: number): void {
    const resume = this.resumes.get(key)!;
    this.resumes.delete(key);
    resume();
  }
}

interface Job { readonly workUs: number; readonly heldUs: number; readonly resume: () => void }

/** A thread: one piece of work after another, in order of arrival. */
export class Thread {
  private readonly waiting: Job[] = [];
  private isBusy = false;
  private readonly affinity: Affinity = { processor: 0 };

  constructor(private readonly machine: Machine) {}

  /** Work of this thread, and then time for which it holds on without a processor, such as a write to disk. Microseconds. */
  work(workUs: number, heldUs: number = 0): Wait {
    return (resume) => {
      const job = { workUs, heldUs, resume };
      if (this.isBusy) this.waiting.push(job); else this.machine.start(this.run(job));
    };
  }

  /** Work of this thread that nobody waits for, but who comes after. */
  spend(workUs: number): void { if (workUs > 0) this.work(workUs)(() => undefined); }

  private *run(first: Job): Path {
    this.isBusy = true;
    let isOn = false;
    for (let job: Job | undefined = first; job !== undefined; job = this.waiting.shift()) {
      yield isOn ? this.machine.goOn(job.workUs, this.affinity) : this.machine.compute(job.workUs, this.affinity);
      isOn = job.heldUs === 0;
      if (!isOn) yield this.machine.until(this.machine.nowUs + job.heldUs);
      job.resume();
    }
    this.isBusy = false;
  }
}
