/**
 * A load as the records that a simulation writes. Instants are from the start of the load; what a live run does not measure (energy,
 * battery, heat) is absent. The wire record is what was captured on the path, or follows from what the relay saw.
 */
import { makeKeptRows, type KeptRows } from "../../clients/question-log.js";
import { tlsRecordCount, tlsWireBytes } from "../../protocol/envelope.js";
import { FleetTotals, type SumName, SumIndex } from "../../records/fleet-totals.js";
import { Outcome, ROUTES, Route } from "../../records/request-record.js";
import { scoreAnswer } from "../../world/queries/score-answer.js";
import type { AnswerReport } from "../personal/assistant.js";
import type { SeenExchange } from "../capture/observations.js";
import { byClient, type AskedQuestion } from "./run-load.js";

/** A load that was run. */
export interface FinishedLoad {
  readonly startedAtUs: number; readonly asked: readonly AskedQuestion[]; readonly seen: readonly SeenExchange[];
  /** What the path had of each question; left out: what the relay saw, as the TLS records that would carry it elsewhere. */
  readonly traffic?: ReadonlyMap<AskedQuestion, Traffic>;
}

/** Time to the first token that `deadline.met` counts. Microseconds. */
const DEADLINE_US = 4e6;
const ABSENT = NaN;

/** Rows and totals of a load. */
export function tabulateLoad({ startedAtUs, asked, seen, traffic = trafficAtRelay(asked, seen) }: FinishedLoad): { readonly rows: KeptRows; readonly totals: FleetTotals } {
  const rows = makeKeptRows(), totals = new FleetTotals();
  for (const question of asked) if (question.repliesTo === undefined) addQuestion(rows, totals, question, traffic.get(question), startedAtUs);
  for (const table of [rows.request, rows.wire, rows.truth, rows.usage]) table.sortRows();
  return { rows, totals };
}

/** Bytes of one question, as an observer before the relay has them under TLS. Instants are microseconds since 1970. */
export interface Traffic { readonly upBytes: number; readonly downBytes: number; readonly chunks: number; readonly requestAtUs: number; readonly firstAtUs: number; readonly lastAtUs: number }

function trafficAtRelay(asked: readonly AskedQuestion[], seen: readonly SeenExchange[]): ReadonlyMap<AskedQuestion, Traffic> {
  return new Map([...exchangesOfQuestions(asked, seen)].map(([question, exchanges]) => [question, sumTraffic(exchanges)]));
}

/** Gives each exchange to the last question that its client had asked by then. */
export function exchangesOfQuestions(asked: readonly AskedQuestion[], seen: readonly SeenExchange[]): ReadonlyMap<AskedQuestion, readonly SeenExchange[]> {
  const people = byClient(asked, ({ planned }) => planned.clientId), found = new Map<AskedQuestion, SeenExchange[]>();
  for (const exchange of seen) {
    const question = people.get(exchange.clientId)?.filter(({ answer, dueAtUs }) => (answer?.askedAtUs ?? dueAtUs) <= exchange.requestAtUs).at(-1);
    if (question !== undefined) found.set(question, [...found.get(question) ?? [], exchange]);
  }
  return found;
}

function sumTraffic(exchanges: readonly SeenExchange[]): Traffic {
  const chunks = exchanges.flatMap((exchange) => exchange.chunks), wire = (sizes: readonly number[]): number => sizes.reduce((sum, bytes) => sum + tlsWireBytes(bytes), 0);
  return {
    upBytes: wire(exchanges.map(({ requestBytes }) => requestBytes)), downBytes: wire(chunks.map(({ bytes }) => bytes)), chunks: chunks.reduce((sum, { bytes }) => sum + tlsRecordCount(bytes), 0),
    requestAtUs: exchanges[0]!.requestAtUs, firstAtUs: chunks[0]?.atUs ?? ABSENT, lastAtUs: chunks.at(-1)?.atUs ?? ABSENT,
  };
}

