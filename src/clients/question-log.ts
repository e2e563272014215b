/**
 * Writes the end of each question down: into exact totals for everybody, and into full rows for the people who are kept.
 */
import type { Scenario } from "../config/scenario-schema.js";
import type { DeviceTable } from "../devices/device-table.js";
import { MemoryFit } from "../devices/memory.js";
import type { Question } from "../population/question.js";
import { ColumnTable } from "../records/column-table.js";
import { FleetTotals, SumIndex as I } from "../records/fleet-totals.js";
import { Outcome, REQUEST_SCHEMA, Route } from "../records/request-record.js";
import { TRUTH_SCHEMA } from "../records/truth-record.js";
import { USAGE_SCHEMA } from "../records/usage-record.js";
import { WIRE_SCHEMA } from "../records/wire-record.js";
import { ClientField as F } from "./client-state.js";
import type { EndedQuestion } from "./ended-question.js";

/** Time to the first token that `deadline.met` counts. */
const DEADLINE_US = 4e6;

/** Rows of the people who are kept. */
export interface KeptRows { readonly request: ColumnTable; readonly wire: ColumnTable; readonly truth: ColumnTable; readonly usage: ColumnTable }

/** Makes empty rows. */
export function makeKeptRows(): KeptRows {
  return { request: new ColumnTable(REQUEST_SCHEMA), wire: new ColumnTable(WIRE_SCHEMA), truth: new ColumnTable(TRUTH_SCHEMA), usage: new ColumnTable(USAGE_SCHEMA) };
}

/** The log of one thread. */
export class QuestionLog {
  readonly totals: FleetTotals = new FleetTotals();
  readonly rows: KeptRows = makeKeptRows();
  private readonly state: Float64Array;
  private readonly devices: DeviceTable;
  private readonly scenario: Scenario;
  private readonly keepBelow: number;
  private readonly tierCount: number;

  constructor(scenario: Scenario, state: Float64Array, devices: DeviceTable) {
    this.scenario = scenario;
    this.state = state;
    this.devices = devices;
    this.keepBelow = scenario.records.keepFraction * 2 ** 32;
    this.tierCount = scenario.population.domains.length;
  }

  /** Notes the end of a question. */
  write(e: EndedQuestion, q: Question): void {
    if (this.state[e.at + F.askedAtUs]! >= this.scenario.simulation.warmUpS * 1e6) this.count(e, q);
    if (mix(e.client, 0x9e3779b9) < this.keepBelow) this.keep(e, q);
  }

  private count(e: EndedQuestion, q: Question): void {
    const { state: s, totals, devices } = this, sums = totals.sums, at = e.at, device = s[at + F.device]!;
    const isAnswered = e.outcome === Outcome.answered;
    sums[I.asked]!++;
    sums[isAnswered ? I.answered : e.outcome === Outcome.abandoned ? I.abandoned : I.failed]!++;
    if (isAnswered) this.countAnswer(e, q);
    if (e.isCorrect) sums[I.correct]!++;
    if (e.isPersonalRight) sums[I.personalRight]!++;
    sums[I.heatMillionths]! += Math.round(s[at + F.heat]! * 1e6);
    const computeUj = Math.round(s[at + F.computeJ]! * 1e6), radioUj = Math.round(s[at + F.radioJ]! * 1e6);
    sums[I.computeUj]! += computeUj;
    sums[I.radioUj]! += radioUj;
    sums[I.screenUj]! += Math.round(this.screenJ(e, q) * 1e6);
    sums[I.batteryMillionths]! += Math.round((computeUj + radioUj) / devices.batteryJ[device]!);
    if (e.chargeFraction <= this.scenario.devices.lowBatteryFraction) sums[I.batteryEmpty]!++;
    if (s[at + F.memoryFit] === MemoryFit.refused) sums[I.memoryUnfit]!++;
    sums[I.reloads]! += s[at + F.isReloaded] === 1 && !Number.isNaN(s[at + F.prefilledAtUs]!) ? 1 : 0;
    sums[I.workingSetKb]! += Math.round(devices.workingSetBytes[device]! / 1000);
    this.countBytes(e);
    sums[I.secretsSent]! += e.secretsSent;
    sums[I.secretCount]! += q.secretCount;
    this.countTier(e);
    this.digest(e, computeUj, radioUj);
  }

