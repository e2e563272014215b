/** A fitted target: the rows it was fitted on, its hyperparameters, and predictions with 80% intervals. */
import { exp, ln } from "../../core/elementary.js";
import { quantile } from "../../core/statistics.js";
import type { ChipSpec } from "../facts/chip-specs.js";
import type { Measurement } from "../facts/measurement.js";
import { makeCovariance } from "./covariance.js";
import type { Hyperparameters } from "./covariance.js";
import { describeRow, missingInput } from "./features.js";
import type { Features } from "./features.js";
import { fitHyperparameters } from "./fit-hyperparameters.js";
import { condition, leaveGroupsOut, predictLog } from "./gaussian-process.js";
import type { ConditionedProcess, LogEstimate } from "./gaussian-process.js";
import { TARGET_TABLE } from "./rate-targets.js";
import type { Target, TargetName } from "./rate-targets.js";

/** What is stored of a fit. */
export interface RateFit {
  readonly hyperparameters: Hyperparameters;
  /** Half width of the 80% interval in standard deviations: the 80% quantile of left-out residuals over their predicted deviation. */
  readonly intervalScale: number;
  readonly rows: number;
}

/** Predicted value with its 80% interval. */
export interface Prediction {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A fit with its rows. */
export interface RateModel {
  readonly target: Target;
  readonly fit: RateFit;
  readonly rows: readonly Measurement[];
  readonly chips: ReadonlyMap<string, ChipSpec>;
  readonly values: Float64Array;
  readonly process: ConditionedProcess;
}

/** Highest share of the bandwidth that a row may show: above it, its bytes or its bandwidth are wrong. */
export const MOST_ETA = 1.05;
/** Share of left-out rows that intervals are to hold. */
const COVERAGE = 0.8;
const ROUNDS = 2;
const STEPS = 30;

/**
 * Why a row cannot teach a target; undefined: it can. Depends on flags and inputs; of speeds only on the physical bound.
 * Flags are about speed: memory and the energy of a token are taken from hot runs too.
 */
export function whyNotFitted(row: Measurement, target: TargetName): string | undefined {
  const missing = missingInput(row);
  if (TARGET_TABLE[target].measured(row) === undefined) return "not measured";
  if (row.exclusion !== undefined && target !== "memory" && target !== "energy") return row.exclusion;
  if (missing !== undefined) return missing;
  const eta = ((row.streamedBytes ?? 0) * (row.decodePerS ?? 0)) / (row.bandwidthBytesPerS ?? Infinity);
  return target === "decode" && eta > MOST_ETA ? `bandwidth use above ${MOST_ETA}` : undefined;
}

/** Rows that may teach a target: energy has a table of its own. */
export function rowsOf(name: TargetName, tables: { readonly measurements: readonly Measurement[]; readonly energy: readonly Measurement[] }): readonly Measurement[] {
  return name === "energy" ? tables.energy : tables.measurements;
}

/** Fits hyperparameters on the rows that can teach the target, and the interval on chips left out. */
export function fitRateModel(name: TargetName, rows: readonly Measurement[], chips: ReadonlyMap<string, ChipSpec>): RateModel {
  const usable = rows.filter((row) => whyNotFitted(row, name) === undefined), target = TARGET_TABLE[name];
  const features = describeAll(usable, chips), values = valuesOf(target, usable, features);
  const hyperparameters = fitHyperparameters(target.terms, target.prior, features, values, ROUNDS, STEPS);
  const model = conditionModel(name, { hyperparameters, intervalScale: 1, rows: usable.length }, usable, chips);
  return { ...model, fit: { ...model.fit, intervalScale: scaleInterval(model) } };
}

/** Puts a stored fit and rows together. Rows may differ from those of the fit, as when one calibration row is added. */
export function conditionModel(name: TargetName, fit: RateFit, rows: readonly Measurement[], chips: ReadonlyMap<string, ChipSpec>): RateModel {
  const target = TARGET_TABLE[name], usable = rows.filter((row) => whyNotFitted(row, name) === undefined), features = describeAll(usable, chips);
  const values = valuesOf(target, usable, features), process = condition(makeCovariance(target.terms, fit.hyperparameters), features, values);
  return { target, fit, rows: usable, chips, values, process };
}

/** Predicts rows without looking at what they measured. */
export function predictRows(model: RateModel, rows: readonly Measurement[]): readonly Prediction[] {
  return estimatesToPredictions(model, predictLog(model.process, describeAll(rows, model.chips)), rows);
}

/** Estimates of logarithms to values with intervals. */
export function estimatesToPredictions(model: RateModel, estimates: readonly LogEstimate[], rows: readonly Measurement[]): readonly Prediction[] {
  return rows.map((row, at) => {
    const { mean, variance } = estimates[at]!, center = mean + model.target.logMean(describeRow(row, model.chips.get(row.chip)), row);
    const half = model.fit.intervalScale * Math.sqrt(variance);
    return { value: exp(center), low: exp(center - half), high: exp(center + half) };
  });
}

/**
 * Predicts each row of the model from the rows of other groups; with the chip's name as group: leave one SoC out.
 *
 * @param groups Group of each of `model.rows`.
 */
export function predictLeftOut(model: RateModel, groups: readonly string[]): readonly Prediction[] {
  return estimatesToPredictions(model, leaveGroupsOut(model.process, model.values, groups), model.rows);
}

function scaleInterval(model: RateModel): number {
  const estimates = leaveGroupsOut(model.process, model.values, model.rows.map((row) => row.chip));
  const ratios = Float64Array.from(estimates, (estimate, at) => Math.abs(model.values[at]! - estimate.mean) / Math.sqrt(estimate.variance)).sort();
  return quantile(ratios, COVERAGE);
}

function describeAll(rows: readonly Measurement[], chips: ReadonlyMap<string, ChipSpec>): readonly Features[] {
  return rows.map((row) => describeRow(row, chips.get(row.chip)));
}

function valuesOf(target: Target, rows: readonly Measurement[], features: readonly Features[]): Float64Array {
  return Float64Array.from(rows, (row, at) => ln(target.measured(row)!) - target.logMean(features[at]!, row));
}
