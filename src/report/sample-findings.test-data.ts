/**
 * Made-up findings for tests of tables and figures. Nothing here is a result: the numbers are chosen so that every metric, a padded pair,
 * a collapsed market and a missing metric occur.
 */
import { METRICS } from "../metrics/metric-catalogue.js";
import type { Findings, Histogram } from "../metrics/findings.js";
import type { CellFindings } from "./aggregate.js";

interface SamplePolicy { readonly routing: string; readonly padding: string; readonly metrics: Readonly<Record<string, number>>; readonly medianS: number }

const POLICIES: readonly SamplePolicy[] = [
  policy("p-only", "none", 2.9, { "leak.consult.auc": 0.5, "ttft.p95": 11.8, "money.perUserDay": 0.00003, "correct.fraction": 0.54, "answered.fraction": 0.97, "energy.compute": 21, "energy.radio": 0, "energy.screen": 24, "route.personal": 1, "route.expert": 0, "route.general": 0, "route.fallback": 0, "market.participation": 0.74, "market.criticalMass": 0.26, "market.foldMargin": 0.02 }),
  policy("t-only", "none", 0.9, { "leak.consult.auc": 0.62, "ttft.p95": 3.1, "money.perUserDay": 0.021, "correct.fraction": 0.72, "answered.fraction": 0.95, "energy.compute": 0, "energy.radio": 6.5, "energy.screen": 15, "route.personal": 0, "route.expert": 0, "route.general": 0.93, "route.fallback": 0.07, "market.participation": 0, "market.foldMargin": -0.004 }),
  policy("always-expert", "none", 1.4, { "leak.consult.auc": 0.965, "ttft.p95": 4.6, "money.perUserDay": 0.0042, "correct.fraction": 0.735, "answered.fraction": 0.96, "energy.compute": 6, "energy.radio": 6.1, "energy.screen": 16, "route.personal": 0.02, "route.expert": 0.86, "route.general": 0, "route.fallback": 0.12, "market.participation": 0.9, "market.criticalMass": 0.1, "market.foldMargin": 0.03 }),
  policy("cascade", "none", 1.6, { "leak.consult.auc": 0.94, "ttft.p95": 5.2, "money.perUserDay": 0.0031, "correct.fraction": 0.781, "answered.fraction": 0.965, "energy.compute": 11, "energy.radio": 3.9, "energy.screen": 18, "route.personal": 0.45, "route.expert": 0.48, "route.general": 0.03, "route.fallback": 0.04, "market.participation": 0.93, "market.criticalMass": 0.07, "market.foldMargin": 0.036 }),
  policy("cascade", "constant", 1.7, { "leak.consult.auc": 0.71, "ttft.p95": 5.6, "money.perUserDay": 0.0032, "correct.fraction": 0.78, "answered.fraction": 0.964, "energy.compute": 11, "energy.radio": 4.6, "energy.screen": 18, "route.personal": 0.45, "route.expert": 0.47, "route.general": 0.03, "route.fallback": 0.05, "market.participation": 0.92, "market.criticalMass": 0.08, "market.foldMargin": 0.035 }),
];

/** Cells of five scenarios with the given number of replications. */
export function sampleCells(replications: number = 12): readonly CellFindings[] {
  return POLICIES.flatMap(({ routing, padding, metrics, medianS }, p) => Array.from({ length: replications }, (_, replication): CellFindings => ({
    label: padding === "none" ? routing : `${routing}, padding=${padding}`,
    axes: { "routing.kind": routing, "protocol.padding": padding }, replication,
    findings: findingsOf(metrics, medianS, wobble(p * 31 + replication)),
  })));
}

function policy(routing: string, padding: string, medianS: number, metrics: Readonly<Record<string, number>>): SamplePolicy {
  return { routing, padding, metrics, medianS };
}

/** A number from -1 to 1 that looks irregular. */
function wobble(i: number): number {
  return ((i * 7919 + 104_729) % 1009) / 504.5 - 1;
}

function findingsOf(given: Readonly<Record<string, number>>, medianS: number, shake: number): Findings {
  const metrics: Record<string, number> = {};
  METRICS.forEach(({ name, answer }, m) => {
    const value = given[name] ?? (answer === "economics" || name === "leak.consult.auc.low" || name === "leak.consult.auc.high" ? undefined : (m % 9 + 1) / 10);
    if (value !== undefined) metrics[name] = value === 0 || name.startsWith("market.") || value === 1 ? value : value * (1 + 0.02 * shake);
  });
  const auc = metrics["leak.consult.auc"]!;
  metrics["leak.consult.auc.low"] = auc - 0.015;
  metrics["leak.consult.auc.high"] = auc + 0.015;
  if (given["market.participation"]! > 0) metrics["market.agentParticipation"] = given["market.participation"]! - 0.004 + 0.002 * shake;
  return { metrics, histograms: { ttft: histogramAround(medianS * (1 + 0.02 * shake)) }, warnings: ["quality is assumed, not measured; all findings on right answers depend on it."] };
}

/** A skewed histogram over log bins of 1.6% width from 0.1 s, its middle near the median. */
function histogramAround(medianS: number): Histogram {
  const edges = Array.from({ length: 401 }, (_, i) => Number((0.1 * 1.016 ** i).toPrecision(8)));
  const counts = edges.slice(1).map((edge) => {
    const z = Math.log(edge / medianS) / (edge < medianS ? 0.45 : 0.7);
    return Math.round(1000 * Math.exp(-0.5 * z * z));
  });
  return { unit: "s", edges, counts };
}
