/** A run beside its replay: mean and percentiles of time to first token, time per token and latency, with the difference. */
import type { ReplayedRequest } from "./replay-run.js";

/** Quantities, in the order they are shown. */
export const REPLAY_METRICS = ["ttftS", "tpotS", "latencyS"] as const;
/** A quantity of a request. */
export type ReplayMetric = (typeof REPLAY_METRICS)[number];
/** Statistics of a quantity over requests, in the order they are shown. */
export const REPLAY_STATISTICS = ["mean", "median", "p90", "p95", "p99"] as const;
/** A statistic. */
export type ReplayStatistic = (typeof REPLAY_STATISTICS)[number];

/** One figure on both sides. Seconds; the difference is a share of the measured. */
export interface ReplayComparison {
  readonly metric: ReplayMetric;
  readonly statistic: ReplayStatistic;
  readonly measuredS: number;
  readonly simulatedS: number;
  readonly difference: number;
}

const SHARES: Readonly<Record<Exclude<ReplayStatistic, "mean">, number>> = { median: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };

/** Every statistic of every quantity. */
export function compareReplay(measured: readonly ReplayedRequest[], simulated: readonly ReplayedRequest[]): readonly ReplayComparison[] {
  return REPLAY_METRICS.flatMap((metric) => REPLAY_STATISTICS.map((statistic) => {
    const measuredS = statisticOf(measured, metric, statistic), simulatedS = statisticOf(simulated, metric, statistic);
    return { metric, statistic, measuredS, simulatedS, difference: simulatedS / measuredS - 1 };
  }));
}

/** Difference of one figure. */
export function differenceOf(rows: readonly ReplayComparison[], metric: ReplayMetric, statistic: ReplayStatistic = "mean"): number {
  return rows.find((row) => row.metric === metric && row.statistic === statistic)!.difference;
}

function statisticOf(requests: readonly ReplayedRequest[], metric: ReplayMetric, statistic: ReplayStatistic): number {
  const values = requests.map((request) => request[metric]).sort((a, b) => a - b);
  if (statistic === "mean") return values.reduce((sum, value) => sum + value, 0) / values.length;
  // Between neighbours on a line, as NumPy's percentile does.
  const place = SHARES[statistic] * (values.length - 1), below = Math.floor(place), above = Math.min(below + 1, values.length - 1);
  return values[below]! + (values[above]! - values[below]!) * (place - below);
}
