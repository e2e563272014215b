/** Predicts rows of chips without the rows of the chip, save those that calibrate it. */
import type { Measurement } from "../facts/measurement.js";
import { covarianceMatrix, predictLog, restrictTo } from "./gaussian-process.js";
import type { LogEstimate } from "./gaussian-process.js";
import { describeAll, estimatesToPredictions } from "./rate-model.js";
import type { Prediction, RateModel } from "./rate-model.js";

/** What leaving out gave for a row. */
export interface LeftOutRow {
  readonly estimate: LogEstimate;
  readonly prediction: Prediction;
}

/**
 * Predicts each asked row from all rows of other chips and from the calibrators of its own.
 *
 * @param model Conditioned on the calibrators too.
 */
export function leaveChipsOut(model: RateModel, asked: readonly Measurement[], calibrators: ReadonlySet<Measurement>): readonly LeftOutRow[] {
  const plain = covarianceMatrix(model.process.covariance, model.process.rows), left = new Map<Measurement, LeftOutRow>();
  for (const chip of new Set(asked.map((row) => row.chip))) {
    const own = asked.filter((row) => row.chip === chip), keep = model.rows.flatMap((row, at) => (row.chip !== chip || calibrators.has(row) ? [at] : []));
    const process = restrictTo(model.process, plain, model.values, keep), estimates = predictLog(process, describeAll(own, model.chips));
    const predictions = estimatesToPredictions(model, estimates, own, keep.map((at) => model.rows[at]!));
    own.forEach((row, at) => left.set(row, { estimate: estimates[at]!, prediction: predictions[at]! }));
  }
  return asked.map((row) => left.get(row)!);
}
