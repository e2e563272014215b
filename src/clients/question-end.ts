/** The end of a question: is the answer right, what did it cost, what does the router learn. */
import { Outcome, Route } from "../records/request-record.js";
import { Answerer } from "./answer-quality.js";
import { ClientField as F, Stage } from "./client-state.js";
import { EndedQuestion } from "./ended-question.js";
import { type QuestionInHand, type QuestionWorld, US_PER_S } from "./question-world.js";
import type { RoutingView } from "./routing/routing-view.js";

/** Ends questions. */
export class QuestionEnd {
  /** What the question in hand has added to its client's row so far. */
  readonly ended: EndedQuestion = new EndedQuestion();
  private readonly world: QuestionWorld;
  private readonly view: RoutingView;

  constructor(world: QuestionWorld, view: RoutingView) {
    this.world = world;
    this.view = view;
  }

  /** An answer that was read from its first to its last token. */
  answered(hand: QuestionInHand, route: number, firstTokenAtUs: number, lastTokenAtUs: number): void {
    this.ended.firstTokenAtUs = firstTokenAtUs;
    this.ended.lastTokenAtUs = lastTokenAtUs;
    this.end(hand, Outcome.answered, route, lastTokenAtUs);
  }

  /** The user's patience ended first. */
  abandoned(hand: QuestionInHand, route: number, nowUs: number): void { this.unanswered(hand, Outcome.abandoned, route, nowUs); }

  /** Nobody could answer. */
  failed(hand: QuestionInHand, route: number, nowUs: number): void { this.unanswered(hand, Outcome.failed, route, nowUs); }

  private unanswered(hand: QuestionInHand, outcome: number, route: number, nowUs: number): void {
    const e = this.ended;
    e.firstTokenAtUs = e.lastTokenAtUs = NaN;
    e.correctProbability = 0;
    this.end(hand, outcome, route, nowUs);
  }

  private end(hand: QuestionInHand, outcome: number, route: number, doneAtUs: number): void {
    const { state: s, phone, quality } = this.world, { at, question: q } = hand, e = this.ended;
    e.at = at;
    e.client = hand.client;
    e.outcome = outcome;
    e.route = route;
    e.doneAtUs = doneAtUs;
    // What was sent has left the phone, whoever answers in the end.
    e.secretsSent = s[at + F.attempts]! > 0 ? this.view.context.secretsSent : 0;
    e.isPersonalRight = q.luck < quality.correctProbability(q, Answerer.personal, false);
    e.isCorrect = q.luck < e.correctProbability;
    phone.spend(at, s[at + F.computeJ]! + s[at + F.radioJ]!);
    e.chargeFraction = phone.chargeFraction(at);
    this.teachRouter(hand);
    s[at + F.stage] = Stage.idle;
    s[at + F.lastDoneAtUs] = doneAtUs;
    this.world.end(e, q);
  }

  private teachRouter({ at, question: q }: QuestionInHand): void {
    const { state: s, router } = this.world, e = this.ended, isTier = s[at + F.attempts]! > 0;
    const usd = this.view.paidUsd(at, e.tierAnswerTokens, !Number.isNaN(e.consultedAtUs));
    if (router.spends === "money") s[at + F.spent]! += usd;
    if (router.spends === "secrets") s[at + F.spent]! += e.secretsSent;
    const hadChoice = this.view.poolOf(q) >= 0 && (isTier || e.route === Route.personal);
    if (!hadChoice) return;
    const waitUs = (e.outcome === Outcome.answered ? e.firstTokenAtUs : e.doneAtUs) - s[at + F.askedAtUs]!;
    router.learn(this.view.context, isTier, e.isCorrect, waitUs / US_PER_S, usd, e.secretsSent);
  }
}
