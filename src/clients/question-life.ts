/**
 * The life of a question at its P-client: asked, read by P, drafted, decided; then answered by P, or sealed, sent to a
 * tier, received, opened, combined with personal context; or given up, or failed. All instants are kept in the client's
 * row. Each step is a function of the row, the question (drawn again when needed) and the message at hand.
 */
import type { Scenario } from "../config/scenario-schema.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { radioEnergyJ, sampleFlightUs } from "../network/transfer.js";
import { type LinkTable, OFFLINE } from "../network/link-table.js";
import type { Question, QuestionSampler } from "../population/question.js";
import { requestWireBytes, responseChunks, responseWireBytes, type WireShape } from "../protocol/message-sizes.js";
import { Outcome, Route } from "../records/request-record.js";
import { QueryKind } from "../records/truth-record.js";
import { RequestField as R, REQUEST_STRIDE, ResponseField as A, ResponseStatus } from "../tiers/tier-messages.js";
import { Answerer, type AnswerQuality } from "./answer-quality.js";
import { ClientField as F, Stage } from "./client-state.js";
import { EndedQuestion } from "./ended-question.js";
import type { Phone } from "./phone.js";
import { makeRoutingContext, type Router } from "./routing/router.js";

/** Prices that a router may weigh. Dollars per token. */
export interface TokenPrices {
  readonly expertInUsd: number; readonly expertOutUsd: number; readonly generalInUsd: number; readonly generalOutUsd: number;
}

/** What a question needs of the rest of the world. */
export interface QuestionWorld {
  readonly scenario: Scenario;
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

const ATTEMPT_SPAN = 16;
const TTFT_MEMORY = 0.3;
const US = 1e6;

/** Steps of one shard's questions. */
export class QuestionLife {
  private readonly world: QuestionWorld;
  private readonly ended: EndedQuestion = new EndedQuestion();
  private readonly context = makeRoutingContext();
  private readonly row = new Float64Array(REQUEST_STRIDE);
  private readonly flights: RandomStream;
  private readonly tierCount: number;

  constructor(world: QuestionWorld) {
    this.world = world;
    this.flights = new RandomStream(world.seed, world.replication, Purpose.route);
    this.tierCount = world.scenario.population.domains.length;
  }

  /** The user's question reaches P at `nowUs`. `at` is the offset of the client's row. */
  ask(at: number, client: number, shard: number, nowUs: number): void {
    const { state: s, phone, sampler, router } = this.world;
    const q = sampler.sample(client, s[at + F.queryIndex]!, s[at + F.isFollowUp] === 1);
    phone.rest(at, client, nowUs);
    this.clearQuestion(at, nowUs, q.patienceUs);
    this.context.canPersonal = phone.isReady(at);
    let readyUs = nowUs;
    const isDrafting = router.drafts && this.context.canPersonal;
    if (isDrafting) {
      readyUs = this.read(at, q, nowUs);
      s[at + F.prefilledAtUs] = readyUs;
      readyUs = phone.compute(at, readyUs, phone.decodeS(at, this.world.scenario.personalModel.draftTokens, s[at + F.contextTokens]!), s[at + F.patienceAtUs]!);
    }
    s[at + F.decidedAtUs] = readyUs;
    s[at + F.decisionLink] = s[at + F.linkState]!;
    if (readyUs >= s[at + F.patienceAtUs]!) { this.finish(at, client, q, Outcome.abandoned, Route.personal, readyUs, NaN, NaN); return; }
    const pool = this.offloadPool(q);
    this.fillContext(at, shard, q, pool);
    const asks = this.context.canTier && (!this.context.canPersonal || router.asksTier(this.context, q));
    if (asks) this.sendRequest(at, client, q, pool, readyUs);
    else this.answerAlone(at, client, q, readyUs, pool >= 0 && !this.context.canTier && !this.isPersonalsOwn(q) ? Route.personalFallback : Route.personal);
  }

