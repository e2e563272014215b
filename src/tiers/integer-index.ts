/** Numbers small dense places to sparse integers: open addressing with linear probing on typed arrays. */

const EMPTY = -1;
const USUAL_CAPACITY = 64;
/** Multipliers of the two halves of a key: odd 32-bit numbers near 2^32 / golden ratio and of MurmurHash3's mixer. */
const LOW_MULTIPLIER = 0x9e3779b1;
const HIGH_MULTIPLIER = 0x85ebca6b;
const WORD_SPAN = 2 ** 32;

/** A map from integers of 0 to 2^53 - 1 to integers of 0 or more. */
export class IntegerIndex {
  size = 0;
  private keys: Float64Array = new Float64Array(USUAL_CAPACITY).fill(EMPTY);
  private values: Int32Array = new Int32Array(USUAL_CAPACITY);
  private mask: number = USUAL_CAPACITY - 1;

  /** Value of a key, or -1. */
  get(key: number): number {
    let at = this.home(key);
    for (; this.keys[at] !== EMPTY; at = (at + 1) & this.mask) if (this.keys[at] === key) return this.values[at]!;
    return -1;
  }

  /** Gives a key a value. */
  set(key: number, value: number): void {
    if (this.size * 2 > this.mask) this.grow();
    let at = this.home(key);
    while (this.keys[at] !== EMPTY && this.keys[at] !== key) at = (at + 1) & this.mask;
    if (this.keys[at] === EMPTY) this.size++;
    this.keys[at] = key;
    this.values[at] = value;
  }

  /** Takes a key away, and moves later entries of its run so that no gap cuts them off. */
  delete(key: number): void {
    const { keys, values, mask } = this;
    let gap = this.home(key);
    while (keys[gap] !== key) { if (keys[gap] === EMPTY) return; gap = (gap + 1) & mask; }
    this.size--;
    for (let at = (gap + 1) & mask; keys[at] !== EMPTY; at = (at + 1) & mask) {
      if (((at - this.home(keys[at]!)) & mask) < ((at - gap) & mask)) continue;
      keys[gap] = keys[at]!;
      values[gap] = values[at]!;
      gap = at;
    }
    keys[gap] = EMPTY;
  }

  /** Takes all keys away. */
  clear(): void { this.keys.fill(EMPTY); this.size = 0; }

  private home(key: number): number {
    const mixed = Math.imul(key | 0, LOW_MULTIPLIER) ^ Math.imul(key / WORD_SPAN | 0, HIGH_MULTIPLIER);
    return (mixed ^ (mixed >>> 15)) & this.mask;
  }

  private grow(): void {
    const { keys, values } = this, capacity = keys.length * 2;
    this.keys = new Float64Array(capacity).fill(EMPTY);
    this.values = new Int32Array(capacity);
    this.mask = capacity - 1;
    this.size = 0;
    for (let at = 0; at < keys.length; at++) if (keys[at] !== EMPTY) this.set(keys[at]!, values[at]!);
  }
}
