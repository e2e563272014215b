/**
 * The leakage answer for the network path: which domain a question was about, and whether an expert was asked, as told by
 * sizes, times and addresses. The observer's features meet the truth here and nowhere else.
 */
import { DataError } from "../core/errors.js";
import type { ColumnTable } from "../records/column-table.js";
import { trafficAttack } from "./attacks/traffic-attack.js";
import { joinQuestions } from "./join-truth.js";
import { ALL_NETWORK_FEATURES, observeNetwork, type NetworkFeature } from "./observers/network-observer.js";
import type { LeakageScore } from "./score-attack.js";
import { keptRows, placePeople, scoreTask, type NotScored } from "./score-task.js";
import { describeTasks, type Interval } from "./task-findings.js";

/** Places of the two questions in the attack's random streams. */
const Task = { domain: 1, consult: 2 } as const;

/** What a path observer learned in one run. */
export interface TrafficLeakage {
  /** Which domain, among questions with traffic and a domain. */
  readonly domain: LeakageScore | NotScored;
  /** Was an E asked, among all questions. */
  readonly consult: LeakageScore | NotScored;
  /** Values of the metrics named leak.domain.* and leak.consult.*; those that do not exist are left out. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Doubts about the result, in sentences. */
  readonly warnings: readonly string[];
  /** See `TaskFindings`. */
  readonly intervals: Readonly<Record<string, Interval>>;
}

/** How traffic is scored. */
export interface TrafficOptions {
  /** Most people; more are thinned at random. */
  readonly people: number;
  readonly seed: number;
  /** Domains of the scenario: labels run from 0 to domainCount - 1. */
  readonly domainCount: number;
  /** What the observer may use. Leave out for everything. */
  readonly features?: readonly NetworkFeature[];
  /** Whether a question that sends nothing is seen too. Default: yes, the worst case. */
  readonly isSilenceSeen?: boolean;
}

/**
 * Attacks the wire record and scores it against the truth.
 *
 * @param wire Rows of `WIRE_SCHEMA`, whole people, in any order.
 * @param truth Rows of `TRUTH_SCHEMA`; every wire row has one.
 * @throws {DataError} when a wire row has no truth, or a domain outside the scenario.
 */
export function scoreTraffic(wire: ColumnTable, truth: ColumnTable, options: TrafficOptions): TrafficLeakage {
  const { rows, people } = choosePeople(wire, options);
  const features = observeNetwork(wire, rows, options.features ?? ALL_NETWORK_FEATURES);
  const truthRows = joinQuestions(wire, truth, rows);
  const domains = labelsOf(truth, "domainIndex", truthRows, options.domainCount), consults = labelsOf(truth, "isExpertConsulted", truthRows, 2);
  const requestBytes = wire.column("requestBytes");
  const inDomainTask = keptRows(rows, (i) => requestBytes[rows[i]!]! > 0 && domains[i]! >= 0);
  const inConsultTask = keptRows(rows, (i) => options.isSilenceSeen !== false || requestBytes[rows[i]!]! > 0), { seed } = options;
  const domain = scoreTask(trafficAttack, { features, labels: domains, people, classCount: options.domainCount }, inDomainTask, { seed, taskNumber: Task.domain });
  const consult = scoreTask(trafficAttack, { features, labels: consults, people, classCount: 2 }, inConsultTask, { seed, taskNumber: Task.consult });
  return { domain: domain.score, consult: consult.score, ...describeTasks({ "leak.domain": domain, "leak.consult": consult }) };
}

/** Rows of the chosen people in order of (clientId, queryIndex), and each row's person as a place in a random order. */
export function choosePeople(wire: ColumnTable, { people: mostPeople, seed }: Pick<TrafficOptions, "people" | "seed">): { rows: Int32Array; people: Int32Array } {
  const clientIds = wire.column("clientId"), queryIndexes = wire.column("queryIndex"), placeOf = placePeople(clientIds, mostPeople, seed);
  const rows = keptRows(clientIds, (row) => placeOf.has(clientIds[row]!));
  rows.sort((a, b) => clientIds[a]! - clientIds[b]! || queryIndexes[a]! - queryIndexes[b]!);
  return { rows, people: rows.map((row) => placeOf.get(clientIds[row]!)!) };
}

/** True classes of rows. @throws {DataError} for a class that does not exist. */
export function labelsOf(truth: ColumnTable, column: string, truthRows: Int32Array, classCount: number): Int32Array {
  const values = truth.column(column);
  return truthRows.map((row) => {
    const label = values[row]!;
    if (label < classCount) return label;
    throw new DataError({
      subject: `column ${column} of the truth table`, rule: `be below ${classCount}`, got: label, where: `row ${row}`,
      hint: "Give the number of domains of the scenario that made the table.",
    });
  });
}
