/** P at work: it reads, drafts, answers alone, or rewrites a tier's answer with personal context. */
import { QueryKind } from "../records/truth-record.js";
import { Answerer } from "./answer-quality.js";
import { ClientField as F } from "./client-state.js";
import type { QuestionEnd } from "./question-end.js";
import type { QuestionInHand, QuestionWorld } from "./question-world.js";

/** P's part in questions. */
export class PersonalAnswer {
  private readonly world: QuestionWorld;
  private readonly end: QuestionEnd;

  constructor(world: QuestionWorld, end: QuestionEnd) {
    this.world = world;
    this.end = end;
  }

  /** P reads the question and drafts, from `fromUs`. Returns the end, at the latest the end of patience. */
  draft(hand: QuestionInHand, fromUs: number): number {
    const { state: s, phone, scenario } = this.world, { at } = hand;
    const readUs = this.read(hand, fromUs);
    return phone.compute(at, readUs, phone.decodeS(at, scenario.personalModel.draftTokens, s[at + F.contextTokens]!), s[at + F.patienceAtUs]);
  }

  /** P writes the whole answer, from `fromUs`. Returns false when the question ended without one. */
  answer(hand: QuestionInHand, route: number, fromUs: number): void {
    const { state: s, phone, quality } = this.world, { at, question: q } = hand;
    if (!phone.canCompute(at)) { this.end.failed(hand, route, fromUs); return; }
    const firstUs = this.writeFirst(hand, this.read(hand, fromUs), s[at + F.patienceAtUs]!);
    if (firstUs >= s[at + F.patienceAtUs]!) { this.end.abandoned(hand, route, firstUs); return; }
    this.end.ended.correctProbability = quality.correctProbability(q, Answerer.personal, false);
    this.end.answered(hand, route, firstUs, this.writeRest(hand, firstUs));
  }

  /** P reads a tier's whole answer, received at `receivedUs`, and writes its own. */
  combine(hand: QuestionInHand, route: number, tierTokens: number, receivedUs: number): void {
    const { state: s, phone } = this.world, { at } = hand, limitUs = Math.max(s[at + F.patienceAtUs]!, receivedUs);
    const combinedUs = phone.compute(at, this.read(hand, receivedUs), phone.prefillS(at, tierTokens), limitUs);
    this.end.ended.combinedAtUs = combinedUs;
    this.keepInContext(at, tierTokens);
    const firstUs = this.writeFirst(hand, combinedUs, limitUs);
    if (firstUs >= limitUs) this.end.abandoned(hand, route, limitUs);
    else this.end.answered(hand, route, firstUs, this.writeRest(hand, firstUs));
  }

  /** P reads what is new in the conversation, unless it has. Returns the end of the prefill. */
  private read({ at, question: q }: QuestionInHand, fromUs: number): number {
    const { state: s, phone, scenario } = this.world;
    if (!Number.isNaN(s[at + F.prefilledAtUs]!)) return fromUs;
    const isPersonal = q.kind === QueryKind.personal || q.kind === QueryKind.mixed;
    const personalTokens = isPersonal ? scenario.population.personalContextTokens : 0;
    const freshTokens = Math.min(scenario.personalModel.contextLimitTokens, q.promptTokens + personalTokens + s[at + F.unreadTokens]!);
    s[at + F.unreadTokens] = 0;
    this.keepInContext(at, freshTokens);
    const reloadS = s[at + F.isReloaded] === 1 ? phone.reloadS(at) : 0;
    return s[at + F.prefilledAtUs] = phone.compute(at, fromUs, reloadS + phone.prefillS(at, freshTokens), s[at + F.patienceAtUs]);
  }

  private writeFirst({ at }: QuestionInHand, fromUs: number, limitUs: number): number {
    const { state: s, phone } = this.world;
    return phone.compute(at, fromUs, phone.decodeS(at, 1, s[at + F.contextTokens]!), limitUs);
  }

  private writeRest({ at, question: q }: QuestionInHand, firstUs: number): number {
    const { state: s, phone } = this.world;
    const lastUs = q.answerTokens === 1 ? firstUs : phone.compute(at, firstUs, phone.decodeS(at, q.answerTokens - 1, s[at + F.contextTokens]! + 1));
    this.keepInContext(at, q.answerTokens);
    return lastUs;
  }

  /** The oldest tokens fall out of a full context. */
  private keepInContext(at: number, tokens: number): void {
    const { state: s, scenario } = this.world;
    s[at + F.contextTokens] = Math.min(scenario.personalModel.contextLimitTokens, s[at + F.contextTokens]! + tokens);
  }
}
