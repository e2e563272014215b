/**
 * Pieces of one answer on their way through a process. A process reads what has come, not piece by piece: pieces that come while it has not
 * yet got round to the stream are taken together with the one before, at the cost of one, and go on together.
 */
import type { Machine, Path, Thread } from "./machine.js";

/** Reads a stream. Pieces are named by the step of the model that made them. */
export class PieceStream {
  private arrived: number[] = [];
  private isReading = false;
  private turns = 0;

  /** @param turnUs Work of a turn, told how many there were before. @param onRead Hears of the pieces of a turn when it ends. */
  constructor(private readonly machine: Machine, private readonly thread: Thread, private readonly turnUs: (turn: number) => number, private readonly onRead: (steps: readonly number[]) => void) {}

  push(steps: readonly number[]): void {
    this.arrived.push(...steps);
    if (!this.isReading) this.machine.start(this.read());
  }

  private *read(): Path {
    this.isReading = true;
    for (; this.arrived.length > 0; this.turns++) {
      yield this.thread.work(this.turnUs(this.turns));
      this.onRead(this.arrived.splice(0));
    }
    this.isReading = false;
  }
}
