/** The exchange with a tier as the phone lives it: seal and send, wait, receive and open; and cover traffic. */
import { Purpose, RandomStream } from "../core/random-stream.js";
import { radioEnergyJ, sampleFlightUs } from "../network/transfer.js";
import { requestWireBytes, responseChunks, responseWireBytes } from "../protocol/message-sizes.js";
import { RequestField as R, REQUEST_STRIDE, ResponseField as A } from "../tiers/tier-messages.js";
import { ClientField as F, Stage } from "./client-state.js";
import type { QuestionEnd } from "./question-end.js";
import { ATTEMPT_SPAN, type QuestionInHand, type QuestionWorld, US_PER_S } from "./question-world.js";
import type { RoutingView } from "./routing/routing-view.js";

/** Weight of the newest answer in a phone's memory of how long tiers take. */
const PACE_MEMORY = 0.3;

/** Exchanges of one thread's clients. */
export class TierExchange {
  private readonly world: QuestionWorld;
  private readonly view: RoutingView;
  private readonly end: QuestionEnd;
  private readonly flights: RandomStream;
  private readonly row: Float64Array = new Float64Array(REQUEST_STRIDE);

  constructor(world: QuestionWorld, view: RoutingView, end: QuestionEnd) {
    this.world = world;
    this.view = view;
    this.end = end;
    this.flights = new RandomStream(world.seed, world.replication, Purpose.route);
  }

  /**
   * Redacts, seals and sends a question to a pool.
   *
   * @returns False when the request cannot arrive before its deadline, so that no tier need hear of it.
   */
  send(hand: QuestionInHand, pool: number, nowUs: number): boolean {
    const { state: s, scenario, links, shape, sampler } = this.world, { at, client, question: q } = hand, link = s[at + F.linkState]!;
    const attempt = s[at + F.attempts]!, retransmitUs = scenario.network.retransmitS * US_PER_S, relayUs = Math.ceil(scenario.network.relayDelayS * US_PER_S);
    if (s[at + F.tierPool] !== pool) { s[at + F.tierPool] = pool; s[at + F.tierTokens] = 0; }
    const promptTokens = this.view.promptTokens(hand, pool), bytes = requestWireBytes(shape, promptTokens, sampler.bytesPerToken(q.promptBytesLuck));
    this.flights.seek(client, s[at + F.queryIndex]! * ATTEMPT_SPAN + attempt);
    const uplinkUs = sampleFlightUs(this.flights, links, link, retransmitUs) + relayUs;
    s[at + F.downlinkUs] = sampleFlightUs(this.flights, links, link, retransmitUs) + relayUs;
    s[at + F.attempts] = attempt + 1;
    s[at + F.sendLink] = link;
    s[at + F.sealedAtUs] = nowUs + Math.ceil(scenario.protocol.sealS * US_PER_S);
    s[at + F.uplinkUs] = Math.ceil(bytes * links.uplinkUsPerByte[link]!);
    s[at + F.arriveAtUs] = s[at + F.sealedAtUs]! + s[at + F.uplinkUs]! + uplinkUs;
    s[at + F.deadlineAtUs] = Math.min(nowUs + Math.ceil(scenario.retry.timeoutS * US_PER_S), s[at + F.patienceAtUs]!);
    s[at + F.uplinkBytes]! += bytes;
    s[at + (pool === this.view.generalPool ? F.generalPromptTokens : F.expertPromptTokens)]! += promptTokens;
    if (Number.isNaN(s[at + F.wireFirstAtUs]!)) s[at + F.wireFirstAtUs] = s[at + F.sealedAtUs]!;
    if (s[at + F.arriveAtUs]! >= s[at + F.deadlineAtUs]!) { s[at + F.arriveAtUs] = NaN; return false; }
    s[at + F.stage] = Stage.waiting;
    this.post(hand, pool, promptTokens, uplinkUs);
    return true;
  }

