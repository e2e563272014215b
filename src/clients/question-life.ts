/**
 * The life of a question at its P-client: asked, read by P, drafted, decided; then answered by P, or sealed, sent to a
 * tier, received, opened, combined with personal context; or given up, or failed. All instants are kept in the client's
 * row; each step is a function of the row, the question (drawn again when needed) and the message at hand.
 */
import { OFFLINE } from "../network/link-table.js";
import { Route } from "../records/request-record.js";
import { QueryKind } from "../records/truth-record.js";
import { ResponseField as A, ResponseStatus } from "../tiers/tier-messages.js";
import { Answerer } from "./answer-quality.js";
import { ClientField as F, Stage } from "./client-state.js";
import { PersonalAnswer } from "./personal-answer.js";
import { QuestionEnd } from "./question-end.js";
import type { QuestionInHand, QuestionWorld } from "./question-world.js";
import { RoutingView } from "./routing/routing-view.js";
import { TierExchange } from "./tier-exchange.js";

/** Steps of one thread's questions. */
export class QuestionLife {
  private readonly world: QuestionWorld;
  private readonly view: RoutingView;
  private readonly end: QuestionEnd;
  private readonly personal: PersonalAnswer;
  private readonly tier: TierExchange;
  private readonly hand: QuestionInHand;

  constructor(world: QuestionWorld) {
    this.world = world;
    this.view = new RoutingView(world);
    this.end = new QuestionEnd(world, this.view);
    this.personal = new PersonalAnswer(world, this.end);
    this.tier = new TierExchange(world, this.view, this.end);
    this.hand = { at: 0, client: 0, shard: 0, question: world.sampler.question };
  }

  /** The user's question reaches P at `nowUs`. `at` is the offset of the client's row. */
  ask(at: number, client: number, shard: number, nowUs: number): void {
    const { state: s, phone, router } = this.world, hand = this.take(at, client, shard), q = hand.question;
    phone.rest(at, client, nowUs);
    this.begin(hand, nowUs);
    const canPersonal = phone.isReady(at), decidedUs = router.drafts && canPersonal ? this.personal.draft(hand, nowUs) : nowUs;
    s[at + F.decidedAtUs] = decidedUs;
    phone.followLink(at, client, decidedUs);
    s[at + F.decisionLink] = s[at + F.linkState]!;
    const pool = this.view.poolOf(q), context = this.view.describe(hand, pool), isForced = !canPersonal && router.spends === "nothing";
    context.canPersonal = canPersonal;
    if (decidedUs >= s[at + F.patienceAtUs]!) this.end.abandoned(hand, Route.personal, decidedUs);
    else if (context.canTier && (isForced || router.asksTier(context, q))) this.askTier(hand, pool, decidedUs);
    else this.answerAlone(hand, this.isMissed(hand, pool) ? Route.personalFallback : Route.personal, decidedUs);
  }

  /** A tier has ended a request of this client. `offset` is the start of the response row in `message`. */
  receive(at: number, client: number, shard: number, message: Float64Array, offset: number): void {
    const { state: s } = this.world, hand = this.take(at, client, shard), pool = s[at + F.tierPool]!;
    const status = message[offset + A.status]!;
    this.end.ended.clear();
    // A refused request was too long for the tier: the conversation with it begins anew. After a timeout it is sent again, history and all.
    if (status === ResponseStatus.failed) s[at + F.tierTokens] = 0;
    this.view.describe(hand, pool);
    if (status === ResponseStatus.served) { this.receiveAnswer(hand, pool, message, offset); return; }
    s[at + F.stage] = Stage.idle;
    this.tier.loseAnswer(hand, message, offset);
    const heardUs = status === ResponseStatus.timedOut ? Infinity : message[offset + A.decidedAtUs]! + s[at + F.downlinkUs]!;
    this.missAnswer(hand, Math.min(heardUs, this.tier.deadlineUs(at)));
  }

  /** The wait before a retry is over. */
  retry(at: number, client: number, shard: number, nowUs: number): void {
    const { state: s, phone } = this.world, hand = this.take(at, client, shard), pool = s[at + F.tierPool]!;
    this.end.ended.clear();
    s[at + F.stage] = Stage.idle;
    phone.rest(at, client, nowUs);
    this.view.describe(hand, pool);
    if (s[at + F.linkState] === OFFLINE) this.fallBack(hand, nowUs);
    else this.askTier(hand, pool, nowUs);
  }

  private take(at: number, client: number, shard: number): QuestionInHand {
    const { state: s, sampler } = this.world, { hand } = this;
    hand.at = at;
    hand.client = client;
    hand.shard = shard;
    sampler.sample(client, s[at + F.queryIndex]!, s[at + F.isFollowUp] === 1);
    return hand;
  }

