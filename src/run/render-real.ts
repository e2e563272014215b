/** Experiment 12 as tables and figures: simulated beside real. */
import type { HeatCurve } from "../devices/fit-heat.js";
import type { PredictorFolds } from "../devices/fit/folds.js";
import { isHandheld } from "../devices/fit/score.js";
import type { ErrorSummary, ScoredRow } from "../devices/fit/score.js";
import { firstRate, HEAT_FORMS, medianShape, shapeAt, startsCool } from "../devices/score-heat.js";
import type { HeatScore, HeatShape } from "../devices/score-heat.js";
import type { Figure } from "../report/figure.js";
import { makeErrorCdf } from "../report/figures/error-cdf.js";
import { makeHeatCurves } from "../report/figures/heat-curves.js";
import type { HeatPoint } from "../report/figures/heat-curves.js";
import { makeHeatRatios } from "../report/figures/heat-ratios.js";
import { makePredictedMeasured } from "../report/figures/predicted-measured.js";
import { makeServerDifferences } from "../report/figures/server-differences.js";
import { renderRows } from "../report/render-rows.js";
import { LIGHT_THEME } from "../report/theme.js";
import { PUBLISHED_ERRORS } from "../tiers/published-errors.js";
import type { ServerComparison } from "./compare-servers.js";

/** Predictions of one predictor with each chip left out. */
export interface FoldScores { readonly predictor: string; readonly scored: readonly ScoredRow[] }

const QUANTITIES = { ttftS: "TTFT", tpotS: "TPOT", latencyS: "latency" } as const;
const KINDS = ["recorded", "simulated, first-order", "simulated, delayed"] as const;
const SIMULATED_STEP_S = 5;

/** Summary of each predictor over all rows and over phones and tablets. Markdown. */
export function renderFoldSummary(folds: readonly PredictorFolds[]): string {
  const cells = (errors: ErrorSummary | undefined): string[] => errors === undefined ? Array.from({ length: 6 }, () => "") : [
    String(errors.rows), ...[errors.median, errors.p90, errors.within2x, errors.macroMedian, errors.coverage].map(percent)];
  return renderRows(["predictor", "rows of", "rows", "median error", "P90", "within 2x", "median SoC", "in 80% interval"],
    folds.flatMap(({ predictor, all, handheld }) => [[predictor, "all", ...cells(all)], [predictor, "phones, tablets", ...cells(handheld)]]), "md");
}

/** Median error of every fold, one column per predictor, chips by their number of rows. Markdown. */
export function renderFolds(folds: readonly PredictorFolds[]): string {
  const chips = new Map(folds.flatMap((table) => table.folds.map(({ chip, errors }) => [chip, errors.rows] as const)).reverse());
  const all = [...chips.keys()].map((chip) => ({ chip, own: folds.map((table) => table.folds.find((fold) => fold.chip === chip)?.errors) }));
  const rowsOf = ({ own }: (typeof all)[number]): number => own[0]?.rows ?? 0;
  return renderRows(["SoC left out", "rows", ...folds.map(({ predictor }) => predictor)],
    all.sort((a, b) => rowsOf(b) - rowsOf(a) || (a.chip < b.chip ? -1 : 1)).map((entry) => [entry.chip, String(rowsOf(entry)), ...entry.own.map((errors) => percent(errors?.median))]), "md");
}

/** Every run of the recorded phone, predicted from the others. Markdown. */
export function renderHeatScores(scores: readonly HeatScore[]): string {
  const numbers = (values: Readonly<Record<string, number>>): string[] => HEAT_FORMS.map((form) => values[form]!.toFixed(3));
  return renderRows(["run", "starts", "ratio recorded", ...HEAT_FORMS.map((form) => `ratio ${form}`), ...HEAT_FORMS.map((form) => `curve error ${form}`), "below 75% at s"],
    scores.map((score) => [score.name, score.startState, score.measuredRatio.toFixed(3), ...numbers(score.simulatedRatio), ...numbers(score.curveError), score.below75AtS === null ? "never" : score.below75AtS.toFixed(0)]), "md");
}

/** Medians over cool and hot starts: absolute error of the ratio and of the curve by form. */
export function summarizeHeatScores(scores: readonly HeatScore[]): Readonly<Record<string, number>> {
  const groups = { cool: scores.filter(({ isCool }) => isCool), hot: scores.filter(({ isCool }) => !isCool) };
  return Object.fromEntries(Object.entries(groups).flatMap(([name, own]) => [
    [`${name}.runs`, own.length], [`${name}.ratio`, median(own.map(({ measuredRatio }) => measuredRatio))],
    ...HEAT_FORMS.flatMap((form) => [
      [`${name}.${form}.ratioError`, median(own.map(({ measuredRatio, simulatedRatio }) => Math.abs(simulatedRatio[form] - measuredRatio)))],
      [`${name}.${form}.curveError`, median(own.map(({ curveError }) => curveError[form]))]]),
  ]) as [string, number][]);
}

