/** What the relay learns: the domain of each exchange, from the gateway it went to, from sizes and from times. */
import type { ColumnTable } from "../records/column-table.js";
import type { RunRecords } from "../records/run-records.js";
import { trafficAttack } from "./attacks/traffic-attack.js";
import { joinQuestions } from "./join-truth.js";
import { observeNetwork } from "./observers/network-observer.js";
import { keptRows, scoreTask } from "./score-task.js";
import { choosePeople, labelsOf, type TrafficOptions } from "./score-traffic.js";
import { describeTasks, type TaskFindings } from "./task-findings.js";

/** Place of the question in the attack's random streams. */
const RELAY_TASK = 3;

/**
 * Metrics leak.relay.domain.*: which domain, among exchanges of questions that have one.
 *
 * @param relay Rows of `RELAY_SCHEMA`.
 */
export function scoreRelay(relay: ColumnTable, { truth }: RunRecords, { people: mostPeople, seed, domainCount }: TrafficOptions): TaskFindings {
  const { rows, people } = choosePeople(relay, { people: mostPeople, seed }), features = observeNetwork(relay, rows);
  const labels = labelsOf(truth, "domainIndex", joinQuestions(relay, truth, rows), domainCount);
  const withDomain = keptRows(rows, (i) => labels[i]! >= 0);
  return describeTasks({ "leak.relay.domain": scoreTask(trafficAttack, { features, labels, people, classCount: domainCount }, withDomain, { seed, taskNumber: RELAY_TASK }) });
}