  /** A tier has ended a request of this client. */
  receive(at: number, client: number, shard: number, message: Float64Array, offset: number): void {
    const { state: s, sampler } = this.world;
    const q = sampler.sample(client, s[at + F.queryIndex]!, s[at + F.isFollowUp] === 1);
    this.ended.clear();
    const status = message[offset + A.status]!, pool = s[at + F.tierPool]!;
    if (status === ResponseStatus.served) {
      this.fillContext(at, shard, q, pool);
      this.receiveAnswer(at, client, q, pool, message, offset);
      return;
    }
    s[at + F.stage] = Stage.idle;
    s[at + F.tierTokens] = 0;
    const knownUs = status === ResponseStatus.timedOut ? s[at + F.deadlineAtUs]! : message[offset + A.decidedAtUs]! + s[at + F.downlinkUs]!;
    this.spendWaiting(at, knownUs);
    this.giveUpOrRetry(at, client, q, knownUs);
  }

  /** The wait before a retry is over. */
  retry(at: number, client: number, nowUs: number): void {
    const { state: s, phone, sampler } = this.world;
    const q = sampler.sample(client, s[at + F.queryIndex]!, s[at + F.isFollowUp] === 1);
    this.ended.clear();
    s[at + F.stage] = Stage.idle;
    phone.rest(at, client, nowUs);
    if (s[at + F.linkState] === OFFLINE) this.fallBack(at, client, q, nowUs);
    else this.sendRequest(at, client, q, s[at + F.tierPool]!, nowUs);
  }

  private clearQuestion(at: number, nowUs: number, patienceUs: number): void {
    const { state: s } = this.world;
    s[at + F.startedAtUs] = nowUs;
    s[at + F.patienceAtUs] = Math.max(nowUs, s[at + F.askedAtUs]! + patienceUs);
    s[at + F.prefilledAtUs] = NaN;
    s[at + F.sealedAtUs] = NaN;
    s[at + F.arriveAtUs] = NaN;
    s[at + F.wireFirstAtUs] = NaN;
    s[at + F.attempts] = s[at + F.computeJ] = s[at + F.radioJ] = s[at + F.uplinkBytes] = s[at + F.downlinkBytes] = 0;
    s[at + F.expertPromptTokens] = s[at + F.generalPromptTokens] = 0;
    this.ended.clear();
  }

  /** P reads what is new in the conversation. Returns the end of the prefill. */
  private read(at: number, q: Question, fromUs: number): number {
    const { state: s, phone, scenario } = this.world, limit = scenario.personalModel.contextLimitTokens;
    const personal = q.kind === QueryKind.personal || q.kind === QueryKind.mixed ? scenario.population.personalContextTokens : 0;
    const fresh = Math.min(limit, q.promptTokens + personal + s[at + F.unreadTokens]!);
    s[at + F.unreadTokens] = 0;
    s[at + F.contextTokens] = Math.min(limit, s[at + F.contextTokens]! + fresh);
    const reloadS = s[at + F.isReloaded] === 1 ? phone.reloadS(at) : 0;
    return phone.compute(at, fromUs, reloadS + phone.prefillS(at, fresh), s[at + F.patienceAtUs]!);
  }

  /** The pool that would answer, or -1 when the question stays with P. */
  private offloadPool(q: Question): number {
    switch (this.world.router.offload) {
      case "none": return -1;
      case "general": return this.tierCount;
      case "by-need": return q.domain >= 0 ? q.domain : q.kind === QueryKind.general ? this.tierCount : -1;
    }
  }

  private isPersonalsOwn(q: Question): boolean { return q.kind === QueryKind.personal || q.kind === QueryKind.chat; }

