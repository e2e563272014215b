/** Border of the tiers: rows of doubles become slots, and nonsense stops here. */
import { invariant } from "../core/errors.js";
import { REQUEST_STRIDE, RequestField } from "./tier-messages.js";
import { SlotKind } from "./request-slots.js";
import type { RequestSlots } from "./request-slots.js";

const MAX_TOKENS = 2 ** 30;
/** Bits of the parts of a rank: kind 1, attempt 26, client above. */
const ATTEMPT_SPAN = 2 ** 26;

/** Copies a row into a new slot. */
export function acceptRow(slots: RequestSlots, rows: Float64Array, index: number, pools: number): number {
  const slot = slots.take(SlotKind.client), at = index * REQUEST_STRIDE;
  for (let field = 0; field < REQUEST_STRIDE; field++) slots.rows[slot * REQUEST_STRIDE + field] = rows[at + field]!;
  const pool = rows[at + RequestField.pool]!, prompt = rows[at + RequestField.promptTokens]!, answer = rows[at + RequestField.answerTokens]!;
  const arriveAtUs = rows[at + RequestField.arriveAtUs]!, deadlineAtUs = rows[at + RequestField.deadlineAtUs]!;
  const isSound = Number.isSafeInteger(arriveAtUs) && arriveAtUs >= 0 && pool >= 0 && pool < pools && Number.isInteger(pool)
    && prompt >= 0 && prompt < MAX_TOKENS && Number.isInteger(prompt) && answer >= 1 && answer < MAX_TOKENS && Number.isInteger(answer)
    && deadlineAtUs >= 0 && rows[at + RequestField.uplinkDelayUs]! >= 0 && rows[at + RequestField.downlinkDelayUs]! >= 0
    && rows[at + RequestField.prefixTokens]! >= 0;
  if (!isSound) invariant(false, "send requests of whole tokens to a known pool at a known instant", Array.from(rows.subarray(at, at + REQUEST_STRIDE)).join(" "));
  return slot;
}

/** Place of a request among equal instants: by client, attempt, and a client's own request before its consult. */
export function rankOf(slots: RequestSlots, slot: number): number {
  const attempt = slots.field(slot, RequestField.attemptKey) % ATTEMPT_SPAN;
  return (slots.field(slot, RequestField.clientId) * ATTEMPT_SPAN + attempt) * 2 + (slots.kind[slot] === SlotKind.consult ? 1 : 0);
}

/** Instant at which the client receives what leaves the tier at `sentAtUs`: after its outage when it falls into it. */
export function receivedAtUs(slots: RequestSlots, slot: number, sentAtUs: number): number {
  const delayUs = slots.field(slot, RequestField.downlinkDelayUs), atUs = sentAtUs + delayUs, endUs = slots.field(slot, RequestField.outageEndUs);
  return atUs >= slots.field(slot, RequestField.outageStartUs) && atUs < endUs ? endUs + delayUs : atUs;
}

/** Instant at which the client's cancel reaches the tier: sent at the deadline, or when an outage around it ends. */
export function cancelAtUs(slots: RequestSlots, slot: number): number {
  const deadlineUs = slots.field(slot, RequestField.deadlineAtUs), endUs = slots.field(slot, RequestField.outageEndUs);
  const isOut = deadlineUs >= slots.field(slot, RequestField.outageStartUs) && deadlineUs < endUs;
  return (isOut ? endUs : deadlineUs) + slots.field(slot, RequestField.uplinkDelayUs);
}