  private begin({ at, question: q }: QuestionInHand, nowUs: number): void {
    const { state: s } = this.world;
    s[at + F.startedAtUs] = nowUs;
    s[at + F.patienceAtUs] = Math.max(nowUs, s[at + F.askedAtUs]! + q.patienceUs);
    s[at + F.prefilledAtUs] = s[at + F.sealedAtUs] = s[at + F.arriveAtUs] = s[at + F.wireFirstAtUs] = NaN;
    s[at + F.attempts] = s[at + F.computeJ] = s[at + F.radioJ] = s[at + F.tierPromptTokens] = 0;
    s[at + F.uplinkSentBytes] = s[at + F.uplinkReceivedBytes] = s[at + F.uplinkLostBytes] = s[at + F.downlinkSentBytes] = s[at + F.downlinkLostBytes] = 0;
    this.end.ended.clear();
  }

  /** P answers a question that was meant for a tier because there is no network. */
  private isMissed({ question: q }: QuestionInHand, pool: number): boolean {
    return pool >= 0 && !this.view.context.canTier && q.kind !== QueryKind.personal && q.kind !== QueryKind.chat;
  }

  private answerAlone(hand: QuestionInHand, route: number, fromUs: number): void {
    const { state: s, scenario } = this.world, { at, question: q } = hand;
    const hasCover = q.cover < scenario.protocol.coverFraction && s[at + F.linkState] !== OFFLINE && s[at + F.attempts] === 0;
    if (hasCover) this.tier.sendCover(hand, fromUs);
    this.personal.answer(hand, route, fromUs);
  }

  private askTier(hand: QuestionInHand, pool: number, nowUs: number): void {
    if (!this.tier.send(hand, pool, nowUs)) this.missAnswer(hand, this.tier.deadlineUs(hand.at));
  }

  private receiveAnswer(hand: QuestionInHand, pool: number, message: Float64Array, offset: number): void {
    const { state: s, phone } = this.world, { at, question: q } = hand, e = this.end.ended;
    this.tier.receive(hand, pool, message, offset);
    const isRewritten = this.view.isCombined(q) && pool < this.view.generalPool && phone.isReady(at);
    this.judge(hand, isRewritten || pool === this.view.generalPool ? this.view.answererOf(q, pool) : Answerer.expert, message[offset + A.knowledgeAgeUs]!);
    if (isRewritten) {
      this.personal.combine(hand, this.tierRoute(at), e.tierAnswerTokens, e.wireLastAtUs);
      return;
    }
    s[at + F.unreadTokens]! += e.tierAnswerTokens + (Number.isNaN(s[at + F.prefilledAtUs]!) ? q.promptTokens : 0);
    // The first chunk, or an answer sent whole, may come after the end of patience. The tier works on: no end before its last token.
    if (e.openedAtUs > s[at + F.patienceAtUs]!) this.end.abandoned(hand, this.tierRoute(at), Math.max(e.openedAtUs, e.tierLastTokenAtUs));
    else this.end.answered(hand, this.tierRoute(at), e.openedAtUs, e.wireLastAtUs);
  }

  /** Chance that a tier's answer is right: an expert's stale fact is wrong, unless it asked T. */
  private judge({ question: q }: QuestionInHand, answerer: number, knowledgeAgeUs: number): void {
    const { quality } = this.world, e = this.end.ended, isExpert = answerer !== Answerer.general;
    const isConsulted = isExpert && !Number.isNaN(e.consultedAtUs);
    e.isStale = isExpert && !isConsulted && quality.isStale(q, knowledgeAgeUs);
    e.correctProbability = e.isStale ? 0 : quality.correctProbability(q, answerer, isConsulted);
  }

  private tierRoute(at: number): number {
    if (this.world.state[at + F.tierPool] === this.view.generalPool) return Route.general;
    return Number.isNaN(this.end.ended.consultedAtUs) ? Route.expert : Route.expertGeneral;
  }

  /** No answer came until `knownUs`: the user gives up, or the client tries again later, or P answers after all. */
  private missAnswer(hand: QuestionInHand, knownUs: number): void {
    const { state: s, scenario, router } = this.world, { at } = hand;
    this.tier.spendWaiting(hand, knownUs);
    if (knownUs >= s[at + F.patienceAtUs]!) { this.end.abandoned(hand, this.tierRoute(at), s[at + F.patienceAtUs]!); return; }
    s[at + F.wakeAtUs] = knownUs + this.tier.sampleBackoffUs(hand);
    const isAllowed = s[at + F.attempts]! < scenario.retry.maxAttempts && router.affords(this.view.context);
    if (isAllowed && s[at + F.wakeAtUs]! < s[at + F.patienceAtUs]!) s[at + F.stage] = Stage.backoff;
    else this.fallBack(hand, knownUs);
  }

  private fallBack(hand: QuestionInHand, nowUs: number): void {
    if (this.world.scenario.retry.fallback === "personal") this.answerAlone(hand, Route.personalFallback, nowUs);
    else this.end.failed(hand, Route.personalFallback, nowUs);
  }
}
