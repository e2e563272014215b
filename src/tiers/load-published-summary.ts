/** Another simulator's figures on a run, where the run's folder carries them (summary.txt of LLMServingSim's bench). */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReplayMetric, ReplayStatistic } from "./compare-replay.js";

/** Difference of the other simulator by figure; keys as `ttftS mean`. */
export type PublishedSummary = ReadonlyMap<`${ReplayMetric} ${ReplayStatistic}`, number>;

const METRICS: Readonly<Record<string, ReplayMetric>> = { TTFT: "ttftS", TPOT: "tpotS", Latency: "latencyS" };
const STATISTICS: Readonly<Record<string, ReplayStatistic>> = { Mean: "mean", Median: "median", P90: "p90", P95: "p95", P99: "p99" };
const LINE = /^(TTFT|TPOT|Latency) (Mean|Median|P90|P95|P99)\s+([\d.]+)\s+([\d.]+)\s+\S+$/;

/** Figures of summary.txt; none when the folder has no such file. Lines of another form are passed over. */
export function loadPublishedSummary(folder: string): PublishedSummary {
  const path = join(folder, "summary.txt"), found = new Map<`${ReplayMetric} ${ReplayStatistic}`, number>();
  if (!existsSync(path)) return found;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const parts = LINE.exec(line.trim());
    if (parts !== null) found.set(`${METRICS[parts[1]!]!} ${STATISTICS[parts[2]!]!}`, Number(parts[4]) / Number(parts[3]) - 1);
  }
  return found;
}
