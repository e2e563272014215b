/**
 * Forms of heat held against recorded runs, each run predicted from the other runs: what is known of a run is whether it starts cool and
 * how fast it is in its first 30 seconds, and (for the third form) how many bytes its tokens read.
 */
import { exp } from "../core/elementary.js";
import { predictiveQuantile, quantile } from "../core/statistics.js";
import { fitHeatCurve } from "./fit-heat.js";
import type { HeatCurve, HeatCurveFit } from "./fit-heat.js";

/** first-order: as heat.ts. delayed: cold for a while, then first-order. by-bytes: delayed, to a plateau of bytes per second. */
export const HEAT_FORMS = ["first-order", "delayed", "by-bytes"] as const;
/** One of them. */
export type HeatForm = (typeof HEAT_FORMS)[number];

/** Speed of a form over time, of the cold speed. */
export interface HeatShape { readonly sustainedFraction: number; readonly heatTauS: number; readonly delayS: number }

/** One run beside the prediction from the others. */
export interface HeatScore {
  readonly name: string;
  readonly startState: string;
  readonly isCool: boolean;
  /** Mean rate of the last two minutes, of that of the first 30 s. */
  readonly measuredRatio: number;
  readonly simulatedRatio: Readonly<Record<HeatForm, number>>;
  /** Root of the mean squared error of the curve, of the first 30 s' rate. */
  readonly curveError: Readonly<Record<HeatForm, number>>;
  /** First instant of a rate below 75% of the first three samples, kept over three samples; null when never. */
  readonly below75AtS: number | null;
}

/** Seconds at the start and at the end of a run that its ratio compares. */
const FIRST_S = 30;
const LAST_S = 120;
const DELAYS_S: readonly number[] = Array.from({ length: 19 }, (_, step) => step * 5);

interface FittedRun { readonly curve: HeatCurve; readonly bytes: number | undefined; readonly plain: HeatCurveFit; readonly delayed: HeatCurveFit & { readonly delayS: number } }

/** Scores every run. `bytesOf` gives streamed bytes of a token; undefined: not known, then the plateau is that of the other forms. */
export function scoreHeat(curves: readonly HeatCurve[], bytesOf: (curve: HeatCurve) => number | undefined): readonly HeatScore[] {
  const runs = curves.map((curve): FittedRun => ({ curve, bytes: bytesOf(curve), plain: fitHeatCurve(curve), delayed: fitDelayed(curve) }));
  return runs.map((run) => scoreRun(run, runs.filter((other) => other !== run && startsCool(other.curve))));
}

/** How far a form is from the recorded runs that start cool, each predicted from the others. */
export interface HeatErrors {
  readonly runs: number;
  /** Absolute error of the ratio of the last two minutes to the first 30 s, of the measured one. */
  readonly median: number;
  readonly p90: number;
  readonly within2x: number;
  /** Share of runs whose ratio lies in the 80% interval of a next one that the other runs' ratios give; the same for every form. */
  readonly coverage: number;
  /** Median error of the whole curve, of the first 30 s' rate. */
  readonly curveError: number;
}

/** Summary of a form; undefined with fewer than three cool runs. */
export function summarizeHeatErrors(scores: readonly HeatScore[], form: HeatForm): HeatErrors | undefined {
  const cool = scores.filter((score) => score.isCool);
  if (cool.length < 3) return undefined;
  const errors = Float64Array.from(cool, (score) => Math.abs(score.simulatedRatio[form] / score.measuredRatio - 1)).sort();
  const isInside = (score: HeatScore): boolean => {
    const others = Float64Array.from(cool.filter((other) => other !== score), (other) => other.measuredRatio).sort();
    return score.measuredRatio >= predictiveQuantile(others, 0.1) && score.measuredRatio <= predictiveQuantile(others, 0.9);
  };
  return {
    runs: cool.length, median: quantile(errors, 0.5), p90: quantile(errors, 0.9), curveError: middle(cool.map((score) => score.curveError[form])),
    within2x: cool.filter((score) => score.simulatedRatio[form] / score.measuredRatio < 2 && score.simulatedRatio[form] / score.measuredRatio > 0.5).length / cool.length,
    coverage: cool.filter(isInside).length / cool.length,
  };
}

/** Medians of a form over the runs that start cool. */
export function medianShape(curves: readonly HeatCurve[], form: Exclude<HeatForm, "by-bytes">): HeatShape {
  return shapeOf(curves.filter(startsCool).map((curve) => (form === "delayed" ? fitDelayed(curve) : { ...fitHeatCurve(curve), delayS: 0 })));
}