  /** Takes a tier's whole answer: instants, bytes, energy. The first chunk is opened at `ended.openedAtUs`. */
  receive(hand: QuestionInHand, pool: number, message: Float64Array, offset: number): void {
    const { state: s, shape, links, sampler } = this.world, { at, question: q } = hand, e = this.end.ended, link = s[at + F.sendLink]!;
    const made = message[offset + A.generatedTokens]!, bytesPerToken = sampler.bytesPerToken(q.answerBytesLuck);
    const bytes = responseWireBytes(shape, made, bytesPerToken), activeUs = Math.ceil(bytes * links.downlinkUsPerByte[link]!);
    this.copyInstants(message, offset);
    s[at + F.stage] = Stage.idle;
    s[at + F.downlinkBytes] = bytes;
    s[at + F.tierTokens] = this.view.promptTokens(hand, pool) + made;
    e.openedAtUs = this.receivedAtUs(hand, this.firstChunkAtUs(made));
    e.wireLastAtUs = Math.max(e.openedAtUs, this.receivedAtUs(hand, e.tierLastTokenAtUs)) + activeUs;
    e.responseChunks = responseChunks(shape, made, bytesPerToken);
    s[at + F.radioJ]! += radioEnergyJ(links, link, s[at + F.uplinkUs]! + activeUs, e.openedAtUs - s[at + F.sealedAtUs]!, e.wireLastAtUs - e.openedAtUs);
    this.rememberPace(at, made);
  }

  /** What a phone remembers of its tiers: the wait for the first token and the pace after it. */
  private rememberPace(at: number, made: number): void {
    const { state: s } = this.world, e = this.end.ended;
    s[at + F.tierWaitS]! += PACE_MEMORY * ((e.tierFirstTokenAtUs + s[at + F.downlinkUs]! - s[at + F.decidedAtUs]!) / US_PER_S - s[at + F.tierWaitS]!);
    if (made > 1) s[at + F.tierTpotUs]! += PACE_MEMORY * ((e.tierLastTokenAtUs - e.tierFirstTokenAtUs) / (made - 1) - s[at + F.tierTpotUs]!);
  }

  /** Radio energy of an attempt that brought nothing until `untilUs`. */
  spendWaiting({ at }: QuestionInHand, untilUs: number): void {
    const { state: s, links } = this.world;
    s[at + F.radioJ]! += radioEnergyJ(links, s[at + F.sendLink]!, s[at + F.uplinkUs]!, Math.max(0, untilUs - s[at + F.sealedAtUs]!), 0);
  }

  /** Mean wait before the next attempt, above the shortest one. Microseconds. */
  sampleBackoffUs({ at, client }: QuestionInHand): number {
    const { state: s, scenario } = this.world, shortestS = scenario.simulation.minBackoffS;
    this.flights.seek(client, s[at + F.queryIndex]! * ATTEMPT_SPAN + s[at + F.attempts]!);
    return Math.ceil((shortestS + this.flights.nextExponential() * Math.max(0, scenario.retry.backoffS - shortestS)) * US_PER_S);
  }

  /** A dummy exchange of the size that this question would have had, timed as this phone's tiers answer. */
  sendCover({ at, client, question: q }: QuestionInHand, fromUs: number): void {
    const { state: s, shape, links, sampler, scenario } = this.world, e = this.end.ended, link = s[at + F.linkState]!;
    this.flights.seek(client, s[at + F.queryIndex]! * ATTEMPT_SPAN + ATTEMPT_SPAN - 1);
    const upBytes = requestWireBytes(shape, q.promptTokens, sampler.bytesPerToken(q.promptBytesLuck));
    const answerBytesPerToken = sampler.bytesPerToken(q.answerBytesLuck), downBytes = responseWireBytes(shape, q.answerTokens, answerBytesPerToken);
    const upActiveUs = Math.ceil(upBytes * links.uplinkUsPerByte[link]!), downActiveUs = Math.ceil(downBytes * links.downlinkUsPerByte[link]!);
    const waitUs = upActiveUs + Math.ceil(s[at + F.tierWaitS]! * (0.5 + this.flights.nextExponential() / 2) * US_PER_S);
    const streamUs = Math.ceil(s[at + F.tierTpotUs]! * (q.answerTokens - 1)), sealedUs = fromUs + Math.ceil(scenario.protocol.sealS * US_PER_S);
    s[at + F.uplinkBytes] = upBytes;
    s[at + F.downlinkBytes] = downBytes;
    s[at + F.wireFirstAtUs] = sealedUs;
    e.openedAtUs = sealedUs + waitUs + (this.view.isSentWhole ? streamUs : 0);
    e.wireLastAtUs = sealedUs + waitUs + streamUs + downActiveUs;
    e.responseChunks = responseChunks(shape, q.answerTokens, answerBytesPerToken);
    s[at + F.radioJ]! += radioEnergyJ(links, link, upActiveUs + downActiveUs, e.openedAtUs - sealedUs, e.wireLastAtUs - e.openedAtUs);
  }

