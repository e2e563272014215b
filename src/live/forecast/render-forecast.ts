/** Tables and the figure of a forecast beside what was measured. Markdown. */
import { estimateMean, type MeanEstimate, quantile } from "../../core/statistics.js";
import type { Part } from "../../hosted/host-costs.js";
import type { Figure } from "../../report/figure.js";
import { type ForecastPoint, makeLiveForecast } from "../../report/figures/live-forecast.js";
import { renderRows } from "../../report/render-rows.js";
import { LIGHT_THEME } from "../../report/theme.js";
import { NEVER_S, tellingRounds, TRIED_S, type Waits } from "./burst-waits.js";
import type { Comparison } from "./compare-live.js";
import { isWithinTarget, type LoadFigures, scoreForecast, type ScoredFigure } from "./score-forecast.js";

const NAMES: Readonly<Record<ScoredFigure["figure"], string>> = {
  "ttft.p50": "TTFT p50 (ms)", "ttft.p95": "TTFT p95 (ms)", "tpot.p50": "TPOT p50 (ms)", "tpot.p95": "TPOT p95 (ms)",
  "latency.p50": "end to end p50 (ms)", "latency.p95": "end to end p95 (ms)", "throughput": "throughput (answers/s)",
};

/** Live and simulated side by side, with the error and what was promised. */
export function renderForecast(found: readonly LoadFigures[]): string {
  const rows = scoreForecast(found).map((scored) => {
    const { load, ratePerS, figure, live, simulated, error, target } = scored, scale = scaleOf(figure);
    return [`${Math.round(100 * load)}%`, ratePerS.toFixed(2), NAMES[figure], showMean(live, scale), showMean(simulated, scale), showPercent(error), target === undefined ? "none" : `${100 * target}%`, target === undefined ? "" : isWithinTarget(scored) ? "yes" : "no"];
  });
  return renderRows(["load", "questions/s", "figure", "live", "simulated", "error", "allowed", "within"], rows, "md");
}

/** Questions of each load in each replication: asked, answered, and answered as the rehearsal had it. */
export function renderConservation(found: readonly LoadFigures[]): string {
  return renderRows(["replication", "load", "asked", "answered live", "answered as rehearsed"], found.map(({ replication, load, asked, answered, asRehearsed }) => [replication + 1, `${Math.round(100 * load)}%`, asked, answered, asRehearsed]), "md");
}

/** What the simulation was given: all measured before the loads. */
export function renderCosts({ costs: { costs, stealing, aloneCount, aloneLatencyS, saturationPerS } }: Comparison): string {
  const { capacity, sliceS, stealS, load, personal, relay, gateway, ledger, models, spreads } = costs, telling = tellingRounds(stealing.rounds), roles: Readonly<Record<string, object>> = { load, personal, relay, gateway, ledger, models };
  return renderRows(["measured before any load", "value"], [
    ...capacity.map((each, i) => [`work of ${i + 1} busy processors, of one alone`, each.toPrecision(3)]), ["a thread keeps its processor while others wait (ms)", showMs(sliceS)],
    ["a thread waits before an idle processor takes it over (ms)", showStealing(stealS)], ["rounds of bursts without other programs", `${telling.length} of ${stealing.rounds.length}`], ["waits of bursts, measured: mean, p95 (ms)", showWaits(telling.map(({ waits }) => waits))],
    ...TRIED_S.map((tried, place) => [`the same, simulated, taken over after (ms): ${showStealing(tried)}`, showWaits(telling.map(({ trials }) => trials[place]!.waits))]),
    ...Object.entries(roles).flatMap(([role, parts]) => (Object.entries(parts) as [string, Part | number][]).map(([what, cost]) => [`${role}: ${wordsOf(what)} (ms)`, showPart(cost)])),
    ...Object.entries(spreads).map(([stage, factors]) => [`${wordsOf(stage)}: p95 over the mean`, quantile([...factors].sort((a, b) => a - b), 0.95).toFixed(1)]),
    [`latency of ${aloneCount} questions alone, p50, live (ms)`, showMs(aloneLatencyS.live)], ["the same by the fit (ms)", showMs(aloneLatencyS.simulated)],
    ["saturation, live (answers/s)", saturationPerS.live.toPrecision(3)], ["saturation, simulated (answers/s)", saturationPerS.simulated.toPrecision(3)],
  ], "md");
}

/** "afterQuestionS" as "after question". */
function wordsOf(name: string): string { return name.replace(/S$/, "").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`); }

function showMs(seconds: number): string { return (1000 * seconds).toPrecision(3); }

function showStealing(seconds: number): string { return seconds >= NEVER_S ? "never" : String(1000 * seconds); }

/** Means over rounds. */
function showWaits(rounds: readonly Waits[]): string { return rounds.length === 0 ? "none" : [rounds.map(({ meanS }) => meanS), rounds.map(({ p95S }) => p95S)].map((each) => showMs(estimateMean(each).mean)).join(", "); }

function showPart(cost: Part | number): string {
  if (typeof cost === "number") return showMs(cost);
  return cost.heldS > 0 ? `${showMs(cost.workS)} and ${showMs(cost.heldS)} of waiting` : showMs(cost.workS);
}

/** Times against load, live and simulated. */
export function makeForecastFigure(found: readonly LoadFigures[]): Figure {
  const points = scoreForecast(found).filter(({ figure }) => figure !== "throughput").flatMap(({ load, figure, live, simulated }): ForecastPoint[] => {
    const of = (source: ForecastPoint["source"], { mean, halfWidth95 }: MeanEstimate): ForecastPoint => ({ source, figure: NAMES[figure].replace(" (ms)", ""), load, ms: 1000 * mean, halfWidthMs: Number.isFinite(halfWidth95) ? 1000 * halfWidth95 : 0 });
    return [of("live", live), of("simulated", simulated)];
  });
  const worst = Math.max(...scoreForecast(found).filter(({ figure, target }) => figure === "ttft.p50" && target !== undefined).map(({ error: { mean } }) => Math.abs(mean)));
  return makeLiveForecast(points, worst, LIGHT_THEME);
}

function scaleOf(figure: ScoredFigure["figure"]): number { return figure === "throughput" ? 1 : 1000; }

function showMean({ mean, halfWidth95 }: MeanEstimate, scale: number): string {
  return Number.isFinite(halfWidth95) ? `${(scale * mean).toPrecision(3)} ±${(scale * halfWidth95).toPrecision(2)}` : (scale * mean).toPrecision(3);
}

function showPercent({ mean, halfWidth95 }: MeanEstimate): string {
  const sign = mean < 0 ? "−" : "+", width = Number.isFinite(halfWidth95) ? ` ±${(100 * halfWidth95).toFixed(1)}` : "";
  return `${sign}${(100 * Math.abs(mean)).toFixed(1)}%${width}`;
}
