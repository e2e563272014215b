/** A fitted target: the rows it was fitted on, its hyperparameters, and predictions with 80% intervals. */
import { exp, ln } from "../../core/elementary.js";
import type { ChipSpec } from "../facts/chip-specs.js";
import type { Measurement } from "../facts/measurement.js";
import { blockOf } from "./calibrators.js";
import { makeCovariance } from "./covariance.js";
import type { Hyperparameters } from "./covariance.js";
import type { Constants } from "./decode-time.js";
import { describeRow, missingInput } from "./features.js";
import type { Features } from "./features.js";
import { condition, leaveGroupsOut, predictLog } from "./gaussian-process.js";
import type { ConditionedProcess, LogEstimate } from "./gaussian-process.js";
import { TARGET_TABLE, taughtValue } from "./rate-targets.js";
import type { Target, TargetName } from "./rate-targets.js";

/** What is stored of a fit. */
export interface RateFit {
  readonly hyperparameters: Hyperparameters;
  /** Half width of the 80% interval in standard deviations: the 80% quantile of left-out residuals over their predicted deviation. */
  readonly intervalScale: number;
  /** The same for rows whose chip, stack and accelerator some known row shares: that row says less than the covariance holds. */
  readonly calibratedScale: number;
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

/**
 * Why a row cannot teach a target; undefined: it can. Depends on flags and inputs; of speeds only on the physical bound.
 * Flags are about speed: memory and the energy of a token are taken from hot runs too.
 */
export function whyNotFitted(row: Measurement, target: TargetName): string | undefined {
  const missing = missingInput(row);
  if (taughtValue(TARGET_TABLE[target], row) === undefined) return "not measured";
  if (row.exclusion !== undefined && target !== "memory" && target !== "energy") return row.exclusion;
  if (missing !== undefined) return missing;
  const eta = ((row.streamedBytes ?? 0) * (row.decodePerS ?? 0)) / (row.bandwidthBytesPerS ?? Infinity);
  return target === "decode" && eta > MOST_ETA ? `bandwidth use above ${MOST_ETA}` : undefined;
}

/** Rows that may teach a target: energy has a table of its own. */
export function rowsOf(name: TargetName, tables: { readonly measurements: readonly Measurement[]; readonly energy: readonly Measurement[] }): readonly Measurement[] {
  return name === "energy" ? tables.energy : tables.measurements;
}

/** Puts a stored fit and rows together. Rows may differ from those of the fit, as when one calibration row is added. */
export function conditionModel(name: TargetName, fit: RateFit, rows: readonly Measurement[], chips: ReadonlyMap<string, ChipSpec>): RateModel {
  const target = TARGET_TABLE[name], usable = rows.filter((row) => whyNotFitted(row, name) === undefined), features = describeAll(usable, chips);
  const values = valuesOf(target, usable, features, fit.hyperparameters.constants), process = condition(makeCovariance(target.terms, fit.hyperparameters), features, values);
  return { target, fit, rows: usable, chips, values, process };
}

/** Predicts rows without looking at what they measured. */
export function predictRows(model: RateModel, rows: readonly Measurement[]): readonly Prediction[] {
  return estimatesToPredictions(model, predictLog(model.process, describeAll(rows, model.chips)), rows, model.rows);
}

/**
 * Estimates of logarithms to values with intervals.
 *
 * @param known Rows that the estimates rest on: those that share an asked row's chip, stack and accelerator widen its scale to the calibrated one.
 */
export function estimatesToPredictions(
  model: RateModel, estimates: readonly LogEstimate[], rows: readonly Measurement[], known: readonly Measurement[],
): readonly Prediction[] {
  const { intervalScale, calibratedScale, hyperparameters } = model.fit, blocks = new Set(known.map(blockOf));
  return rows.map((row, at) => {
    const { mean, variance } = estimates[at]!, features = describeRow(row, model.chips.get(row.chip));
    const center = mean + model.target.logMean(features, row, hyperparameters.constants);
    const half = (blocks.has(blockOf(row)) ? calibratedScale : intervalScale) * Math.sqrt(variance);
    return { value: exp(center), low: exp(center - half), high: exp(center + half) };
  });
}

/**
 * Predicts each row of the model from the rows of other groups; with the chip's name as group: leave one SoC out.
 *
 * @param groups Group of each of `model.rows`.
 */
export function predictLeftOut(model: RateModel, groups: readonly string[]): readonly Prediction[] {
  return estimatesToPredictions(model, leaveGroupsOut(model.process, model.values, groups), model.rows, []);
}

/** Features of rows. */
export function describeAll(rows: readonly Measurement[], chips: ReadonlyMap<string, ChipSpec>): readonly Features[] {
  return rows.map((row) => describeRow(row, chips.get(row.chip)));
}

/** Logarithms of what rows teach, less the physical mean. Shape [n]. */
export function valuesOf(target: Target, rows: readonly Measurement[], features: readonly Features[], constants: Constants): Float64Array {
  return Float64Array.from(rows, (row, at) => ln(taughtValue(target, row)!) - target.logMean(features[at]!, row, constants));
}
