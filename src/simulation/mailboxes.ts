/**
 * Messages between shards and the server process, as rows of doubles in shared memory. Each box has two sides: one
 * is filled in this cycle while the other, filled in the cycle before, is read.
 */
import { LimitError } from "../core/errors.js";

/** Memory of one direction of mail for all shards. */
export interface MailMemory {
  /** Shape [2, shards, capacity, stride]. */
  readonly rows: Float64Array;
  /** Rows filled. Shape [2, shards]. */
  readonly counts: Int32Array;
  readonly shards: number;
  readonly capacity: number;
  readonly stride: number;
}

/** Makes empty mailboxes in shared memory. */
export function allocateMail(shards: number, capacity: number, stride: number): MailMemory {
  return {
    rows: new Float64Array(new SharedArrayBuffer(2 * shards * capacity * stride * 8)),
    counts: new Int32Array(new SharedArrayBuffer(2 * shards * 4)),
    shards, capacity, stride,
  };
}

/** Views of one thread on the mail of one direction. */
export class Mailboxes {
  readonly memory: MailMemory;
  /** Side that is filled in this cycle, 0 or 1; the other one is read. */
  fillSide = 0;
  private readonly views: readonly Float64Array[];
  /** Rows published on each side. Shape [2][shards]. */
  private readonly counts: readonly Int32Array[];
  /** Rows that this thread has filled and not published. Shape [shards]. Not shared, so that appending is no traffic between caches. */
  private readonly unpublished: Int32Array;

  constructor(memory: MailMemory) {
    this.memory = memory;
    const length = memory.capacity * memory.stride;
    this.views = Array.from({ length: 2 * memory.shards }, (_, box) => memory.rows.subarray(box * length, (box + 1) * length));
    this.counts = [0, 1].map((side) => memory.counts.subarray(side * memory.shards, (side + 1) * memory.shards));
    this.unpublished = new Int32Array(memory.shards);
  }

  /**
   * Makes room for one more row in a shard's box. One thread at most fills a box in a cycle.
   *
   * @returns Offset of the row in `memory.rows`, for the caller to fill.
   * @throws {LimitError} when the box is full: more messages in one window than the scenario allows for.
   */
  append(shard: number): number {
    const { capacity, stride, shards } = this.memory, filled = this.unpublished[shard]!;
    if (!(filled < capacity)) throw fullBox(shard, capacity);
    this.unpublished[shard] = filled + 1;
    return ((this.fillSide * shards + shard) * capacity + filled) * stride;
  }

  /** Appends a copy of a row. Shape [stride]. */
  post(shard: number, row: Float64Array): void {
    const { rows, stride } = this.memory, offset = this.append(shard);
    for (let i = 0; i < stride; i++) rows[offset + i] = row[i]!;
  }

  /** Lets the reader of a shard's box know of the rows appended in this cycle. Once a cycle. */
  publish(shard: number): void {
    const filled = this.unpublished[shard]!;
    if (filled === 0) return;
    this.published[shard] = filled;
    this.unpublished[shard] = 0;
  }

  /** Rows to read, shape [count, stride], with room to spare. */
  rows(shard: number): Float64Array { return this.views[(1 - this.fillSide) * this.memory.shards + shard]!; }

  /** Numbers of rows to read. Shape [shards]. The reader sets the number of a shard to 0 when it is done. */
  get unread(): Int32Array { return this.counts[1 - this.fillSide]!; }

  /** Numbers of rows published in this cycle. Shape [shards]. */
  get published(): Int32Array { return this.counts[this.fillSide]!; }
}

function fullBox(shard: number, capacity: number): LimitError {
  return new LimitError({
    subject: "messages of one shard in one time window", rule: `be at most ${capacity}`, got: capacity + 1, where: `shard ${shard}`,
    hint: "Raise simulation.shards, or lower simulation.minTurnGapS so that windows are shorter.",
  });
}
