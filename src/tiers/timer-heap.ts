/**
 * One timer per entity: a binary heap that knows where each entity is, so that a timer can be moved and taken away.
 * Servers move their next instant with each arrival, and most deadlines are never reached; an event queue without
 * removal would fill with instants that mean nothing any more. Order: instant, then the entity's rank. Ranks of
 * entities with a timer must differ, so the order is total and does not depend on the order of insertion.
 */
const ABSENT = -1;

/** Timers of entities numbered from 0. */
export class TimerHeap {
  size = 0;
  private entities: Int32Array;
  private times: Float64Array;
  private places: Int32Array;
  private ranks: Float64Array;

  /** @param capacity Entities to make room for; more make it grow. */
  constructor(capacity: number = 64) {
    this.entities = new Int32Array(capacity);
    this.times = new Float64Array(capacity);
    this.places = new Int32Array(capacity).fill(ABSENT);
    this.ranks = new Float64Array(capacity);
  }

  /** Instant of the first timer; Infinity when there is none. */
  peekTimeUs(): number { return this.size > 0 ? this.times[0]! : Infinity; }

  /** Instant of an entity's timer; Infinity when it has none. */
  timeOf(entity: number): number {
    const place = entity < this.places.length ? this.places[entity]! : ABSENT;
    return place === ABSENT ? Infinity : this.times[place]!;
  }

  /** Gives an entity its place among equal instants. It must have no timer. */
  setRank(entity: number, rank: number): void {
    if (entity >= this.places.length) this.grow(entity + 1);
    this.ranks[entity] = rank;
  }

  /** Sets or moves an entity's timer; Infinity takes it away. */
  set(entity: number, timeUs: number): void {
    if (!(timeUs < Infinity)) { this.remove(entity); return; }
    const place = this.places[entity]!;
    if (place === ABSENT) { this.siftUp(this.size++, entity, timeUs); return; }
    const before = this.times[place]!;
    if (timeUs < before) this.siftUp(place, entity, timeUs);
    else if (timeUs > before) this.siftDown(place, entity, timeUs);
  }

  /** Takes an entity's timer away, if it has one. */
  remove(entity: number): void {
    const place = this.places[entity]!;
    if (place === ABSENT) return;
    this.places[entity] = ABSENT;
    const last = --this.size;
    if (place === last) return;
    const moved = this.entities[last]!, movedAt = this.times[last]!;
    if (place > 0 && this.isBefore(moved, movedAt, this.entities[(place - 1) >> 1]!, this.times[(place - 1) >> 1]!)) this.siftUp(place, moved, movedAt);
    else this.siftDown(place, moved, movedAt);
  }

  /** Takes the first timer away. The heap must not be empty. */
  pop(): number {
    const first = this.entities[0]!;
    this.remove(first);
    return first;
  }

  private isBefore(entity: number, timeUs: number, other: number, otherUs: number): boolean {
    return timeUs < otherUs || (timeUs === otherUs && this.ranks[entity]! < this.ranks[other]!);
  }

  private siftUp(start: number, entity: number, timeUs: number): void {
    const { entities, times, places } = this;
    let place = start;
    while (place > 0) {
      const parent = (place - 1) >> 1, other = entities[parent]!, otherUs = times[parent]!;
      if (!this.isBefore(entity, timeUs, other, otherUs)) break;
      entities[place] = other; times[place] = otherUs; places[other] = place;
      place = parent;
    }
    entities[place] = entity; times[place] = timeUs; places[entity] = place;
  }

  private siftDown(start: number, entity: number, timeUs: number): void {
    const { entities, times, places, size } = this;
    let place = start;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && this.isBefore(entities[child + 1]!, times[child + 1]!, entities[child]!, times[child]!)) child++;
      const other = entities[child]!, otherUs = times[child]!;
      if (!this.isBefore(other, otherUs, entity, timeUs)) break;
      entities[place] = other; times[place] = otherUs; places[other] = place;
      place = child;
    }
    entities[place] = entity; times[place] = timeUs; places[entity] = place;
  }

  private grow(needed: number): void {
    const capacity = Math.max(needed, this.places.length * 2), places = new Int32Array(capacity).fill(ABSENT);
    places.set(this.places);
    this.places = places;
    const copy = (source: Float64Array): Float64Array => { const target = new Float64Array(capacity); target.set(source); return target; };
    this.ranks = copy(this.ranks);
    this.times = copy(this.times);
    const entities = new Int32Array(capacity);
    entities.set(this.entities);
    this.entities = entities;
  }
}
