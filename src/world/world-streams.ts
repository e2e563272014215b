/** Random streams of the world: every value is a function of (seed, purpose, entity, index), so order and threads do not matter. */
import { RandomStream } from "../core/random-stream.js";

/** What draws are for; apart from those of the simulator, which are below 100. */
export const WorldPurpose = { name: 100, fact: 101, person: 102, split: 103, query: 104, text: 105, note: 106 } as const;

/** A stream at the start of one item's draws. New for each item: nothing is carried over between items. */
export function openStream(seed: number, purpose: number, entity: number, index: number): RandomStream {
  return new RandomStream(seed, 0, purpose).seek(entity, index);
}

/** One of several. Takes one draw. @param items At least one. */
export function pick<Item>(stream: RandomStream, items: readonly Item[]): Item {
  return items[stream.nextInt(items.length)]!;
}

/** Running sums of 1 / (rank + 2): weights that fall with rank, the last not absent. Shape [length]. */
export function cumulateRanks(length: number): Float64Array {
  const cumulative = new Float64Array(length);
  let sum = 0;
  for (let rank = 0; rank < length; rank++) cumulative[rank] = sum += 1 / (rank + 2);
  return cumulative;
}

/** A 32-bit hash of a text: FNV-1a over its UTF-16 units. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** A number strictly between 0 and 1 for an item: the side of a split that it falls on. */
export function splitPosition(seed: number, axis: number, item: number): number {
  return openStream(seed, WorldPurpose.split, item, axis).nextUniform();
}