/** Measured, simulated, difference. Markdown. */
export function renderServers(rows: readonly ServerComparison[]): string {
  return renderRows(["run", "simulator", "quantity", "statistic", "measured s", "simulated s", "difference"], rows.map(({ run, simulator, metric, statistic, measuredS, simulatedS, difference }) =>
    [run, simulator, QUANTITIES[metric], statistic, measuredS.toPrecision(5), simulatedS.toPrecision(5), `${difference >= 0 ? "+" : "−"}${(100 * Math.abs(difference)).toFixed(2)}%`]), "md");
}

/** What other simulators report about themselves. Markdown. */
export function renderPublishedErrors(): string {
  return renderRows(["simulator", "study", "TTFT", "TPOT", "latency", "source"], PUBLISHED_ERRORS.map((row) => [row.simulator, row.study, row.ttft, row.tpot, row.latency, row.source]), "md");
}

/** One row by one predictor. Tokens/s. Simple predictors have no interval. */
export interface PredictionRow {
  readonly predictor: string;
  readonly id: string;
  readonly chip: string;
  readonly isHandheld: boolean;
  readonly measured: number;
  readonly predicted: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Every row by every predictor: what the figures of the speed part are drawn from. */
export function listPredictions(scores: readonly FoldScores[]): readonly PredictionRow[] {
  return scores.flatMap(({ predictor, scored }) => scored.map(({ row, measured, predicted }): PredictionRow => (
    { predictor, id: row.id, chip: row.chip, isHandheld: isHandheld(row), measured, predicted: predicted.value, low: predicted.low ?? null, high: predicted.high ?? null })));
}

/** Figures of the speed part: the last but one predictor is ours without calibration. */
export function makeFoldFigures(rows: readonly PredictionRow[], folds: readonly PredictorFolds[]): readonly Figure[] {
  const { predictor: ours, all } = folds[folds.length - 2]!, of = (name: string): readonly PredictionRow[] => rows.filter(({ predictor }) => predictor === name);
  return [
    makePredictedMeasured(of(ours).map(({ measured, predicted, low, high, isHandheld: handheld }) => ({ measured, predicted, low: low!, high: high!, isHandheld: handheld })), all.median, all.coverage!, LIGHT_THEME),
    makeErrorCdf(folds.map(({ predictor }) => ({ predictor, errors: of(predictor).map(({ measured, predicted }) => Math.abs(predicted / measured - 1)) })), LIGHT_THEME),
  ];
}

/** Figures of the heat part. */
export function makeHeatFigures(curves: readonly HeatCurve[], scores: readonly HeatScore[]): readonly Figure[] {
  const error = summarizeHeatScores(scores), points = curves.flatMap((curve) => {
    const first = firstRate(curve), panel = startsCool(curve) ? "cool" as const : "hot" as const;
    return curve.seconds.map((second, at): HeatPoint => ({ run: `${curve.name} ${curve.startState}`, panel, kind: KINDS[0], minutes: second / 60, share: curve.tokensPerS[at]! / first })).filter(({ minutes }) => minutes <= 10);
  });
  const shapes = [medianShape(curves, "first-order"), medianShape(curves, "delayed")], title = `First-order heat misses recorded runs that it has not seen by ${percent(error["cool.first-order.curveError"])} of their first speed; a delay brings ${percent(error["cool.delayed.curveError"])}`;
  const simulated = shapes.flatMap((shape, at) => [...simulate(shape, KINDS[at + 1]!), ...(at === 0 ? [0, 10].map((minutes): HeatPoint => ({ run: KINDS[1], panel: "hot", kind: KINDS[1], minutes, share: 1 })) : [])]);
  return [makeHeatCurves([...points, ...simulated], KINDS, title, LIGHT_THEME), makeRatioFigure(scores)];
}

/** The figure of how much each run slows down. */
export function makeRatioFigure(scores: readonly HeatScore[]): Figure { return makeHeatRatios(scores, LIGHT_THEME); }

/** The figure of the server part. */
export function makeServerFigure(rows: readonly ServerComparison[]): Figure {
  return makeServerDifferences(rows.filter(({ statistic }) => statistic === "mean").map(({ run, simulator, metric, difference }) => ({ run, simulator, quantity: QUANTITIES[metric], difference })), LIGHT_THEME);
}

function simulate(shape: HeatShape, kind: string): readonly HeatPoint[] {
  const seconds = Array.from({ length: 121 }, (_, step) => step * SIMULATED_STEP_S), first = firstRate({ seconds, tokensPerS: seconds.map((second) => shapeAt(shape, second)) });
  return seconds.map((second) => ({ run: kind, panel: "cool", kind, minutes: second / 60, share: shapeAt(shape, second) / first }));
}

function percent(share: number | undefined): string { return share === undefined ? "" : `${(100 * share).toFixed(1)}%`; }

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length / 2;
  return sorted.length === 0 ? 0 : (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
