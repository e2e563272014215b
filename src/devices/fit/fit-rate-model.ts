/** Fits a target: hyperparameters by marginal likelihood, then the scales of its intervals on chips left out. */
import { quantile } from "../../core/statistics.js";
import type { ChipSpec } from "../facts/chip-specs.js";
import type { Measurement } from "../facts/measurement.js";
import { chooseCalibrators } from "./calibrators.js";
import { fitHyperparameters } from "./fit-hyperparameters.js";
import { leaveGroupsOut } from "./gaussian-process.js";
import type { LogEstimate } from "./gaussian-process.js";
import { leaveChipsOut } from "./leave-chips-out.js";
import { conditionModel, describeAll, valuesOf, whyNotFitted } from "./rate-model.js";
import type { RateModel } from "./rate-model.js";
import { TARGET_TABLE } from "./rate-targets.js";
import type { TargetName } from "./rate-targets.js";

/** Share of left-out rows that intervals are to hold. */
export const COVERAGE = 0.8;
const ROUNDS = 2;
const STEPS = 30;

/** Fits hyperparameters on the rows that can teach the target, and the intervals on chips left out. */
export function fitRateModel(name: TargetName, rows: readonly Measurement[], chips: ReadonlyMap<string, ChipSpec>): RateModel {
  const usable = rows.filter((row) => whyNotFitted(row, name) === undefined), target = TARGET_TABLE[name], features = describeAll(usable, chips);
  const hyperparameters = fitHyperparameters({
    terms: target.terms, prior: target.prior, constants: target.constants, features, valuesAt: (constants) => valuesOf(target, usable, features, constants),
  }, ROUNDS, STEPS);
  const model = conditionModel(name, { hyperparameters, intervalScale: 1, calibratedScale: 1, rows: usable.length }, usable, chips);
  return { ...model, fit: { ...model.fit, intervalScale: scaleInterval(model), calibratedScale: scaleCalibrated(model) } };
}

function scaleInterval(model: RateModel): number {
  const estimates = leaveGroupsOut(model.process, model.values, model.rows.map((row) => row.chip));
  return quantile(Float64Array.from(estimates, (estimate, at) => deviationsOff(estimate, model.values[at]!)).sort(), COVERAGE);
}

/** Each chip left out but for one row per stack and accelerator. The plain scale when no other row is left to score. */
function scaleCalibrated(model: RateModel): number {
  const calibrators = chooseCalibrators(model.rows), scored = model.rows.flatMap((row, at) => (calibrators.has(row) ? [] : [at]));
  if (scored.length === 0) return scaleInterval(model);
  const left = leaveChipsOut(model, scored.map((at) => model.rows[at]!), calibrators);
  return quantile(Float64Array.from(left, ({ estimate }, at) => deviationsOff(estimate, model.values[scored[at]!]!)).sort(), COVERAGE);
}

function deviationsOff(estimate: LogEstimate, value: number): number {
  return Math.abs(value - estimate.mean) / Math.sqrt(estimate.variance);
}