  private countBytes({ at, downlinkReceivedBytes }: EndedQuestion): void {
    const { state: s, totals: { sums } } = this;
    sums[I.uplinkSentBytes]! += s[at + F.uplinkSentBytes]!;
    sums[I.uplinkReceivedBytes]! += s[at + F.uplinkReceivedBytes]!;
    sums[I.uplinkLostBytes]! += s[at + F.uplinkLostBytes]!;
    sums[I.downlinkSentBytes]! += s[at + F.downlinkSentBytes]!;
    sums[I.downlinkReceivedBytes]! += downlinkReceivedBytes;
    sums[I.downlinkLostBytes]! += s[at + F.downlinkLostBytes]!;
  }

  private countAnswer(e: EndedQuestion, q: Question): void {
    const { totals } = this, sums = totals.sums, askedUs = this.state[e.at + F.askedAtUs]!;
    const ttftUs = e.firstTokenAtUs - askedUs, latencyUs = e.lastTokenAtUs - askedUs;
    sums[ROUTE_SUM[e.route]!]!++;
    if (ttftUs <= DEADLINE_US) sums[I.deadlineMet]!++;
    sums[I.ttftUs]! += ttftUs;
    sums[I.latencyUs]! += latencyUs;
    totals.ttftUs.add(ttftUs);
    totals.latencyUs.add(latencyUs);
    if (q.answerTokens > 1) {
      sums[I.tpotUs]! += Math.round((e.lastTokenAtUs - e.firstTokenAtUs) / (q.answerTokens - 1));
      sums[I.tpotCount]!++;
    }
    if (e.route === Route.expert || e.route === Route.expertGeneral) {
      sums[I.expertAnswers]!++;
      if (e.isStale) sums[I.staleAnswers]!++;
    }
  }

  private countTier(e: EndedQuestion): void {
    const { state: s, totals, scenario } = this, sums = totals.sums, at = e.at, attempts = s[at + F.attempts]!;
    if (attempts === 0) return;
    const isGeneral = s[at + F.tierPool] === this.tierCount, isConsulted = !Number.isNaN(e.consultedAtUs);
    sums[I.tierRequests]! += attempts;
    sums[I.retries]! += attempts - 1;
    sums[I.preemptions]! += e.preemptions;
    sums[I.expertPromptTokens]! += isGeneral ? 0 : s[at + F.tierPromptTokens]!;
    sums[I.expertCachedTokens]! += isGeneral ? 0 : e.cachedTokens;
    sums[I.expertAnswerTokens]! += isGeneral ? 0 : e.tierAnswerTokens;
    sums[I.generalPromptTokens]! += (isGeneral ? s[at + F.tierPromptTokens]! : 0) + (isConsulted ? scenario.tiers.consultPromptTokens : 0);
    sums[I.generalAnswerTokens]! += (isGeneral ? e.tierAnswerTokens : 0) + (isConsulted ? scenario.tiers.consultAnswerTokens : 0);
    if (Number.isNaN(e.admittedAtUs)) return;
    totals.tierWaitUs.add(Math.max(0, e.admittedAtUs - s[at + F.arriveAtUs]!));
    totals.tierTtftUs.add(e.tierFirstTokenAtUs - s[at + F.arriveAtUs]!);
  }

  /** The screen is lit while the user waits and then reads. */
  private screenJ(e: EndedQuestion, q: Question): number {
    const readS = e.outcome === Outcome.answered ? q.answerTokens / this.scenario.personalModel.readSpeedTokensPerS : 0;
    const firstUs = e.outcome === Outcome.answered ? e.firstTokenAtUs : e.doneAtUs;
    const litS = Math.max((e.doneAtUs - this.state[e.at + F.startedAtUs]!) * 1e-6, (firstUs - this.state[e.at + F.startedAtUs]!) * 1e-6 + readS);
    return litS * this.scenario.devices.screenW;
  }

