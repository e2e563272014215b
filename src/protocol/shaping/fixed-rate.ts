/**
 * Release at a fixed rate: one chunk at every beat, whether there is content or not, so that when chunks leave tells nothing.
 * A pure schedule on a clock given from outside.
 */
import { invariant } from "../../core/errors.js";

/** A chunk that leaves at an instant; `chunk` is missing where a filled one has to be made. */
export interface Release<Chunk> { readonly atUs: number; readonly chunk?: Chunk }

/** Beats from `startUs` on, one every `periodUs`. */
export class FixedRate<Chunk> {
  private readonly waiting: Chunk[] = [];
  private beats = 0;
  private isEnded = false;

  constructor(private readonly startUs: number, private readonly periodUs: number) {
    invariant(Number.isSafeInteger(periodUs) && periodUs > 0, "release at whole periods above 0 microseconds", periodUs);
  }

  /** Instant of the next beat; nothing when all has left. */
  get nextUs(): number | undefined { return this.isEnded && this.waiting.length === 0 ? undefined : this.startUs + this.beats * this.periodUs; }

  /** Chunks that wait. */
  get length(): number { return this.waiting.length; }

  /** Adds a chunk at the end. */
  push(chunk: Chunk): void {
    invariant(!this.isEnded, "add no chunk after the end", this.waiting.length);
    this.waiting.push(chunk);
  }

  /** Says that no more comes; beats go on until all has left. */
  end(): void { this.isEnded = true; }

  /** What leaves up to an instant. Beats that were missed leave late, in order, and keep their instants. */
  release(nowUs: number): Release<Chunk>[] {
    const released: Release<Chunk>[] = [];
    for (let atUs = this.nextUs; atUs !== undefined && atUs <= nowUs; atUs = this.nextUs) {
      const chunk = this.waiting.shift();
      released.push(chunk === undefined ? { atUs } : { atUs, chunk });
      this.beats++;
    }
    return released;
  }
}
