/**
 * Totals over all questions of a run, kept or not: counts, sums and histograms that merge exactly. Every number is an
 * integer (microseconds, microjoules, millionths, tokens, bytes), so that sums are the same in any order on any number
 * of threads. The digest sums a hash of every question likewise.
 */
import { LogHistogram } from "../core/log-histogram.js";

/** Names of the sums. */
export const SUMS = [
  "asked", "answered", "abandoned", "failed", "inFlight", "correct",
  "routePersonal", "routeExpert", "routeGeneral", "routeFallback", "deadlineMet",
  "ttftUs", "latencyUs", "tpotUs", "tpotCount", "heatMillionths",
  "computeUj", "radioUj", "screenUj", "batteryMillionths", "batteryEmpty", "memoryUnfit", "reloads",
  "uplinkSentBytes", "uplinkReceivedBytes", "uplinkLostBytes", "downlinkSentBytes", "downlinkReceivedBytes", "downlinkLostBytes", "secretsSent", "secretCount", "expertAnswers", "staleAnswers",
  "expertPromptTokens", "expertCachedTokens", "expertAnswerTokens", "generalPromptTokens", "generalAnswerTokens",
  "tierRequests", "retries", "preemptions", "workingSetKb", "personalRight",
] as const;
/** Name of one sum. */
export type SumName = (typeof SUMS)[number];

/** Positions of the sums in `FleetTotals.sums`. */
export const SumIndex: Readonly<Record<SumName, number>> = Object.freeze(
  Object.fromEntries(SUMS.map((name, index) => [name, index])) as Record<SumName, number>);

/** Names of the histograms: values in microseconds. */
export const HISTOGRAMS = ["ttftUs", "latencyUs", "tierWaitUs", "tierTtftUs"] as const;

/** Counts, sums and histograms of one thread or of a whole run. */
export class FleetTotals {
  readonly sums: Float64Array = new Float64Array(SUMS.length);
  readonly ttftUs: LogHistogram = new LogHistogram();
  readonly latencyUs: LogHistogram = new LogHistogram();
  readonly tierWaitUs: LogHistogram = new LogHistogram();
  readonly tierTtftUs: LogHistogram = new LogHistogram();
  /** Sum of the hashes of all questions, two lanes of 32 bits. */
  readonly digest: Uint32Array = new Uint32Array(2);

  /** Adds another part of the same run. Order does not matter. */
  merge(other: FleetTotals): void {
    for (let i = 0; i < this.sums.length; i++) this.sums[i]! += other.sums[i]!;
    for (const name of HISTOGRAMS) this[name].merge(other[name]);
    for (let lane = 0; lane < 2; lane++) this.digest[lane]! += other.digest[lane]!;
  }

  /** One sum by name. */
  sum(name: SumName): number { return this.sums[SumIndex[name]]!; }
}
