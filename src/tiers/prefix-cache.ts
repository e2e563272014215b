/**
 * KV blocks that finished turns left behind, by session, least recently used first. A turn's blocks go from their tail,
 * as its first tokens are of use without the last but not the other way round.
 */
import { IntegerIndex } from "./integer-index.js";

const NONE = -1;
const USUAL_CAPACITY = 64;

/** Left blocks of one replica. */
export class PrefixCache {
  /** Blocks held by all entries. */
  blockCount = 0;
  private readonly index: IntegerIndex = new IntegerIndex();
  private keys = new Float64Array(USUAL_CAPACITY);
  private blocks = new Int32Array(USUAL_CAPACITY);
  private older = new Int32Array(USUAL_CAPACITY);
  private newer = new Int32Array(USUAL_CAPACITY);
  private oldest = NONE;
  private newest = NONE;
  private freeEntry = NONE;
  private used = 0;

  /** True when something of the session is left. */
  has(key: number): boolean { return this.index.get(key) !== NONE; }

  /** Takes a session's entry out. Returns its blocks; 0 when there is none. */
  take(key: number): number {
    const entry = this.index.get(key);
    if (entry === NONE) return 0;
    const held = this.blocks[entry]!;
    this.drop(entry);
    this.blockCount -= held;
    return held;
  }

  /** Leaves a session's blocks as the most recently used. Returns the blocks of the entry it replaces, which become free. */
  put(key: number, blockCount: number): number {
    const replaced = this.take(key);
    if (blockCount === 0) return replaced;
    const entry = this.newEntry();
    this.keys[entry] = key;
    this.blocks[entry] = blockCount;
    this.older[entry] = this.newest;
    this.newer[entry] = NONE;
    if (this.newest === NONE) this.oldest = entry;
    else this.newer[this.newest] = entry;
    this.newest = entry;
    this.index.set(key, entry);
    this.blockCount += blockCount;
    return replaced;
  }

  /** Gives up blocks, oldest sessions first. There must be so many. */
  evict(blockCount: number): void {
    this.blockCount -= blockCount;
    for (let missing = blockCount; missing > 0;) {
      const entry = this.oldest, held = this.blocks[entry]!;
      if (held > missing) { this.blocks[entry] = held - missing; return; }
      missing -= held;
      this.drop(entry);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.index.clear();
    this.blockCount = this.used = 0;
    this.oldest = this.newest = this.freeEntry = NONE;
  }

  private drop(entry: number): void {
    const older = this.older[entry]!, newer = this.newer[entry]!;
    if (older === NONE) this.oldest = newer; else this.newer[older] = newer;
    if (newer === NONE) this.newest = older; else this.older[newer] = older;
    this.index.delete(this.keys[entry]!);
    this.older[entry] = this.freeEntry;
    this.freeEntry = entry;
  }

  private newEntry(): number {
    if (this.freeEntry !== NONE) {
      const entry = this.freeEntry;
      this.freeEntry = this.older[entry]!;
      return entry;
    }
    if (this.used === this.keys.length) this.grow();
    return this.used++;
  }

  private grow(): void {
    const capacity = this.keys.length * 2, keys = new Float64Array(capacity);
    keys.set(this.keys);
    this.keys = keys;
    const copy = (source: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => { const target = new Int32Array(capacity); target.set(source); return target; };
    this.blocks = copy(this.blocks);
    this.older = copy(this.older);
    this.newer = copy(this.newer);
  }
}
