/** Speed, memory, energy, quality and leaving secrets, from the exact totals of a run. */
import type { LogHistogram } from "../core/log-histogram.js";
import type { FleetTotals, SumName } from "../records/fleet-totals.js";
import type { Histogram } from "./findings.js";

const S_PER_US = 1e-6;

/** What the totals are shared out over. */
export interface ServiceScope {
  readonly clients: number;
  /** Simulated time that the totals cover. Seconds. */
  readonly measuredS: number;
}

/**
 * Metrics by name of the catalogue. A metric without a denominator (no expert answers, say) is left out.
 */
export function summarizeService(totals: FleetTotals, scope: ServiceScope): Record<string, number> {
  const metrics: Record<string, number> = {};
  const put = (name: string, value: number): void => { if (Number.isFinite(value)) metrics[name] = value; };
  const perAsked = (name: SumName, scale = 1): number => (totals.sum(name) / totals.sum("asked")) * scale;
  const perAnswered = (name: SumName): number => totals.sum(name) / totals.sum("answered");
  put("questions", totals.sum("asked"));
  put("ttft.mean", perAnswered("ttftUs") * S_PER_US);
  put("ttft.p50", totals.ttftUs.quantile(0.5) * S_PER_US);
  put("ttft.p95", totals.ttftUs.quantile(0.95) * S_PER_US);
  put("ttft.p99", totals.ttftUs.quantile(0.99) * S_PER_US);
  put("latency.mean", perAnswered("latencyUs") * S_PER_US);
  put("latency.p95", totals.latencyUs.quantile(0.95) * S_PER_US);
  put("tpot.mean", (totals.sum("tpotUs") / totals.sum("tpotCount")) * 1e-3);
  put("deadline.met", perAsked("deadlineMet"));
  put("route.personal", perAnswered("routePersonal"));
  put("route.expert", perAnswered("routeExpert"));
  put("route.general", perAnswered("routeGeneral"));
  put("route.fallback", perAnswered("routeFallback"));
  put("answered.fraction", perAsked("answered"));
  put("abandoned.fraction", perAsked("abandoned"));
  put("failed.fraction", perAsked("failed"));
  put("energy.compute", perAsked("computeUj", 1e-6));
  put("energy.radio", perAsked("radioUj", 1e-6));
  put("energy.screen", perAsked("screenUj", 1e-6));
  put("battery.perDay", (totals.sum("batteryMillionths") * 1e-6) / scope.clients / (scope.measuredS / 86_400));
  put("battery.empty", perAsked("batteryEmpty"));
  put("memory.workingSet", perAsked("workingSetKb", 1e-6));
  put("memory.unfit", perAsked("memoryUnfit"));
  put("memory.reloads", perAsked("reloads"));
  put("heat.mean", perAsked("heatMillionths", 1e-6));
  put("bytes.up", perAsked("uplinkSentBytes", 1e-3));
  put("bytes.down", perAsked("downlinkReceivedBytes", 1e-3));
  put("bytes.lost", lostShare(totals));
  put("correct.fraction", perAsked("correct"));
  put("correct.answered", perAnswered("correct"));
  put("stale.fraction", totals.sum("staleAnswers") / totals.sum("expertAnswers"));
  put("secrets.sent", perAsked("secretsSent"));
  put("tier.preemptions", (totals.sum("preemptions") / totals.sum("tierRequests")) * 1000);
  put("tier.wait.p95", totals.tierWaitUs.quantile(0.95) * S_PER_US);
  return metrics;
}

/** Bytes lost of bytes sent, up and down. */
function lostShare(totals: FleetTotals): number {
  return (totals.sum("uplinkLostBytes") + totals.sum("downlinkLostBytes")) / (totals.sum("uplinkSentBytes") + totals.sum("downlinkSentBytes"));
}

/** Histograms in seconds. */
export function summarizeHistograms(totals: FleetTotals): Record<string, Histogram> {
  const inSeconds = (histogram: LogHistogram): Histogram => {
    const { edges, counts } = histogram.toBins("s");
    return { unit: "s", edges: edges.map((edge) => edge * S_PER_US), counts };
  };
  return { ttft: inSeconds(totals.ttftUs), latency: inSeconds(totals.latencyUs), tierTtft: inSeconds(totals.tierTtftUs) };
}
