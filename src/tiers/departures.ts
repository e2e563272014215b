/**
 * Memory of sequences that have ended. An engine that schedules ahead learns of an end when the next iteration is made up
 * already, so seats and blocks come back one iteration later; others get them back at once.
 */
import type { KvBlocks } from "./kv-blocks.js";

/** Blocks about to come back. */
export class Departures {
  private readonly keys: number[] = [];
  private readonly leftBlocks: number[] = [];
  private readonly blocks: number[] = [];

  constructor(private readonly kv: KvBlocks) {}

  get size(): number { return this.keys.length; }

  /** Notes a sequence's blocks, and how many of them stay for the session's next turn. A key below 0: no session. */
  add(sessionKey: number, leftBlocks: number, blocks: number): void {
    this.keys.push(sessionKey);
    this.leftBlocks.push(leftBlocks);
    this.blocks.push(blocks);
  }

  /** Gives one sequence's blocks back at once. */
  giveBack(sessionKey: number, leftBlocks: number, blocks: number): void {
    if (sessionKey >= 0) this.kv.leave(sessionKey, leftBlocks);
    this.kv.give(blocks - leftBlocks);
  }

  /** Gives everything back. True when there was something. */
  settle(): boolean {
    const count = this.keys.length;
    if (count === 0) return false;
    for (let i = 0; i < count; i++) this.giveBack(this.keys[i]!, this.leftBlocks[i]!, this.blocks[i]!);
    this.forget();
    return true;
  }

  forget(): void { this.keys.length = this.leftBlocks.length = this.blocks.length = 0; }
}