  private fillContext(at: number, shard: number, q: Question, pool: number): void {
    const { state: s, phone, quality, links, scenario, prices, router } = this.world, c = this.context, link = s[at + F.decisionLink]!;
    const answerer = pool === this.tierCount ? Answerer.general : this.isCombined(q) ? Answerer.combined : Answerer.expert;
    const decodeS = phone.decodeS(at, q.answerTokens, s[at + F.contextTokens]!);
    c.shard = shard;
    c.confidence = quality.confidence(q);
    c.canTier = pool >= 0 && link !== OFFLINE && scenario.retry.maxAttempts > 0;
    c.personalTtftS = phone.decodeS(at, 1, s[at + F.contextTokens]!);
    c.tierTtftS = s[at + F.tierTtftS]!;
    c.chargeFraction = phone.chargeFraction(at);
    c.downlinkBitPerS = links.downlinkBitPerS[link]!;
    c.personalEnergyJ = decodeS * phone.computeW(at);
    c.tierEnergyJ = radioEnergyJ(links, link, 0, c.tierTtftS * US, 0);
    c.tierUsd = pool === this.tierCount ? q.promptTokens * prices.generalInUsd + q.answerTokens * prices.generalOutUsd
      : q.promptTokens * prices.expertInUsd + q.answerTokens * prices.expertOutUsd;
    c.secretsSent = router.offload === "general" ? q.secretCount : q.secretsMissed;
    c.spentToday = this.spentToday(at);
    c.isPersonalRight = q.luck < quality.correctProbability(q, Answerer.personal, false);
    c.isTierRight = q.luck < quality.correctProbability(q, answerer, false);
  }

  private spentToday(at: number): number {
    const { state: s } = this.world, day = Math.floor(s[at + F.startedAtUs]! / (86_400 * US));
    if (s[at + F.spentDay] !== day) { s[at + F.spentDay] = day; s[at + F.spent] = 0; }
    return s[at + F.spent]!;
  }

  /** P writes the whole answer, from `fromUs`. */
  private answerAlone(at: number, client: number, q: Question, fromUs: number, route: number): void {
    const { state: s, phone, quality, scenario } = this.world;
    if (!phone.canCompute(at)) { this.finish(at, client, q, Outcome.failed, route, fromUs, NaN, NaN); return; }
    let startUs = fromUs;
    if (Number.isNaN(s[at + F.prefilledAtUs]!)) s[at + F.prefilledAtUs] = startUs = this.read(at, q, fromUs);
    const firstUs = phone.compute(at, startUs, phone.decodeS(at, 1, s[at + F.contextTokens]!), s[at + F.patienceAtUs]!);
    if (firstUs >= s[at + F.patienceAtUs]!) { this.finish(at, client, q, Outcome.abandoned, route, firstUs, NaN, NaN); return; }
    const lastUs = q.answerTokens === 1 ? firstUs
      : phone.compute(at, firstUs, phone.decodeS(at, q.answerTokens - 1, s[at + F.contextTokens]! + 1));
    s[at + F.contextTokens] = Math.min(scenario.personalModel.contextLimitTokens, s[at + F.contextTokens]! + q.answerTokens);
    this.ended.correctProbability = quality.correctProbability(q, Answerer.personal, false);
    if (scenario.protocol.coverFraction > q.cover && s[at + F.linkState] !== OFFLINE && s[at + F.attempts] === 0) this.sendCover(at, client, q, startUs);
    this.finish(at, client, q, Outcome.answered, route, lastUs, firstUs, lastUs);
  }

