/** KV memory of one replica in blocks: free, left behind by finished turns (to be had at once), or in use. */
import { PrefixCache } from "./prefix-cache.js";

/** Block counts of one replica. */
export class KvBlocks {
  free: number;
  readonly cache: PrefixCache = new PrefixCache();

  /** @param capacity Blocks that sequences can use: those of the shared instructions are taken off. */
  constructor(readonly capacity: number) { this.free = capacity; }

  /** Blocks that a sequence can get now. */
  get available(): number { return this.free + this.cache.blockCount; }

  /** Blocks in use by sequences. */
  get used(): number { return this.capacity - this.free - this.cache.blockCount; }

  /** Uses blocks, free ones first, then the least recently used of the cache. So many must be available. */
  take(blocks: number): void {
    if (blocks > this.free) {
      this.cache.evict(blocks - this.free);
      this.free = 0;
    } else this.free -= blocks;
  }

  /** Frees blocks. */
  give(blocks: number): void { this.free += blocks; }

  /** Moves a session's left blocks to the free ones. Returns how many. */
  reclaim(sessionKey: number): number {
    const blocks = this.cache.take(sessionKey);
    this.free += blocks;
    return blocks;
  }

  /** Moves used blocks to the cache under a session. */
  leave(sessionKey: number, blocks: number): void { this.free += this.cache.put(sessionKey, blocks); }

  /** Moves free blocks to the cache under a key of their own. */
  keep(key: number, blocks: number): void {
    if (blocks === 0) return;
    this.free -= blocks;
    this.free += this.cache.put(key, blocks);
  }

  /** Empties memory, as a restart does. */
  clear(): void {
    this.cache.clear();
    this.free = this.capacity;
  }
}