function addQuestion(rows: KeptRows, totals: FleetTotals, { planned, dueAtUs, endedAtUs, answer }: AskedQuestion, traffic: Traffic | undefined, startUs: number): void {
  const { clientId, queryIndex, kind, domainIndex, difficulty, query } = planned, report = answer?.report, consult = report?.consult, isAsked = report?.area !== undefined;
  const at = (instant: number | undefined): number => instant === undefined ? ABSENT : Math.round(instant - startUs);
  const isCorrect = answer !== undefined && scoreAnswer(query, answer.text).isExact ? 1 : 0, route = report === undefined ? Route.personalFallback : ROUTES.indexOf(report.route);
  const upBytes = traffic?.upBytes ?? 0, downBytes = traffic?.downBytes ?? 0, shownAtUs = answer === undefined || Number.isNaN(answer.shownAtUs) ? report?.lastTokenAtUs : answer.shownAtUs;
  rows.request.appendRow([
    clientId, queryIndex, 0, 0, route, answer === undefined ? Outcome.failed : Outcome.answered, isAsked ? 1 : 0,
    at(dueAtUs), at(report?.startedAtUs ?? dueAtUs), at(report?.prefilledAtUs), at(report?.decidedAtUs), at(consult?.sealedAtUs), at(consult?.timings.arrivedAtUs),
    at(consult?.timings.admittedAtUs), at(consult?.timings.consultedAtUs), at(consult?.timings.consultAnsweredAtUs), at(consult?.timings.firstTokenAtUs), at(consult?.timings.lastTokenAtUs),
    at(consult?.openedAtUs), at(report?.combinedAtUs), at(shownAtUs), at(answer?.endedAtUs ?? endedAtUs), report?.promptTokens ?? 0, report?.answerTokens ?? 0, 0, ABSENT, ABSENT,
    upBytes, 0, downBytes, 0, ABSENT, ABSENT, isCorrect, isCorrect,
  ]);
  rows.wire.appendRow([clientId, queryIndex, traffic === undefined ? -1 : 0, at(traffic?.requestAtUs ?? report?.startedAtUs ?? dueAtUs), upBytes, downBytes, traffic?.chunks ?? 0, at(traffic?.firstAtUs), at(traffic?.lastAtUs)]);
  const isGeneral = report?.area === "general", isConsulted = consult?.timings.consultedAtUs !== undefined, secretsSent = report?.secretsSent ?? 0;
  rows.truth.appendRow([clientId, queryIndex, kind, domainIndex, isAsked && !isGeneral ? 1 : 0, isGeneral || isConsulted ? 1 : 0, query.secrets.length, secretsSent, difficulty]);
  const { expertPrompt = 0, expertAnswer = 0, generalPrompt = 0, generalAnswer = 0 } = consult?.tokens ?? {};
  rows.usage.appendRow([clientId, queryIndex, isAsked && !isGeneral ? domainIndex : -1, expertPrompt, 0, expertAnswer, generalPrompt, generalAnswer, ABSENT, upBytes + downBytes]);
  count(totals, { upBytes, downBytes, secretsSent, isCorrect, secretCount: query.secrets.length, expertPrompt, expertAnswer, generalPrompt, generalAnswer }, isAsked);
  if (answer === undefined) { totals.sums[SumIndex.failed]!++; return; }
  countAnswer(totals, report!, shownAtUs! - dueAtUs, answer.endedAtUs - dueAtUs);
}

type Counted = { readonly [Name in "upBytes" | "downBytes" | "secretsSent" | "isCorrect" | "secretCount" | "expertPrompt" | "expertAnswer" | "generalPrompt" | "generalAnswer"]: number };

function count({ sums }: FleetTotals, { upBytes, downBytes, secretsSent, isCorrect, secretCount, expertPrompt, expertAnswer, generalPrompt, generalAnswer }: Counted, isAsked: boolean): void {
  const added: Partial<Record<SumName, number>> = {
    asked: 1, correct: isCorrect, secretsSent, secretCount, tierRequests: isAsked ? 1 : 0, uplinkSentBytes: upBytes, uplinkReceivedBytes: upBytes, downlinkSentBytes: downBytes, downlinkReceivedBytes: downBytes,
    expertPromptTokens: expertPrompt, expertAnswerTokens: expertAnswer, generalPromptTokens: generalPrompt, generalAnswerTokens: generalAnswer,
  };
  for (const [name, value] of Object.entries(added)) sums[SumIndex[name as SumName]]! += value;
}

const ROUTE_SUMS: Readonly<Record<AnswerReport["route"], SumName>> = {
  "personal": "routePersonal", "expert": "routeExpert", "general": "routeGeneral", "expert-general": "routeExpert", "personal-fallback": "routeFallback",
};

function countAnswer(totals: FleetTotals, { route, answerTokens, consult }: AnswerReport, ttftUs: number, latencyUs: number): void {
  const { sums } = totals, ttft = Math.round(ttftUs), latency = Math.round(latencyUs);
  for (const name of ["answered", ROUTE_SUMS[route], ...(ttft <= DEADLINE_US ? ["deadlineMet" as const] : [])] as const) sums[SumIndex[name]]!++;
  sums[SumIndex.ttftUs]! += ttft;
  sums[SumIndex.latencyUs]! += latency;
  totals.ttftUs.add(ttft);
  totals.latencyUs.add(latency);
  if (answerTokens > 1) {
    sums[SumIndex.tpotUs]! += Math.round((latency - ttft) / (answerTokens - 1));
    sums[SumIndex.tpotCount]!++;
  }
  if (consult === undefined) return;
  const { arrivedAtUs, admittedAtUs, firstTokenAtUs } = consult.timings;
  totals.tierWaitUs.add(Math.max(0, Math.round(admittedAtUs - arrivedAtUs)));
  totals.tierTtftUs.add(Math.max(0, Math.round(firstTokenAtUs - arrivedAtUs)));
}
