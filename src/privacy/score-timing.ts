/** What times alone tell the path observer: how long P thought before it sent, E's first token, the pace of the answer. */
import type { RunRecords } from "../records/run-records.js";
import { NETWORK_FEATURES } from "./observers/network-observer.js";
import { scoreTraffic, type TrafficOptions } from "./score-traffic.js";
import type { TaskFindings } from "./task-findings.js";

/** Metrics leak.timing.domain.* and leak.timing.consult.*: the traffic attack without sizes and addresses, on questions with traffic. */
export function scoreTiming({ wire, truth }: RunRecords, options: TrafficOptions): TaskFindings {
  const features = NETWORK_FEATURES.filter(({ group }) => group === "timing").map(({ name }) => name);
  const { metrics, warnings, intervals } = scoreTraffic(wire, truth, { ...options, features, isSilenceSeen: false });
  const rename = (text: string): string => text.replace(/^leak\./, "leak.timing."), renamed = <Value>(of: Readonly<Record<string, Value>>): Record<string, Value> => Object.fromEntries(Object.entries(of).map(([name, value]) => [rename(name), value]));
  return { metrics: renamed(metrics), warnings: warnings.map(rename), intervals: renamed(intervals) };
}
