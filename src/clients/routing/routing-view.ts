/** What a phone knows when it decides who answers. */
import { exp } from "../../core/elementary.js";
import { radioLingerJ } from "../../network/transfer.js";
import { OFFLINE } from "../../network/link-table.js";
import type { Question } from "../../population/question.js";
import { QueryKind } from "../../records/truth-record.js";
import { Answerer } from "../answer-quality.js";
import { ClientField as F } from "../client-state.js";
import { type QuestionInHand, type QuestionWorld, US_PER_S } from "../question-world.js";
import { makeRoutingContext, type RoutingContext } from "./router.js";

const DAY_US = 86_400 * US_PER_S;

/** Fills the routing context for questions. */
export class RoutingView {
  readonly context: RoutingContext = makeRoutingContext();
  /** The pool of T; the pools before it are the domains' E. */
  readonly generalPool: number;
  /** Whether a tier sends its answer in one piece, so that nothing can be read before its last token is made. */
  readonly isSentWhole: boolean;
  private readonly world: QuestionWorld;
  /** Median tokens of an answer. */
  private readonly typicalAnswerTokens: number;
  /** Price of one consult of T by E. Dollars. */
  private readonly consultUsd: number;

  constructor(world: QuestionWorld) {
    this.world = world;
    this.generalPool = world.scenario.population.domains.length;
    this.isSentWhole = world.scenario.protocol.tokensPerChunk === 0 || world.scenario.protocol.padding === "constant";
    const { consultPromptTokens, consultAnswerTokens } = world.scenario.tiers;
    this.consultUsd = consultPromptTokens * world.prices.generalInUsd + consultAnswerTokens * world.prices.generalOutUsd;
    this.typicalAnswerTokens = exp(world.scenario.population.answerTokens.logMean);
  }

  /** The pool that would answer a question, or -1 when it stays with P. */
  poolOf(q: Question): number {
    switch (this.world.router.offload) {
      case "none": return -1;
      case "general": return this.generalPool;
      case "by-need": return q.domain >= 0 ? q.domain : q.kind === QueryKind.general ? this.generalPool : -1;
    }
  }

  /** Whether P rewrites a tier's answer to this question with personal context. */
  isCombined(q: Question): boolean {
    const { scenario, router } = this.world;
    return q.kind === QueryKind.mixed && scenario.personalModel.combine === "rewrite" && router.offload === "by-need";
  }

  /** Describes the moment of decision for a question and the pool that would answer it. */
  describe(hand: QuestionInHand, pool: number): RoutingContext {
    const { at, shard, question: q } = hand;
    const { state: s, phone, quality, links, scenario, router } = this.world, c = this.context, link = s[at + F.decisionLink]!;
    c.shard = shard;
    c.confidence = quality.confidence(q);
    c.canTier = pool >= 0 && link !== OFFLINE && scenario.retry.maxAttempts > 0;
    c.personalTtftS = phone.decodeS(at, 1, s[at + F.contextTokens]!);
    c.tierTtftS = s[at + F.tierWaitS]! + (this.isSentWhole ? (s[at + F.tierTpotUs]! * this.typicalAnswerTokens) / US_PER_S : 0);
    c.chargeFraction = phone.chargeFraction(at);
    c.downlinkBitPerS = links.downlinkBitPerS[link]!;
    c.elapsedS = (s[at + F.decidedAtUs]! - s[at + F.askedAtUs]!) / US_PER_S;
    c.tierUsd = this.mostUsd(hand, pool);
    c.secretsSent = router.offload === "general" ? q.secretCount : q.secretsMissed;
    c.spentToday = this.spentToday(at) + (router.spends === "money" ? this.promptUsd(at) : 0);
    if (router.weighs === "energy") {
      c.personalEnergyJ = phone.workJ(at, phone.decodeS(at, q.answerTokens, s[at + F.contextTokens]!));
      c.tierEnergyJ = radioLingerJ(links, link, c.tierTtftS * US_PER_S, 0);
    } else if (router.weighs === "truth") {
      c.isPersonalRight = q.luck < quality.correctProbability(q, Answerer.personal, false);
      c.isTierRight = q.luck < quality.correctProbability(q, this.answererOf(q, pool), this.needsConsult(q, pool));
    }
    return c;
  }

  /** Whose accuracy an answer of this pool has. */
  answererOf(q: Question, pool: number): number {
    return pool === this.generalPool ? Answerer.general : this.isCombined(q) ? Answerer.combined : Answerer.expert;
  }

  /** Whether E asks T before it answers this question. */
  needsConsult(q: Question, pool: number): boolean {
    return pool < this.generalPool && q.consultation < this.world.scenario.tiers.consultFraction;
  }

  /** Tokens sent to a pool: what it has of this session, the question, and for T the personal context that E never gets. */
  promptTokens({ at, question: q }: QuestionInHand, pool: number): number {
    const { state: s, scenario, router } = this.world, isPersonal = q.kind === QueryKind.personal || q.kind === QueryKind.mixed;
    const personalTokens = router.offload === "general" && pool === this.generalPool && isPersonal ? scenario.population.personalContextTokens : 0;
    return (s[at + F.tierPool] === pool ? s[at + F.tierTokens]! : 0) + q.promptTokens + personalTokens;
  }

  /** Price of what tiers did for the question in hand: the prompts of all attempts, and the answer with E's consult of T. Dollars. */
  paidUsd(at: number, answerTokens: number, isConsulted: boolean): number {
    const { state: s, prices } = this.world, outUsd = s[at + F.tierPool] === this.generalPool ? prices.generalOutUsd : prices.expertOutUsd;
    return this.promptUsd(at) + answerTokens * outUsd + (isConsulted ? this.consultUsd : 0);
  }

  private promptUsd(at: number): number {
    const { state: s, prices } = this.world;
    return s[at + F.tierPromptTokens]! * (s[at + F.tierPool] === this.generalPool ? prices.generalInUsd : prices.expertInUsd);
  }

  /** The most that one attempt may cost: E is free to consult T wherever it may at all. */
  private mostUsd(hand: QuestionInHand, pool: number): number {
    const { prices, scenario } = this.world, sentTokens = this.promptTokens(hand, pool), madeTokens = hand.question.answerTokens;
    if (pool === this.generalPool) return sentTokens * prices.generalInUsd + madeTokens * prices.generalOutUsd;
    return sentTokens * prices.expertInUsd + madeTokens * prices.expertOutUsd + (scenario.tiers.consultFraction > 0 ? this.consultUsd : 0);
  }

  /** What the policy counts, since the start of the simulated day. */
  private spentToday(at: number): number {
    const { state: s } = this.world, day = Math.floor(s[at + F.startedAtUs]! / DAY_US);
    if (s[at + F.spentDay] !== day) { s[at + F.spentDay] = day; s[at + F.spent] = 0; }
    return s[at + F.spent]!;
  }
}
