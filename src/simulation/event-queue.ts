/**
 * Future events in one total order that depends neither on insertion order nor on threads: earlier instant first,
 * then the smaller key. A key holds the entity and the entity's own running number (see `eventKey`).
 */

/** A queue of (instant, key) pairs. Implementations: `HeapQueue` (reference) and `BucketQueue` (fast). */
export interface EventQueue {
  /** Events waiting. */
  readonly size: number;
  /** Instant of the event popped last, integer microseconds. */
  readonly timeUs: number;
  /** Key of the event popped last. */
  readonly key: number;
  /** Adds an event. `timeUs` is a safe integer at or after the last popped one; `key` is a safe integer, 0 or more. */
  push(timeUs: number, key: number): void;
  /** Removes the first event into `timeUs` and `key`. False when the queue is empty. */
  pop(): boolean;
  /** Instant of the first event; Infinity when the queue is empty. */
  peekTimeUs(): number;
}

/** Running numbers of one entity wrap here: far above the events that one entity can have at one instant. */
export const SEQUENCE_SPAN = 2 ** 20;

/** Key of an entity's event. `entity` is below 2^33. */
export function eventKey(entity: number, sequence: number): number {
  return entity * SEQUENCE_SPAN + (sequence % SEQUENCE_SPAN);
}

/** Entity of a key. */
export function entityOfKey(key: number): number {
  return Math.floor(key / SEQUENCE_SPAN);
}
