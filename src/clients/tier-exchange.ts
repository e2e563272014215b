/** The exchange with a tier as the phone lives it: seal and send, wait, receive and open; and cover traffic. */
import { radioLingerJ } from "../network/transfer.js";
import { requestWireBytes, responseChunks, responseWireBytes, streamedSoFarBytes } from "../protocol/message-sizes.js";
import { RequestField as R, REQUEST_STRIDE, ResponseField as A } from "../tiers/tier-messages.js";
import { ClientField as F, Stage } from "./client-state.js";
import { attemptKeyOf, LinkTraffic } from "./link-traffic.js";
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
  private readonly traffic: LinkTraffic;
  private readonly relayUs: number;
  private readonly sealUs: number;
  private readonly timeoutUs: number;
  private readonly releaseUs: number;
  private readonly row: Float64Array = new Float64Array(REQUEST_STRIDE);

  constructor(world: QuestionWorld, view: RoutingView, end: QuestionEnd) {
    const { network, protocol, retry } = world.scenario;
    this.world = world;
    this.view = view;
    this.end = end;
    this.traffic = new LinkTraffic(world);
    this.relayUs = Math.ceil(network.relayDelayS * US_PER_S);
    this.sealUs = Math.ceil(protocol.sealS * US_PER_S);
    this.timeoutUs = Math.ceil(retry.timeoutS * US_PER_S);
    this.releaseUs = Math.ceil(protocol.releaseIntervalS * US_PER_S);
  }

  /**
   * Redacts, seals and sends a question to a pool.
   *
   * @returns False when the request cannot arrive before its deadline: the phone breaks off then, and no tier need hear of it.
   */
  send(hand: QuestionInHand, pool: number, nowUs: number): boolean {
    const { state: s, shape, sampler } = this.world, { at, client, question: q } = hand, link = s[at + F.linkState]!, { up, down } = this.traffic;
    if (s[at + F.tierPool] !== pool) { s[at + F.tierPool] = pool; s[at + F.tierTokens] = 0; }
    const key = attemptKeyOf(s[at + F.queryIndex]!, s[at + F.attempts]!++), promptTokens = this.view.promptTokens(hand, pool);
    const bytes = requestWireBytes(shape, promptTokens, sampler.bytesPerToken(q.promptBytesLuck)), sealedUs = nowUs + this.sealUs;
    this.traffic.drawFlights(client, key, link);
    s[at + F.downlinkUs] = down.delayUs + this.relayUs;
    s[at + F.sendLink] = link;
    s[at + F.sealedAtUs] = sealedUs;
    const deadlineUs = this.deadlineUs(at), uplinkUs = up.delayUs + this.relayUs;
    const arriveUs = sealedUs + this.traffic.sendUp(at, client, key, link, bytes, up.losses, deadlineUs - sealedUs) + uplinkUs;
    if (Number.isNaN(s[at + F.wireFirstAtUs]!)) s[at + F.wireFirstAtUs] = sealedUs;
    s[at + F.arriveAtUs] = arriveUs < deadlineUs ? arriveUs : NaN;
    if (!(arriveUs < deadlineUs)) return false;
    s[at + F.tierPromptTokens]! += promptTokens;
    s[at + F.stage] = Stage.waiting;
    this.post(hand, pool, promptTokens, bytes, uplinkUs);
    return true;
  }

  /** End of the wait for the present attempt: its timeout, or the end of patience. */
  deadlineUs(at: number): number {
    const { state: s } = this.world;
    return Math.min(s[at + F.sealedAtUs]! - this.sealUs + this.timeoutUs, s[at + F.patienceAtUs]!);
  }

  /** Takes a tier's whole answer: instants, bytes, energy. The first chunk is opened at `ended.openedAtUs`. */
  receive(hand: QuestionInHand, pool: number, message: Float64Array, offset: number): void {
    const { state: s, shape, links, sampler } = this.world, { at, client, question: q } = hand, e = this.end.ended, link = s[at + F.sendLink]!;
    const made = message[offset + A.generatedTokens]!, bytesPerToken = sampler.bytesPerToken(q.answerBytesLuck);
    const key = message[offset + A.attemptKey]!;
    this.copyInstants(message, offset);
    s[at + F.stage] = Stage.idle;
    s[at + F.tierTokens] = this.view.promptTokens(hand, pool) + made;
    e.responseChunks = responseChunks(shape, made, bytesPerToken);
    e.downlinkReceivedBytes = responseWireBytes(shape, made, bytesPerToken);
    this.traffic.drawFlights(client, key, link);
    const activeUs = this.traffic.receiveDown(at, client, key, link, e.downlinkReceivedBytes, e.responseChunks, this.traffic.down.losses);
    const firstSentUs = this.releaseAtUs(s[at + F.arriveAtUs]!, this.firstChunkAtUs(made));
    e.openedAtUs = this.receivedAtUs(hand, firstSentUs);
    e.wireLastAtUs = Math.max(e.openedAtUs, this.receivedAtUs(hand, this.lastSentAtUs(s[at + F.arriveAtUs]!, firstSentUs))) + activeUs;
    s[at + F.radioJ]! += radioLingerJ(links, link, e.openedAtUs - s[at + F.sealedAtUs]!, e.wireLastAtUs - e.openedAtUs);
    this.rememberPace(at, made);
  }

  /** Notes what a tier had sent of an answer that the phone no longer waits for. */
  loseAnswer({ at, question: q }: QuestionInHand, message: Float64Array, offset: number): void {
    const { shape, sampler } = this.world, made = message[offset + A.generatedTokens]!;
    if (made > 0) this.traffic.loseDown(at, streamedSoFarBytes(shape, made, q.answerTokens, sampler.bytesPerToken(q.answerBytesLuck)));
  }

  /** What a phone remembers of its tiers: the wait for the first token and the pace after it. */
  private rememberPace(at: number, made: number): void {
    const { state: s } = this.world, e = this.end.ended;
    s[at + F.tierWaitS]! += PACE_MEMORY * ((e.tierFirstTokenAtUs + s[at + F.downlinkUs]! - s[at + F.decidedAtUs]!) / US_PER_S - s[at + F.tierWaitS]!);
    if (made > 1) s[at + F.tierTpotUs]! += PACE_MEMORY * ((e.tierLastTokenAtUs - e.tierFirstTokenAtUs) / (made - 1) - s[at + F.tierTpotUs]!);
  }

  /** Radio energy of an attempt that brought nothing until `untilUs`, besides that of its bytes. */
  spendWaiting({ at }: QuestionInHand, untilUs: number): void {
    const { state: s, links } = this.world;
    s[at + F.radioJ]! += radioLingerJ(links, s[at + F.sendLink]!, Math.max(0, untilUs - s[at + F.sealedAtUs]!), 0);
  }

  /** Mean wait before the next attempt, above the shortest one. Microseconds. */
  sampleBackoffUs({ at, client }: QuestionInHand): number {
    const { state: s, scenario } = this.world, shortestS = scenario.simulation.minBackoffS;
    const stream = this.traffic.seek(client, attemptKeyOf(s[at + F.queryIndex]!, s[at + F.attempts]!));
    return Math.ceil((shortestS + stream.nextExponential() * Math.max(0, scenario.retry.backoffS - shortestS)) * US_PER_S);
  }

  /** A dummy exchange of the size that this question would have had, timed as this phone's tiers answer; lost and repeated like a real one. */
  sendCover({ at, client, question: q }: QuestionInHand, fromUs: number): void {
    const { state: s, shape, links, sampler } = this.world, e = this.end.ended, link = s[at + F.linkState]!, key = attemptKeyOf(s[at + F.queryIndex]!, ATTEMPT_SPAN - 1);
    const bytesPerToken = sampler.bytesPerToken(q.answerBytesLuck), sealedUs = fromUs + this.sealUs;
    e.responseChunks = responseChunks(shape, q.answerTokens, bytesPerToken);
    e.downlinkReceivedBytes = responseWireBytes(shape, q.answerTokens, bytesPerToken);
    const upBytes = requestWireBytes(shape, q.promptTokens, sampler.bytesPerToken(q.promptBytesLuck));
    const upActiveUs = this.traffic.sendUp(at, client, key, link, upBytes, NaN, Infinity);
    const downActiveUs = this.traffic.receiveDown(at, client, key, link, e.downlinkReceivedBytes, e.responseChunks, NaN);
    const luck = this.traffic.seek(client, key).nextExponential();
    const waitUs = upActiveUs + Math.ceil(s[at + F.tierWaitS]! * (0.5 + luck / 2) * US_PER_S), streamUs = Math.ceil(s[at + F.tierTpotUs]! * (q.answerTokens - 1));
    this.traffic.drawFlights(client, key - 1, link);
    const { up, down } = this.traffic, arriveUs = sealedUs + upActiveUs + up.delayUs + this.relayUs, downUs = down.delayUs + this.relayUs, firstReadyUs = Math.max(arriveUs, sealedUs + waitUs - downUs);
    const firstSentUs = this.releaseAtUs(arriveUs, firstReadyUs + (this.view.isSentWhole ? streamUs : 0));
    s[at + F.wireFirstAtUs] = sealedUs;
    e.openedAtUs = firstSentUs + downUs;
    e.wireLastAtUs = Math.max(this.releaseAtUs(arriveUs, firstReadyUs + streamUs), this.lastCellAtUs(firstSentUs)) + downUs + downActiveUs;
    s[at + F.radioJ]! += radioLingerJ(links, link, e.openedAtUs - sealedUs, e.wireLastAtUs - e.openedAtUs);
  }

  private post({ at, client, question: q }: QuestionInHand, pool: number, promptTokens: number, bytes: number, uplinkUs: number): void {
    const { state: s, phone } = this.world, row = this.row;
    phone.findOutage(at, client);
    row[R.arriveAtUs] = s[at + F.arriveAtUs]!;
    row[R.clientId] = client;
    row[R.attemptKey] = attemptKeyOf(s[at + F.queryIndex]!, s[at + F.attempts]! - 1);
    row[R.pool] = pool;
    row[R.promptTokens] = promptTokens;
    row[R.prefixTokens] = s[at + F.tierTokens]!;
    row[R.session] = s[at + F.sessionIndex]!;
    row[R.answerTokens] = q.answerTokens;
    row[R.needsConsult] = this.view.needsConsult(q, pool) ? 1 : 0;
    row[R.deadlineAtUs] = this.deadlineUs(at);
    row[R.uplinkDelayUs] = uplinkUs;
    row[R.downlinkDelayUs] = s[at + F.downlinkUs]!;
    row[R.outageStartUs] = phone.outageStartUs;
    row[R.outageEndUs] = phone.outageEndUs;
    row[R.requestBytes] = bytes;
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

  /** The first instant of release at or after `readyUs`: chunks leave at whole intervals after the request came. */
  private releaseAtUs(fromUs: number, readyUs: number): number {
    return this.releaseUs === 0 ? readyUs : fromUs + Math.ceil((readyUs - fromUs) / this.releaseUs) * this.releaseUs;
  }

  /** Release of the last chunk: its tokens are made, and one interval has passed for each cell before it. */
  private lastSentAtUs(fromUs: number, firstSentUs: number): number {
    return Math.max(this.releaseAtUs(fromUs, this.end.ended.tierLastTokenAtUs), this.lastCellAtUs(firstSentUs));
  }

  private lastCellAtUs(firstSentUs: number): number {
    const { shape } = this.world, cells = this.view.isSentWhole ? 1 : Math.ceil(this.end.ended.responseChunks / shape.cellRecords);
    return firstSentUs + (cells - 1) * this.releaseUs;
  }

  /** What a tier sends at `sentUs` is received after the downlink delay, or when the phone is back on a network. */
  private receivedAtUs({ at, client }: QuestionInHand, sentUs: number): number {
    const { state: s, phone } = this.world, receivedUs = sentUs + s[at + F.downlinkUs]!;
    if (receivedUs < s[at + F.linkUntilUs]!) return receivedUs;
    phone.findOutage(at, client);
    return receivedUs >= phone.outageStartUs && receivedUs < phone.outageEndUs ? phone.outageEndUs + s[at + F.downlinkUs]! : receivedUs;
  }
}
