/** Text of plmm tiers check: what was replayed, the figures of both sides, and other simulators' beside them. */
import type { CheckBasis, RunCheck } from "../tiers/check-run.js";
import type { ReplayComparison, ReplayMetric } from "../tiers/compare-replay.js";
import type { PublishedSummary } from "../tiers/load-published-summary.js";
import { PUBLISHED_ERRORS } from "../tiers/published-errors.js";
import type { ServedRun } from "../tiers/served-run.js";

/** All that the command found out. */
export interface CheckReport {
  readonly run: ServedRun;
  readonly gpu: string;
  readonly basis: CheckBasis;
  readonly check: RunCheck;
  readonly published: PublishedSummary;
  /** Wall time of the replay. */
  readonly replayS: number;
}

const TITLES: Readonly<Record<ReplayMetric, string>> = { ttftS: "TTFT", tpotS: "TPOT", latencyS: "Latency" };

/** The page. */
export function renderRunCheck(report: CheckReport): string {
  const { run, check, replayS, basis } = report, { engine } = run;
  const gpus = `${engine.tensorParallel * engine.dataParallel} x ${report.gpu}`;
  const parallel = `tensor ${engine.tensorParallel}, data ${engine.dataParallel}${engine.isExpertParallel ? ", experts divided" : ""}`;
  return [
    `${run.model} on ${gpus} (${parallel}), ${run.requests.length} requests, KV cache ${check.kvBlocks * engine.blockTokens} tokens`,
    `By ${describeBasis(basis)}`,
    `${check.iterations} iterations, ${check.preemptions} preemptions; replayed in ${(replayS * 1e3).toFixed(0)} ms`,
    ...run.engine.unreplayed.map((setting) => `Not simulated: ${setting}.`), "", ...renderTable(report), "", "Means that other simulators publish (difference of TTFT, TPOT, latency)",
    ...PUBLISHED_ERRORS.map(({ simulator, study, ttft, tpot, latency }) => `  ${simulator.padEnd(18)} ${study.padEnd(34)} ${ttft.padStart(7)} ${tpot.padStart(7)} ${latency.padStart(7)}`),
    ...[...new Set(PUBLISHED_ERRORS.map(({ source }) => source))].map((source) => `  Source: ${source}`), "",
  ].join("\n");
}

/** The same as plain values. */
export function toCheckJson({ run, gpu, basis, check, published, replayS }: CheckReport): unknown {
  return {
    model: run.model, gpu, requests: run.requests.length, engine: run.engine, basis: basis.kind === "profile" ? { kind: basis.kind } : basis,
    kvBlocks: check.kvBlocks, iterations: check.iterations, preemptions: check.preemptions, replayS,
    rows: check.rows.map((row) => ({ ...row, otherSimulator: published.get(keyOf(row)) ?? null })), published: PUBLISHED_ERRORS,
  };
}

function describeBasis(basis: CheckBasis): string {
  if (basis.kind === "profile") return `measured kernels; nothing is fitted\n   (${basis.profile.source})`;
  const { weightBandwidth, kvBandwidth, compute, layerOverheadS } = basis.fit, percent = (share: number): string => `${(share * 100).toFixed(0)}%`;
  return `the spec sheet: reached ${percent(weightBandwidth)} of bandwidth for weights, ${percent(kvBandwidth)} for KV, ${percent(compute)} of arithmetic, `
    + `${(layerOverheadS * 1e6).toFixed(0)} us a layer\n   (${basis.fittedOn})`;
}

function renderTable({ check, published }: CheckReport): readonly string[] {
  const hasOther = published.size > 0;
  const head = `${"ms".padEnd(16)}${["measured", "simulated", "difference"].map((title) => title.padStart(12)).join("")}${hasOther ? "other simulator".padStart(18) : ""}`;
  return [head, ...check.rows.map((row, index) => {
    const other = published.get(keyOf(row)), gap = index > 0 && row.statistic === "mean" ? "\n" : "";
    return gap + `${TITLES[row.metric]} ${row.statistic}`.padEnd(16) + [milliseconds(row.measuredS), milliseconds(row.simulatedS), signed(row.difference)].map((cell) => cell.padStart(12)).join("")
      + (other === undefined ? "" : signed(other).padStart(18));
  })];
}

function keyOf({ metric, statistic }: ReplayComparison): `${ReplayMetric} ${ReplayComparison["statistic"]}` { return `${metric} ${statistic}`; }

function milliseconds(seconds: number): string { return (seconds * 1e3).toFixed(1); }

function signed(share: number): string { return `${share < 0 ? "" : "+"}${(share * 100).toFixed(1)}%`; }