  /** Redacts, seals and sends the question to a pool. */
  private sendRequest(at: number, client: number, q: Question, pool: number, nowUs: number): void {
    const { state: s, scenario, links, shape, phone, sampler } = this.world, link = s[at + F.linkState]!;
    const attempt = s[at + F.attempts]!;
    if (attempt === 0 && s[at + F.tierPool] !== pool) { s[at + F.tierPool] = pool; s[at + F.tierTokens] = 0; }
    const promptTokens = this.tierPromptTokens(at, q, pool);
    const bytes = requestWireBytes(shape, promptTokens, sampler.bytesPerToken(q.promptBytesLuck));
    this.flights.seek(client, s[at + F.queryIndex]! * ATTEMPT_SPAN + attempt);
    const sealedUs = nowUs + Math.ceil(scenario.protocol.sealS * US);
    const activeUs = Math.ceil(bytes * links.uplinkUsPerByte[link]!);
    const relayUs = Math.ceil(scenario.network.relayDelayS * US);
    const uplinkUs = sampleFlightUs(this.flights, links, link, scenario.network.retransmitS * US) + relayUs;
    const downlinkUs = sampleFlightUs(this.flights, links, link, scenario.network.retransmitS * US) + relayUs;
    s[at + F.attempts] = attempt + 1;
    s[at + F.sealedAtUs] = sealedUs;
    s[at + F.uplinkUs] = activeUs;
    s[at + F.downlinkUs] = downlinkUs;
    s[at + F.arriveAtUs] = sealedUs + activeUs + uplinkUs;
    s[at + F.deadlineAtUs] = Math.min(nowUs + Math.ceil(scenario.retry.timeoutS * US), s[at + F.patienceAtUs]!);
    s[at + F.uplinkBytes]! += bytes;
    s[at + (pool === this.tierCount ? F.generalPromptTokens : F.expertPromptTokens)]! += promptTokens;
    if (Number.isNaN(s[at + F.wireFirstAtUs]!)) s[at + F.wireFirstAtUs] = sealedUs;
    if (s[at + F.arriveAtUs]! >= s[at + F.deadlineAtUs]!) { this.missDeadline(at, client, q); return; }
    phone.findOutage(at, client);
    s[at + F.stage] = Stage.waiting;
    this.postRequest(at, client, q, pool, promptTokens, uplinkUs, downlinkUs);
  }

  /** Tokens sent to a pool: what it has of this session, the question, and for T the personal context that E never gets. */
  private tierPromptTokens(at: number, q: Question, pool: number): number {
    const { state: s, scenario, router } = this.world;
    const needsPersonal = q.kind === QueryKind.personal || q.kind === QueryKind.mixed;
    const personal = router.offload === "general" && pool === this.tierCount && needsPersonal ? scenario.population.personalContextTokens : 0;
    return s[at + F.tierTokens]! + q.promptTokens + personal;
  }

  private postRequest(at: number, client: number, q: Question, pool: number, promptTokens: number, uplinkUs: number, downlinkUs: number): void {
    const { state: s, phone, scenario } = this.world, row = this.row;
    row[R.arriveAtUs] = s[at + F.arriveAtUs]!;
    row[R.clientId] = client;
    row[R.attemptKey] = s[at + F.queryIndex]! * ATTEMPT_SPAN + s[at + F.attempts]! - 1;
    row[R.pool] = pool;
    row[R.promptTokens] = promptTokens;
    row[R.prefixTokens] = s[at + F.tierTokens]!;
    row[R.session] = s[at + F.sessionIndex]!;
    row[R.answerTokens] = q.answerTokens;
    row[R.needsConsult] = pool < this.tierCount && q.consultation < scenario.tiers.consultFraction ? 1 : 0;
    row[R.deadlineAtUs] = s[at + F.deadlineAtUs]!;
    row[R.uplinkDelayUs] = uplinkUs;
    row[R.downlinkDelayUs] = downlinkUs;
    row[R.outageStartUs] = phone.outageStartUs;
    row[R.outageEndUs] = phone.outageEndUs;
    this.world.send(row);
  }

  /** The request cannot arrive before its deadline: the tier never matters. */
  private missDeadline(at: number, client: number, q: Question): void {
    const knownUs = this.world.state[at + F.deadlineAtUs]!;
    this.spendWaiting(at, knownUs);
    this.giveUpOrRetry(at, client, q, knownUs);
  }