  /** Adds a hash of the question to the digest: addition makes it independent of the order. */
  private digest(e: EndedQuestion, computeUj: number, radioUj: number): void {
    const { state: s, totals: { digest } } = this, at = e.at;
    let hash = mix(e.client, s[at + F.queryIndex]!);
    hash = mix(hash, e.outcome * 64 + e.route * 4 + (e.isCorrect ? 1 : 0));
    hash = mixWide(hash, s[at + F.askedAtUs]!);
    hash = mixWide(hash, e.doneAtUs);
    hash = mixWide(hash, computeUj);
    digest[0]! += hash;
    hash = mix(hash, e.client);
    hash = mixWide(hash, Number.isNaN(e.firstTokenAtUs) ? -1 : e.firstTokenAtUs);
    hash = mixWide(hash, radioUj);
    hash = mix(hash, s[at + F.uplinkSentBytes]! * 7 + e.downlinkReceivedBytes);
    hash = mix(hash, s[at + F.uplinkLostBytes]! * 7 + s[at + F.downlinkLostBytes]!);
    digest[1]! += hash;
  }

  private keep(e: EndedQuestion, q: Question): void {
    const { state: s, rows } = this, at = e.at, index = s[at + F.queryIndex]!;
    const isAnswered = e.outcome === Outcome.answered, hasTraffic = s[at + F.uplinkReceivedBytes]! > 0;
    const isGeneral = s[at + F.attempts]! > 0 && s[at + F.tierPool] === this.tierCount, isExpert = s[at + F.attempts]! > 0 && !isGeneral;
    const isConsulted = !Number.isNaN(e.consultedAtUs);
    rows.request.appendRow([
      e.client, index, s[at + F.device]!, s[at + F.decisionLink]!, e.route, e.outcome, s[at + F.attempts]!,
      s[at + F.askedAtUs]!, s[at + F.startedAtUs]!, s[at + F.prefilledAtUs]!, s[at + F.decidedAtUs]!, s[at + F.sealedAtUs]!, s[at + F.arriveAtUs]!,
      e.admittedAtUs, e.consultedAtUs, e.consultAnsweredAtUs, e.tierFirstTokenAtUs, e.tierLastTokenAtUs,
      isExpert || isGeneral ? e.openedAtUs : NaN, e.combinedAtUs, e.firstTokenAtUs, isAnswered ? e.lastTokenAtUs : e.doneAtUs,
      q.promptTokens, isAnswered ? q.answerTokens : 0, e.preemptions, s[at + F.computeJ]!, s[at + F.radioJ]!,
      s[at + F.uplinkSentBytes]!, s[at + F.uplinkLostBytes]!, e.downlinkReceivedBytes, s[at + F.downlinkLostBytes]!, e.chargeFraction, s[at + F.heat]!, e.correctProbability, e.isCorrect ? 1 : 0,
    ]);
    const destination = !hasTraffic ? -1 : this.scenario.protocol.relay ? 0 : 1 + (isExpert || isGeneral ? s[at + F.tierPool]! : Math.max(0, q.domain));
    rows.wire.appendRow([e.client, index, destination, hasTraffic ? s[at + F.wireFirstAtUs]! : s[at + F.startedAtUs]!,
      s[at + F.uplinkReceivedBytes]!, s[at + F.downlinkSentBytes]!, e.responseChunks, e.openedAtUs, e.wireLastAtUs]);
    rows.truth.appendRow([e.client, index, q.kind, q.domain, isExpert ? 1 : 0, isGeneral || isConsulted ? 1 : 0, q.secretCount, e.secretsSent, q.difficulty]);
    rows.usage.appendRow([e.client, index, isExpert ? s[at + F.tierPool]! : -1, isGeneral ? 0 : s[at + F.tierPromptTokens]!, isGeneral ? 0 : e.cachedTokens,
      isGeneral ? 0 : e.tierAnswerTokens, (isGeneral ? s[at + F.tierPromptTokens]! : 0) + (isConsulted ? this.scenario.tiers.consultPromptTokens : 0),
      (isGeneral ? e.tierAnswerTokens : 0) + (isConsulted ? this.scenario.tiers.consultAnswerTokens : 0),
      s[at + F.computeJ]! + s[at + F.radioJ]!, s[at + F.uplinkSentBytes]! + s[at + F.downlinkSentBytes]!]);
  }
}

const ROUTE_SUM: readonly number[] = [I.routePersonal, I.routeExpert, I.routeGeneral, I.routeExpert, I.routeFallback];

/** Mixes two 32-bit words into one. @source Finaliser of MurmurHash3 (Appleby 2011), public domain. */
function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9747b28c, 0xcc9e2d51) ^ Math.imul(b, 0x1b873593);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Mixes an integer below 2^53 into a hash. */
function mixWide(hash: number, value: number): number {
  return mix(hash ^ (value | 0), Math.floor(value * 2 ** -32));
}
