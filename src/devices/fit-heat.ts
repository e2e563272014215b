/**
 * Sustained speed and time constant from decode rates recorded over minutes of continuous work.
 *
 * Model: rate(t) = cold * (f + (1 - f) e^(-t / tau)), the rate of `heat.ts` for a start at heat 0. For each tau on a grid the two
 * other numbers are linear least squares; the tau with the least squared error wins. Only runs that start cool tell about f and tau.
 */
import { exp } from "../core/elementary.js";
import { quantile } from "../core/statistics.js";
import { DataError } from "../core/errors.js";
import { parseNumberedCsv } from "./parse-csv.js";

/** One recorded run. */
export interface HeatCurve {
  readonly name: string;
  /** Thermal state that the phone reported at the start. */
  readonly startState: string;
  readonly seconds: readonly number[];
  readonly tokensPerS: readonly number[];
}

/** Parameters of one run. */
export interface HeatCurveFit {
  readonly name: string;
  readonly startState: string;
  readonly coldTokensPerS: number;
  readonly sustainedFraction: number;
  readonly heatTauS: number;
  /** Root of the mean squared error, of the cold rate. */
  readonly relativeRmse: number;
}

/** Medians over runs that start cool. */
export interface HeatSummary {
  readonly sustainedFraction: number;
  readonly heatTauS: number;
  readonly curves: number;
}

const TAU_GRID_S: readonly number[] = Array.from({ length: 81 }, (_, step) => 8 * exp((step * 3.5) / 80));

/**
 * Reads recorded runs: columns backend, accelerator, model, thermal_init, source_file, sample_index (seconds), decode_tps. Stalls (0) are left out.
 *
 * @throws {DataError} when the text is not such a table, or a number is none: naming line, column and value.
 */
export function parseHeatCurves(text: string, file: string): readonly HeatCurve[] {
  const curves = new Map<string, { name: string; startState: string; seconds: number[]; tokensPerS: number[] }>();
  for (const { row, line } of parseNumberedCsv(text, file)) {
    const read = (column: string): number => readNumber(row[column], column, `${file}:${line}`), rate = read("decode_tps");
    const key = row["source_file"] ?? `${row["backend"] ?? ""} ${row["model"] ?? ""}`;
    const curve = curves.get(key) ?? {
      name: `${row["backend"] ?? ""} ${row["accelerator"] ?? ""} ${row["model"] ?? ""}`, startState: row["thermal_init"] ?? "", seconds: [], tokensPerS: [],
    };
    curves.set(key, curve);
    if (!(rate > 0)) continue;
    curve.seconds.push(read("sample_index"));
    curve.tokensPerS.push(rate);
  }
  return [...curves.values()];
}

function readNumber(text: string | undefined, column: string, where: string): number {
  const value = text === undefined || text.trim() === "" ? NaN : Number(text);
  if (value >= 0 && value < Infinity) return value;
  throw new DataError({ subject: column, rule: "be a number from 0", got: text, where, hint: "Leave lines without a sample out; the rate of a stall is 0." });
}

/** Fits one run. The sustained fraction is at most 1. */
export function fitHeatCurve(curve: HeatCurve): HeatCurveFit {
  let best = { error: Infinity, tauS: NaN, plateau: NaN, fade: NaN };
  for (const tauS of TAU_GRID_S) {
    const line = fitLinear(curve.seconds.map((second) => exp(-second / tauS)), curve.tokensPerS);
    const fade = Math.max(0, line.slope), plateau = fade > 0 ? line.intercept : mean(curve.tokensPerS);
    if (!(plateau > 0)) continue;
    let error = 0;
    for (let i = 0; i < curve.seconds.length; i++) error += (plateau + fade * exp(-curve.seconds[i]! / tauS) - curve.tokensPerS[i]!) ** 2;
    if (error < best.error) best = { error, tauS, plateau, fade };
  }
  const cold = best.plateau + best.fade;
  return {
    name: curve.name, startState: curve.startState, coldTokensPerS: cold, sustainedFraction: best.plateau / cold, heatTauS: best.tauS,
    relativeRmse: Math.sqrt(best.error / curve.seconds.length) / cold,
  };
}

/** Medians over the runs that start in thermal state nominal or fair. */
export function summarizeHeat(fits: readonly HeatCurveFit[]): HeatSummary {
  const cool = fits.filter((fit) => fit.startState === "nominal" || fit.startState === "fair");
  return {
    sustainedFraction: medianOf(cool.map((fit) => fit.sustainedFraction)), heatTauS: medianOf(cool.map((fit) => fit.heatTauS)), curves: cool.length,
  };
}

function fitLinear(xs: readonly number[], ys: readonly number[]): { readonly slope: number; readonly intercept: number } {
  const xMean = mean(xs), yMean = mean(ys);
  let xy = 0, xx = 0;
  for (let i = 0; i < xs.length; i++) { xy += (xs[i]! - xMean) * (ys[i]! - yMean); xx += (xs[i]! - xMean) ** 2; }
  const slope = xx > 0 ? xy / xx : 0;
  return { slope, intercept: yMean - slope * xMean };
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function medianOf(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}