  private giveUpOrRetry(at: number, client: number, q: Question, knownUs: number): void {
    const { state: s, scenario } = this.world;
    const route = s[at + F.tierPool] === this.tierCount ? Route.general : Route.expert;
    if (knownUs >= s[at + F.patienceAtUs]!) { this.finish(at, client, q, Outcome.abandoned, route, s[at + F.patienceAtUs]!, NaN, NaN); return; }
    if (s[at + F.attempts]! >= scenario.retry.maxAttempts) { this.fallBack(at, client, q, knownUs); return; }
    this.flights.seek(client, s[at + F.queryIndex]! * ATTEMPT_SPAN + s[at + F.attempts]!);
    const backoffS = scenario.simulation.minBackoffS + this.flights.nextExponential() * Math.max(0, scenario.retry.backoffS - scenario.simulation.minBackoffS);
    s[at + F.retryAtUs] = knownUs + Math.ceil(backoffS * US);
    if (s[at + F.retryAtUs]! >= s[at + F.patienceAtUs]!) { this.fallBack(at, client, q, knownUs); return; }
    s[at + F.stage] = Stage.backoff;
  }

  private fallBack(at: number, client: number, q: Question, nowUs: number): void {
    if (this.world.scenario.retry.fallback === "personal") this.answerAlone(at, client, q, nowUs, Route.personalFallback);
    else this.finish(at, client, q, Outcome.failed, Route.personalFallback, nowUs, NaN, NaN);
  }

  private isCombined(q: Question): boolean {
    return q.kind === QueryKind.mixed && this.world.scenario.personalModel.combine === "rewrite" && this.world.router.offload === "by-need";
  }

  private receiveAnswer(at: number, client: number, q: Question, pool: number, message: Float64Array, offset: number): void {
    const { state: s, scenario, shape, links, sampler } = this.world, e = this.ended, link = s[at + F.decisionLink]!;
    const tierFirstUs = message[offset + A.firstTokenAtUs]!, tierLastUs = message[offset + A.lastTokenAtUs]!;
    const made = message[offset + A.generatedTokens]!;
    const bytes = responseWireBytes(shape, made, sampler.bytesPerToken(q.answerBytesLuck));
    const downActiveUs = Math.ceil(bytes * links.downlinkUsPerByte[link]!);
    const chunkTokens = scenario.protocol.tokensPerChunk === 0 ? made : Math.min(made, scenario.protocol.tokensPerChunk);
    const isWhole = scenario.protocol.tokensPerChunk === 0 || scenario.protocol.padding === "constant";
    const chunkUs = isWhole || made <= 1 ? tierLastUs : tierFirstUs + Math.ceil(((chunkTokens - 1) / (made - 1)) * (tierLastUs - tierFirstUs));
    const flightUs = s[at + F.downlinkUs]!;
    s[at + F.stage] = Stage.idle;
    s[at + F.downlinkBytes] = bytes;
    s[at + F.tierTokens] = this.tierPromptTokens(at, q, pool) + made;
    this.copyTierInstants(message, offset);
    e.openedAtUs = this.arriveOnPhoneUs(at, client, chunkUs + flightUs);
    e.wireLastAtUs = Math.max(e.openedAtUs, this.arriveOnPhoneUs(at, client, tierLastUs + flightUs)) + downActiveUs;
    e.responseChunks = responseChunks(shape, made, sampler.bytesPerToken(q.answerBytesLuck));
    s[at + F.radioJ]! += radioEnergyJ(links, link, s[at + F.uplinkUs]! + downActiveUs, e.openedAtUs - s[at + F.sealedAtUs]!, e.wireLastAtUs - e.openedAtUs);
    s[at + F.tierTtftS]! += TTFT_MEMORY * ((e.openedAtUs - s[at + F.decidedAtUs]!) / US - s[at + F.tierTtftS]!);
    this.judgeTierAnswer(q, pool, message, offset);
    if (this.isCombined(q) && pool < this.tierCount && this.world.phone.isReady(at)) this.combine(at, client, q, made);
    else this.showTierAnswer(at, client, q, made);
  }