  private post({ at, client, question: q }: QuestionInHand, pool: number, promptTokens: number, uplinkUs: number): void {
    const { state: s, phone } = this.world, row = this.row;
    phone.findOutage(at, client);
    row[R.arriveAtUs] = s[at + F.arriveAtUs]!;
    row[R.clientId] = client;
    row[R.attemptKey] = s[at + F.queryIndex]! * ATTEMPT_SPAN + s[at + F.attempts]! - 1;
    row[R.pool] = pool;
    row[R.promptTokens] = promptTokens;
    row[R.prefixTokens] = s[at + F.tierTokens]!;
    row[R.session] = s[at + F.sessionIndex]!;
    row[R.answerTokens] = q.answerTokens;
    row[R.needsConsult] = this.view.needsConsult(q, pool) ? 1 : 0;
    row[R.deadlineAtUs] = s[at + F.deadlineAtUs]!;
    row[R.uplinkDelayUs] = uplinkUs;
    row[R.downlinkDelayUs] = s[at + F.downlinkUs]!;
    row[R.outageStartUs] = phone.outageStartUs;
    row[R.outageEndUs] = phone.outageEndUs;
    this.world.send(row);
  }

  private copyInstants(message: Float64Array, offset: number): void {
    const e = this.end.ended;
    e.admittedAtUs = message[offset + A.admittedAtUs]!;
    e.consultedAtUs = message[offset + A.consultedAtUs]!;
    e.consultAnsweredAtUs = message[offset + A.consultAnsweredAtUs]!;
    e.tierFirstTokenAtUs = message[offset + A.firstTokenAtUs]!;
    e.tierLastTokenAtUs = message[offset + A.lastTokenAtUs]!;
    e.cachedTokens = message[offset + A.cachedTokens]!;
    e.tierAnswerTokens = message[offset + A.generatedTokens]!;
    e.preemptions = message[offset + A.preemptions]!;
  }

  /** Instant at which the tier sends its first chunk: when its tokens are made, or the whole answer when it goes in one piece. */
  private firstChunkAtUs(made: number): number {
    const { tokensPerChunk } = this.world.scenario.protocol, e = this.end.ended;
    if (this.view.isSentWhole || made <= 1) return e.tierLastTokenAtUs;
    const share = (Math.min(made, tokensPerChunk) - 1) / (made - 1);
    return e.tierFirstTokenAtUs + Math.ceil(share * (e.tierLastTokenAtUs - e.tierFirstTokenAtUs));
  }

  /** What a tier sends at `sentUs` is received after the downlink delay, or when the phone is back on a network. */
  private receivedAtUs({ at, client }: QuestionInHand, sentUs: number): number {
    const { state: s, phone } = this.world, receivedUs = sentUs + s[at + F.downlinkUs]!;
    if (receivedUs < s[at + F.linkUntilUs]!) return receivedUs;
    phone.findOutage(at, client);
    return receivedUs >= phone.outageStartUs && receivedUs < phone.outageEndUs ? phone.outageEndUs + s[at + F.downlinkUs]! : receivedUs;
  }
}
