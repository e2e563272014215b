/**
 * Every request at the tiers, as one row of columns. A slot is taken when a request is announced and given back when
 * nothing at the tiers belongs to it any more, so numbers are reused: nothing may order events by slot.
 */
import { REQUEST_STRIDE, RequestField } from "./tier-messages.js";

/** Who asked. */
export const SlotKind = { client: 0, consult: 1, refresh: 2 } as const;
/** Where a request is. */
export const SlotState = {
  free: 0, incoming: 1, consulting: 2, waiting: 3, running: 4, unreceived: 5, returning: 6,
} as const;

/** No slot. */
export const NO_SLOT = -1;
const USUAL_CAPACITY = 1024;

/** Columns of all slots. Typed arrays are replaced when they grow: do not keep one across `take`. */
export class RequestSlots {
  capacity: number = USUAL_CAPACITY;
  /** Request rows as they came. Shape [capacity, REQUEST_STRIDE]. */
  rows: Float64Array = new Float64Array(USUAL_CAPACITY * REQUEST_STRIDE);
  kind: Uint8Array = new Uint8Array(USUAL_CAPACITY);
  state: Uint8Array = new Uint8Array(USUAL_CAPACITY);
  /** 1 when the response is out (or, for a consult, when the timer means a cancel). */
  hasEnded: Uint8Array = new Uint8Array(USUAL_CAPACITY);
  /** 1 when the first token will have reached the client before its deadline. */
  isReceived: Uint8Array = new Uint8Array(USUAL_CAPACITY);
  /** 1 while a cancel waits for the end of the iteration. */
  isCancelled: Uint8Array = new Uint8Array(USUAL_CAPACITY);
  /** Prompt with the tier's instructions and a consult's answer. Tokens. */
  inputTokens: Int32Array = new Int32Array(USUAL_CAPACITY);
  answerTokens: Int32Array = new Int32Array(USUAL_CAPACITY);
  /** Answer tokens made when it was queued, or at its first token; later ones follow from `finishIteration`. */
  generatedTokens: Int32Array = new Int32Array(USUAL_CAPACITY);
  /** Tokens of the prefill that are in the KV cache, and tokens that must be. */
  computedTokens: Int32Array = new Int32Array(USUAL_CAPACITY);
  targetTokens: Int32Array = new Int32Array(USUAL_CAPACITY);
  /** Count of the replica's iterations after which the last token is made. */
  finishIteration: Float64Array = new Float64Array(USUAL_CAPACITY);
  /** Place in the order of admission at the replica, or of joining a queue. */
  order: Float64Array = new Float64Array(USUAL_CAPACITY);
  /** Neighbours in the one list the slot is in: a queue or the running sequences. */
  previous: Int32Array = new Int32Array(USUAL_CAPACITY);
  next: Int32Array = new Int32Array(USUAL_CAPACITY);
  /** Place in the one heap the slot is in: a fair queue or the completions; -1 when in none. */
  heapPlace: Int32Array = new Int32Array(USUAL_CAPACITY);
  /** Index of the client in a fair queue. */
  account: Int32Array = new Int32Array(USUAL_CAPACITY);
  admittedAtUs: Float64Array = new Float64Array(USUAL_CAPACITY);
  consultedAtUs: Float64Array = new Float64Array(USUAL_CAPACITY);
  consultAnsweredAtUs: Float64Array = new Float64Array(USUAL_CAPACITY);
  firstTokenAtUs: Float64Array = new Float64Array(USUAL_CAPACITY);
  cachedTokens: Int32Array = new Int32Array(USUAL_CAPACITY);
  preemptions: Int32Array = new Int32Array(USUAL_CAPACITY);
  replica: Int32Array = new Int32Array(USUAL_CAPACITY);
  /** The other half of a consult: T's slot of an E request, E's slot of a T request. */
  partner: Int32Array = new Int32Array(USUAL_CAPACITY);
  private freeSlots: Int32Array = new Int32Array(USUAL_CAPACITY);
  private freeCount = 0;
  private used = 0;

  /** Takes a slot with all columns but the row reset. */
  take(kind: number): number {
    if (this.freeCount === 0 && this.used === this.capacity) this.grow();
    const slot = this.freeCount > 0 ? this.freeSlots[--this.freeCount]! : this.used++;
    this.kind[slot] = kind;
    this.state[slot] = SlotState.incoming;
    this.hasEnded[slot] = this.isReceived[slot] = this.isCancelled[slot] = 0;
    this.generatedTokens[slot] = this.cachedTokens[slot] = this.preemptions[slot] = 0;
    this.previous[slot] = this.next[slot] = this.heapPlace[slot] = this.partner[slot] = this.replica[slot] = NO_SLOT;
    this.admittedAtUs[slot] = this.consultedAtUs[slot] = this.consultAnsweredAtUs[slot] = this.firstTokenAtUs[slot] = NaN;
    return slot;
  }

  /** Gives a slot back. */
  release(slot: number): void {
    this.state[slot] = SlotState.free;
    this.freeSlots[this.freeCount++] = slot;
  }

  /** Slots in use. */
  get size(): number { return this.used - this.freeCount; }

  /** A field of a slot's request row, by its `RequestField`. */
  field(slot: number, field: number): number { return this.rows[slot * REQUEST_STRIDE + field]!; }

  /** Key of (client, session) for prefixes: clients below 2^27, sessions below 2^26. */
  sessionKey(slot: number): number {
    return this.field(slot, RequestField.clientId) * 2 ** 26 + this.field(slot, RequestField.session) % 2 ** 26;
  }

  private grow(): void {
    const capacity = this.capacity * 2;
    for (const [name, column] of Object.entries(this)) {
      const fill = column instanceof Float64Array ? new Float64Array(column.length * 2)
        : column instanceof Int32Array ? new Int32Array(column.length * 2) : column instanceof Uint8Array ? new Uint8Array(column.length * 2) : undefined;
      if (fill === undefined) continue;
      fill.set(column as Float64Array);
      (this as unknown as Record<string, unknown>)[name] = fill;
    }
    this.capacity = capacity;
  }
}
