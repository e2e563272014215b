/** Turns an ended request into its response row. One row is reused: the sink copies it. */
import { NO_SLOT } from "./request-slots.js";
import type { RequestSlots } from "./request-slots.js";
import { RESPONSE_STRIDE, RequestField, ResponseField, ResponseStatus } from "./tier-messages.js";
import type { ResponseSink } from "./tier-messages.js";

/** Writes responses. */
export class ResponseWriter {
  private readonly row = new Float64Array(RESPONSE_STRIDE);

  constructor(private readonly slots: RequestSlots, private readonly sink: ResponseSink) {}

  /**
   * @param status One of `ResponseStatus`. Only served requests have a last token.
   * @param generatedTokens Answer tokens made so far.
   * @param knowledgeAgeUs Age of the pool's knowledge at the decision.
   */
  write(slot: number, status: number, decidedAtUs: number, generatedTokens: number, knowledgeAgeUs: number): void {
    const { row, slots } = this;
    row[ResponseField.clientId] = slots.field(slot, RequestField.clientId);
    row[ResponseField.attemptKey] = slots.field(slot, RequestField.attemptKey);
    row[ResponseField.status] = status;
    row[ResponseField.admittedAtUs] = slots.admittedAtUs[slot]!;
    row[ResponseField.consultedAtUs] = slots.consultedAtUs[slot]!;
    row[ResponseField.consultAnsweredAtUs] = slots.consultAnsweredAtUs[slot]!;
    row[ResponseField.firstTokenAtUs] = slots.firstTokenAtUs[slot]!;
    row[ResponseField.lastTokenAtUs] = status === ResponseStatus.served ? decidedAtUs : NaN;
    row[ResponseField.decidedAtUs] = decidedAtUs;
    row[ResponseField.cachedTokens] = slots.cachedTokens[slot]!;
    row[ResponseField.generatedTokens] = generatedTokens;
    row[ResponseField.preemptions] = slots.preemptions[slot]!;
    row[ResponseField.knowledgeAgeUs] = knowledgeAgeUs;
    row[ResponseField.replica] = slots.replica[slot] === NO_SLOT ? NaN : slots.replica[slot]!;
    this.sink(row);
  }
}