  private copyTierInstants(message: Float64Array, offset: number): void {
    const e = this.ended;
    e.admittedAtUs = message[offset + A.admittedAtUs]!;
    e.consultedAtUs = message[offset + A.consultedAtUs]!;
    e.consultAnsweredAtUs = message[offset + A.consultAnsweredAtUs]!;
    e.tierFirstTokenAtUs = message[offset + A.firstTokenAtUs]!;
    e.tierLastTokenAtUs = message[offset + A.lastTokenAtUs]!;
    e.cachedTokens = message[offset + A.cachedTokens]!;
    e.tierAnswerTokens = message[offset + A.generatedTokens]!;
    e.preemptions = message[offset + A.preemptions]!;
  }

  private judgeTierAnswer(q: Question, pool: number, message: Float64Array, offset: number): void {
    const { quality } = this.world, e = this.ended, isGeneral = pool === this.tierCount;
    const isConsulted = !isGeneral && !Number.isNaN(message[offset + A.consultedAtUs]!);
    const answerer = isGeneral ? Answerer.general : this.isCombined(q) ? Answerer.combined : Answerer.expert;
    e.isStale = !isGeneral && !isConsulted && quality.isStale(q, message[offset + A.knowledgeAgeUs]!);
    e.correctProbability = e.isStale ? 0 : quality.correctProbability(q, answerer, isConsulted);
    e.secretsSent = this.context.secretsSent;
  }

  /** The tier's answer streams to the screen as it comes. */
  private showTierAnswer(at: number, client: number, q: Question, made: number): void {
    const { state: s } = this.world, e = this.ended;
    s[at + F.unreadTokens]! += made + (Number.isNaN(s[at + F.prefilledAtUs]!) ? q.promptTokens : 0);
    this.finish(at, client, q, Outcome.answered, this.tierRoute(at), e.wireLastAtUs, e.openedAtUs, e.wireLastAtUs);
  }

  /** P reads the tier's whole answer and writes its own with personal context. */
  private combine(at: number, client: number, q: Question, made: number): void {
    const { state: s, phone, scenario } = this.world, e = this.ended, limit = scenario.personalModel.contextLimitTokens;
    const readUs = Number.isNaN(s[at + F.prefilledAtUs]!) ? this.read(at, q, e.wireLastAtUs) : e.wireLastAtUs;
    if (Number.isNaN(s[at + F.prefilledAtUs]!)) s[at + F.prefilledAtUs] = readUs;
    const limitUs = Math.max(s[at + F.patienceAtUs]!, e.wireLastAtUs);
    e.combinedAtUs = phone.compute(at, readUs, phone.prefillS(at, made), limitUs);
    s[at + F.contextTokens] = Math.min(limit, s[at + F.contextTokens]! + made);
    const firstUs = phone.compute(at, e.combinedAtUs, phone.decodeS(at, 1, s[at + F.contextTokens]!), limitUs);
    if (firstUs >= limitUs) { this.finish(at, client, q, Outcome.abandoned, this.tierRoute(at), limitUs, NaN, NaN); return; }
    const lastUs = q.answerTokens === 1 ? firstUs : phone.compute(at, firstUs, phone.decodeS(at, q.answerTokens - 1, s[at + F.contextTokens]! + 1));
    s[at + F.contextTokens] = Math.min(limit, s[at + F.contextTokens]! + q.answerTokens);
    this.finish(at, client, q, Outcome.answered, this.tierRoute(at), lastUs, firstUs, lastUs);
  }

  private tierRoute(at: number): number {
    if (this.world.state[at + F.tierPool] === this.tierCount) return Route.general;
    return Number.isNaN(this.ended.consultedAtUs) ? Route.expert : Route.expertGeneral;
  }

  /** What a tier sends at `sentUs + delay` is received then, or when the phone is back on a network. */
  private arriveOnPhoneUs(at: number, client: number, receivedUs: number): number {
    const { state: s, phone } = this.world;
    if (receivedUs < s[at + F.linkUntilUs]!) return receivedUs;
    phone.findOutage(at, client);
    return receivedUs >= phone.outageStartUs && receivedUs < phone.outageEndUs ? phone.outageEndUs + s[at + F.downlinkUs]! : receivedUs;
  }