/** Speed after some seconds of work from a cold start, of the cold speed. */
export function shapeAt({ sustainedFraction, heatTauS, delayS }: HeatShape, s: number): number {
  return sustainedFraction + (1 - sustainedFraction) * exp(-Math.max(0, s - delayS) / heatTauS);
}

/** Whether the phone said at the start that it was not hot. */
export function startsCool({ startState }: Pick<HeatCurve, "startState">): boolean { return startState === "nominal" || startState === "fair"; }

/** Mean rate in the first 30 s of a run. */
export function firstRate({ seconds, tokensPerS }: Pick<HeatCurve, "seconds" | "tokensPerS">): number {
  return meanWhere(tokensPerS, (at) => seconds[at]! - seconds[0]! < FIRST_S);
}

/** The delay with the least squared error, and the fit from there on. */
export function fitDelayed(curve: HeatCurve): HeatCurveFit & { readonly delayS: number } {
  return DELAYS_S.map((delayS) => ({ ...fitHeatCurve({ ...curve, seconds: curve.seconds.map((second) => Math.max(0, second - delayS)) }), delayS }))
    .reduce((best, next) => (next.relativeRmse * next.coldTokensPerS < best.relativeRmse * best.coldTokensPerS ? next : best));
}

function scoreRun({ curve, bytes }: FittedRun, others: readonly FittedRun[]): HeatScore {
  const isCool = startsCool(curve), plain = shapeOf(others.map((other) => ({ ...other.plain, delayS: 0 }))), delayed = shapeOf(others.map((other) => other.delayed));
  const plateaus = others.flatMap((other) => (other.bytes === undefined ? [] : [other.bytes * other.delayed.coldTokensPerS * other.delayed.sustainedFraction]));
  const byBytes = bytes === undefined || plateaus.length === 0 ? delayed : { ...delayed, sustainedFraction: Math.min(1, middle(plateaus) / (bytes * firstRate(curve))) };
  const shapes: Readonly<Record<HeatForm, HeatShape>> = { "first-order": plain, "delayed": delayed, "by-bytes": byBytes };
  const simulated = byForm((form) => ({ ...curve, tokensPerS: curve.seconds.map((second) => (isCool ? shapeAt(shapes[form], second) : 1)) }));
  return {
    name: curve.name, startState: curve.startState, isCool, measuredRatio: ratioOf(curve), below75AtS: findDrop(curve),
    simulatedRatio: byForm((form) => ratioOf(simulated[form])), curveError: byForm((form) => errorOf(curve, simulated[form])),
  };
}

function byForm<T>(make: (form: HeatForm) => T): Readonly<Record<HeatForm, T>> {
  return Object.fromEntries(HEAT_FORMS.map((form) => [form, make(form)])) as Record<HeatForm, T>;
}

function shapeOf(fits: readonly (HeatCurveFit & { readonly delayS: number })[]): HeatShape {
  return { sustainedFraction: middle(fits.map((fit) => fit.sustainedFraction)), heatTauS: middle(fits.map((fit) => fit.heatTauS)), delayS: middle(fits.map((fit) => fit.delayS)) };
}

function ratioOf(curve: HeatCurve): number {
  const end = curve.seconds[curve.seconds.length - 1]!;
  return meanWhere(curve.tokensPerS, (at) => end - curve.seconds[at]! < LAST_S) / firstRate(curve);
}

function errorOf(measured: HeatCurve, simulated: HeatCurve): number {
  const own = firstRate(measured), other = firstRate(simulated);
  let sum = 0;
  for (let at = 0; at < measured.seconds.length; at++) sum += (measured.tokensPerS[at]! / own - simulated.tokensPerS[at]! / other) ** 2;
  return Math.sqrt(sum / measured.seconds.length);
}

function findDrop({ seconds, tokensPerS }: HeatCurve): number | null {
  const start = meanWhere(tokensPerS, (at) => at < 3), limit = 0.75 * start;
  const found = seconds.findIndex((_, at) => tokensPerS[at]! < limit && meanWhere(tokensPerS, (other) => other >= at && other < at + 3) < limit);
  return found < 0 ? null : seconds[found]!;
}

function meanWhere(values: readonly number[], isTaken: (at: number) => boolean): number {
  let sum = 0, count = 0;
  for (let at = 0; at < values.length; at++) if (isTaken(at)) { sum += values[at]!; count++; }
  return sum / count;
}

function middle(values: readonly number[]): number { return quantile(Float64Array.from(values).sort(), 0.5); }
