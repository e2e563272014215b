/**
 * What someone on the link between relay and gateways learns: exchanges by size and time, without a sender. Behind the relay a phone's
 * questions are among those of all others, so nothing about the phone's earlier ones is to be had.
 */
import type { ColumnTable } from "../records/column-table.js";
import type { RunRecords } from "../records/run-records.js";
import { trafficAttack } from "./attacks/traffic-attack.js";
import { joinQuestions } from "./join-truth.js";
import { observeNetwork, type NetworkFeature } from "./observers/network-observer.js";
import { keptRows, scoreTask } from "./score-task.js";
import { choosePeople, labelsOf, type TrafficOptions } from "./score-traffic.js";
import { describeTasks, type TaskFindings } from "./task-findings.js";

/** Places of the two questions in the attack's random streams. */
const Task = { domain: 60, consult: 61 } as const;

/** What is left of a path observer's features when nobody is the sender. */
export const LINK_FEATURES: readonly NetworkFeature[] = ["requestBytes", "responseBytes", "responseChunks", "bytesPerChunk", "duration", "timeToFirstByte", "meanGap", "destination"];

/**
 * Metrics leak.gateway.domain.*: which domain, among exchanges of questions that have one; leak.gateway.consult.*: is this exchange an
 * expert's, or T's or cover.
 *
 * @param link Rows of `RELAY_SCHEMA`; whose they are is for the scorer alone.
 */
export function scoreGatewayLink(link: ColumnTable, { truth }: RunRecords, { people: mostPeople, seed, domainCount }: TrafficOptions): TaskFindings {
  const { rows, people } = choosePeople(link, { people: mostPeople, seed }), features = observeNetwork(link, rows, LINK_FEATURES), truthRows = joinQuestions(link, truth, rows);
  const domains = labelsOf(truth, "domainIndex", truthRows, domainCount), consults = labelsOf(truth, "isExpertConsulted", truthRows, 2);
  return describeTasks({
    "leak.gateway.domain": scoreTask(trafficAttack, { features, labels: domains, people, classCount: domainCount }, keptRows(rows, (i) => domains[i]! >= 0), { seed, taskNumber: Task.domain }),
    "leak.gateway.consult": scoreTask(trafficAttack, { features, labels: consults, people, classCount: 2 }, keptRows(rows, () => true), { seed, taskNumber: Task.consult }),
  });
}
