/**
 * What an operator or a client really sees of the four failures, value by value in order of time: no truth but what people
 * say and what P's own check finds, both thinned and noisy.
 */
import { ln } from "../../core/elementary.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { Outcome, Route } from "../../records/request-record.js";
import type { RunRecords } from "../../records/run-records.js";

/** One value that somebody sees. */
export interface Signal {
  /** Microseconds since the start of the run. */
  readonly atUs: number;
  readonly value: number;
  /** Values of different channels go to detectors of their own. */
  readonly channel: number;
}

/** People who rate an answer, and ratings that say the opposite of the truth. Assumed. */
const RATING = { share: 0.3, error: 0.05 };
/** Secrets in clear that P's second look at what it sent finds. Assumed. */
const AUDIT_RECALL = 0.8;
/** Entities of these draws begin here. */
const SIGNAL_DRAWS = 2 ** 37;

/** Names of the failures. */
export const FAILURES = ["slow-response", "wrong-personal-answers", "privacy-breach", "domain-gap"] as const;
/** One of them. */
export type Failure = (typeof FAILURES)[number];

/** Signals of one failure in a run, in order of time. */
export function readSignals(failure: Failure, records: RunRecords, seed: number): Signal[] {
  const signals = signalsOf(failure, records, new RandomStream(seed, 0, Purpose.attack));
  return signals.sort((a, b) => a.atUs - b.atUs);
}

function signalsOf(failure: Failure, records: RunRecords, stream: RandomStream): Signal[] {
  switch (failure) {
    case "slow-response": return readTtft(records);
    case "wrong-personal-answers": return readRatings(records, stream, (route) => (route === Route.personal ? 0 : undefined));
    case "privacy-breach": return readLeaks(records, stream);
    case "domain-gap": return readRatings(records, stream, (route, domain) => (isExpert(route) && domain >= 0 ? domain : undefined));
    default: return failure satisfies never;
  }
}

function isExpert(route: number): boolean { return route === Route.expert || route === Route.expertGeneral; }

/** ln of the time to the first token of answers with E or T, as clients measure it. */
function readTtft({ request }: RunRecords): Signal[] {
  const asked = request.column("askedAtUs"), first = request.column("firstTokenAtUs"), outcomes = request.column("outcome"), routes = request.column("route");
  return rowsWhere(request.rowCount, (row) => outcomes[row] === Outcome.answered && (isExpert(routes[row]!) || routes[row] === Route.general))
    .map((row) => ({ atUs: first[row]!, value: ln(Math.max(1, first[row]! - asked[row]!)), channel: 0 }));
}

/** 1 where a person says that an answer was wrong, 0 where they say that it was right. */
function readRatings({ request, truth }: RunRecords, stream: RandomStream, channelOf: (route: number, domain: number) => number | undefined): Signal[] {
  const columns = Object.fromEntries(["clientId", "queryIndex", "route", "outcome", "isCorrect", "lastTokenAtUs"].map((name) => [name, request.column(name)])), domains = truth.column("domainIndex");
  return rowsWhere(request.rowCount, (row) => columns["outcome"]![row] === Outcome.answered).flatMap((row) => {
    const channel = channelOf(columns["route"]![row]!, domains[row]!);
    stream.seek(SIGNAL_DRAWS + columns["clientId"]![row]!, columns["queryIndex"]![row]!);
    const isRated = stream.nextUniform() < RATING.share, isMistaken = stream.nextUniform() < RATING.error;
    if (channel === undefined || !isRated) return [];
    return [{ atUs: columns["lastTokenAtUs"]![row]!, value: (columns["isCorrect"]![row] === 0) !== isMistaken ? 1 : 0, channel }];
  });
}

/** Secrets in clear that P's check finds in each request that it sent. */
function readLeaks({ request, truth }: RunRecords, stream: RandomStream): Signal[] {
  const sealed = request.column("sealedAtUs"), clients = truth.column("clientId"), queries = truth.column("queryIndex"), sent = truth.column("secretsSent");
  return rowsWhere(request.rowCount, (row) => !Number.isNaN(sealed[row]!)).map((row) => {
    stream.seek(SIGNAL_DRAWS + clients[row]!, queries[row]!);
    let found = 0;
    for (let secret = 0; secret < sent[row]!; secret++) if (stream.nextUniform() < AUDIT_RECALL) found++;
    return { atUs: sealed[row]!, value: found, channel: 0 };
  });
}

function rowsWhere(rowCount: number, isWanted: (row: number) => boolean): number[] {
  return Array.from({ length: rowCount }, (_, row) => row).filter(isWanted);
}
