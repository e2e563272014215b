/** What a question needs of the rest of the world, and the step that all questions end with. */
import type { Scenario } from "../config/scenario-schema.js";
import type { LinkTable } from "../network/link-table.js";
import type { Question, QuestionSampler } from "../population/question.js";
import type { WireShape } from "../protocol/message-sizes.js";
import type { AnswerQuality } from "./answer-quality.js";
import type { EndedQuestion } from "./ended-question.js";
import type { Phone } from "./phone.js";
import type { Router } from "./routing/router.js";

/** Prices that a router may weigh. Dollars per token. */
export interface TokenPrices {
  readonly expertInUsd: number; readonly expertOutUsd: number; readonly generalInUsd: number; readonly generalOutUsd: number;
}

/** The world of one thread's questions. */
export interface QuestionWorld {
  readonly scenario: Scenario;
  /** Rows of all clients, see `ClientField`. */
  readonly state: Float64Array;
  readonly phone: Phone;
  readonly links: LinkTable;
  readonly sampler: QuestionSampler;
  readonly quality: AnswerQuality;
  readonly router: Router;
  readonly shape: WireShape;
  readonly prices: TokenPrices;
  readonly seed: number;
  readonly replication: number;
  /** Sends a request row to the tiers. */
  readonly send: (row: Float64Array) => void;
  /** Takes the end of a question. */
  readonly end: (ended: EndedQuestion, question: Question) => void;
}

/** The question in hand: where its client's row starts, whose it is, and what it asks. */
export interface QuestionInHand {
  /** Offset of the client's row. */
  at: number;
  client: number;
  shard: number;
  question: Question;
}

/** Microseconds in a second. */
export const US_PER_S = 1e6;
/** Numbers of attempts of one question, for streams and attempt keys; the last is for cover traffic. */
export const ATTEMPT_SPAN = 16;
