/**
 * The leakage answer for the network path: which domain a question was about, and whether an expert was asked, as told by
 * sizes, times and addresses. The observer's features meet the truth here and nowhere else.
 */
import { DataError } from "../core/errors.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import type { ColumnTable } from "../records/column-table.js";
import { selectRows, type FeatureTable } from "./attacks/attack.js";
import { trafficAttack } from "./attacks/traffic-attack.js";
import { ALL_NETWORK_FEATURES, observeNetwork, type NetworkFeature } from "./observers/network-observer.js";
import { foldOfRows, scoreAttack, type LeakageScore } from "./score-attack.js";
import { describeTraffic, type NotScored, type ScoredTask } from "./traffic-findings.js";

/** Fewest observations, people, and people of a class for an attack to be judged at all. */
const FEWEST_OBSERVATIONS = 50, FEWEST_PEOPLE = 10, FEWEST_PEOPLE_OF_CLASS = 5;

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
  const truthRows = joinTruth(wire, truth, rows);
  const domains = labelsOf(truth, "domainIndex", truthRows, options.domainCount), consults = labelsOf(truth, "isExpertConsulted", truthRows, 2);
  const requestBytes = wire.column("requestBytes");
  const inDomainTask = keptRows(rows, (i) => requestBytes[rows[i]!]! > 0 && domains[i]! >= 0);
  const domain = scoreTask({ features, labels: domains, people, classCount: options.domainCount }, inDomainTask, Task.domain, options.seed);
  const consult = scoreTask({ features, labels: consults, people, classCount: 2 }, keptRows(rows, () => true), Task.consult, options.seed);
  return { domain: domain.score, consult: consult.score, ...describeTraffic(domain, consult) };
}

/** Observations with their truth; a label below 0 is none. */
interface LabelledRows {
  readonly features: FeatureTable;
  readonly labels: Int32Array;
  readonly people: Int32Array;
  readonly classCount: number;
}

/** Rows of the chosen people in order of (clientId, queryIndex), and each row's person as a place in a random order. */
function choosePeople(wire: ColumnTable, { people: mostPeople, seed }: TrafficOptions): { rows: Int32Array; people: Int32Array } {
  const clientIds = wire.column("clientId"), queryIndexes = wire.column("queryIndex");
  const order = [...new Set(clientIds)].sort((a, b) => a - b);
  const stream = new RandomStream(seed, 0, Purpose.attack).seek(0, 0);
  for (let i = order.length - 1; i > 0; i--) {
    const j = stream.nextInt(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const placeOf = new Map(order.slice(0, mostPeople).map((clientId, place) => [clientId, place]));
  const rows = keptRows(clientIds, (row) => placeOf.has(clientIds[row]!));
  rows.sort((a, b) => clientIds[a]! - clientIds[b]! || queryIndexes[a]! - queryIndexes[b]!);
  return { rows, people: rows.map((row) => placeOf.get(clientIds[row]!)!) };
}

/** Truth row of each wire row, by (clientId, queryIndex). */
function joinTruth(wire: ColumnTable, truth: ColumnTable, rows: Int32Array): Int32Array {
  const wireClients = wire.column("clientId"), wireQueries = wire.column("queryIndex");
  const wanted = new Set(rows.map((row) => wireClients[row]!));
  const truthClients = truth.column("clientId"), truthQueries = truth.column("queryIndex");
  const keyOf = (clientId: number, queryIndex: number): number => clientId * 2 ** 21 + queryIndex;
  const rowOf = new Map<number, number>();
  for (let row = 0; row < truth.rowCount; row++) if (wanted.has(truthClients[row]!)) rowOf.set(keyOf(truthClients[row]!, truthQueries[row]!), row);
  return rows.map((row) => {
    const found = rowOf.get(keyOf(wireClients[row]!, wireQueries[row]!));
    if (found !== undefined) return found;
    throw new DataError({
      subject: "every row of the wire table", rule: "have a row of the truth table", where: `query ${wireQueries[row]!} of client ${wireClients[row]!}`,
      got: "none", hint: "Score tables of one run together; filter both by the same people.",
    });
  });
}

function labelsOf(truth: ColumnTable, column: string, truthRows: Int32Array, classCount: number): Int32Array {
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

/** Judges the traffic attack on some rows, or says why not. Classes of very few people are left out. */
function scoreTask(all: LabelledRows, taskRows: Int32Array, taskNumber: number, seed: number): ScoredTask {
  const classes = classesWithPeople(all, taskRows);
  const rows = taskRows.filter((row) => classes.has(all.labels[row]!));
  const people = denseNumbers(rows.map((row) => all.people[row]!));
  const personCount = new Set(people).size;
  const leftOutRows = taskRows.length - rows.length;
  const reason = classes.size < 2 ? `fewer than 2 classes have ${FEWEST_PEOPLE_OF_CLASS} people`
    : rows.length < FEWEST_OBSERVATIONS ? `fewer than ${FEWEST_OBSERVATIONS} observations`
    : personCount < FEWEST_PEOPLE ? `fewer than ${FEWEST_PEOPLE} people` : undefined;
  if (reason !== undefined) return { score: { isScored: false, people: personCount, observations: rows.length, isConstant: new Set(taskRows.map((row) => all.labels[row]!)).size === 1, reason }, leftOutRows };
  const labels = rows.map((row) => classes.get(all.labels[row]!)!);
  const traces = { features: selectRows(all.features, rows), labels, people, classCount: classes.size };
  return { score: scoreAttack(trafficAttack, traces, foldOfRows(people), { seed, taskNumber }), leftOutRows };
}

/** Classes with enough people, in order of label, numbered from 0. */
function classesWithPeople({ labels, people, classCount }: LabelledRows, rows: Int32Array): Map<number, number> {
  const peopleOf = Array.from({ length: classCount }, () => new Set<number>());
  for (const row of rows) peopleOf[labels[row]!]!.add(people[row]!);
  const kept = peopleOf.flatMap((ofClass, label) => (ofClass.size >= FEWEST_PEOPLE_OF_CLASS ? [label] : []));
  return new Map(kept.map((label, index) => [label, index]));
}

/** Numbers from 0 without gaps, in order of the old ones. */
function denseNumbers(numbers: Int32Array): Int32Array {
  const placeOf = new Map([...new Set(numbers)].sort((a, b) => a - b).map((number, place) => [number, place]));
  return numbers.map((number) => placeOf.get(number)!);
}

/** Indexes for which the condition holds. */
function keptRows(items: ArrayLike<unknown>, isKept: (index: number) => boolean): Int32Array {
  const kept: number[] = [];
  for (let index = 0; index < items.length; index++) if (isKept(index)) kept.push(index);
  return Int32Array.from(kept);
}