  private spendWaiting(at: number, untilUs: number): void {
    const { state: s, links } = this.world;
    s[at + F.radioJ]! += radioEnergyJ(links, s[at + F.decisionLink]!, s[at + F.uplinkUs]!, Math.max(0, untilUs - s[at + F.sealedAtUs]!), 0);
  }

  /** A dummy exchange of the size that this question would have had, timed as this phone's tiers answer. */
  private sendCover(at: number, client: number, q: Question, fromUs: number): void {
    const { state: s, shape, links, sampler } = this.world, e = this.ended, link = s[at + F.linkState]!;
    this.flights.seek(client, s[at + F.queryIndex]! * ATTEMPT_SPAN + ATTEMPT_SPAN - 1);
    const up = requestWireBytes(shape, q.promptTokens, sampler.bytesPerToken(q.promptBytesLuck)), down = responseWireBytes(shape, q.answerTokens, sampler.bytesPerToken(q.answerBytesLuck));
    const firstUs = fromUs + Math.ceil(s[at + F.tierTtftS]! * (0.5 + this.flights.nextExponential() / 2) * US);
    const streamUs = Math.ceil(COVER_TPOT_US * (q.answerTokens - 1));
    s[at + F.uplinkBytes] = up;
    s[at + F.downlinkBytes] = down;
    s[at + F.wireFirstAtUs] = fromUs;
    e.openedAtUs = firstUs;
    e.wireLastAtUs = firstUs + streamUs;
    e.responseChunks = responseChunks(shape, q.answerTokens, sampler.bytesPerToken(q.answerBytesLuck));
    const activeUs = up * links.uplinkUsPerByte[link]! + down * links.downlinkUsPerByte[link]!;
    s[at + F.radioJ]! += radioEnergyJ(links, link, activeUs, firstUs - fromUs, streamUs);
  }

  private finish(at: number, client: number, q: Question, outcome: number, route: number, doneUs: number, firstUs: number, lastUs: number): void {
    const { state: s, phone, prices, router, quality } = this.world, e = this.ended;
    const isTier = s[at + F.attempts]! > 0;
    e.at = at;
    e.client = client;
    e.outcome = outcome;
    e.route = route;
    e.doneAtUs = doneUs;
    e.firstTokenAtUs = firstUs;
    e.lastTokenAtUs = lastUs;
    if (outcome !== Outcome.answered) { e.correctProbability = 0; if (isTier) e.secretsSent = this.context.secretsSent; }
    e.isPersonalRight = q.luck < quality.correctProbability(q, Answerer.personal, false);
    e.isCorrect = q.luck < e.correctProbability;
    phone.spend(at, s[at + F.computeJ]! + s[at + F.radioJ]!);
    e.chargeFraction = phone.chargeFraction(at);
    const usd = s[at + F.expertPromptTokens]! * prices.expertInUsd + s[at + F.generalPromptTokens]! * prices.generalInUsd
      + e.tierAnswerTokens * (s[at + F.tierPool] === this.tierCount ? prices.generalOutUsd : prices.expertOutUsd);
    if (router.spends === "money") s[at + F.spent]! += usd;
    if (router.spends === "secrets") s[at + F.spent]! += e.secretsSent;
    if (this.offloadPool(q) >= 0 && (isTier || route === Route.personal)) {
      const waitUs = (outcome === Outcome.answered ? firstUs : doneUs) - s[at + F.askedAtUs]!;
      router.learn(this.context, isTier, e.isCorrect, waitUs / US, usd, e.secretsSent);
    }
    s[at + F.stage] = Stage.idle;
    s[at + F.lastDoneAtUs] = doneUs;
    this.world.end(e, q);
  }
}

/** Pace of cover traffic, like a server's stream. */
const COVER_TPOT_US = 30_000;
