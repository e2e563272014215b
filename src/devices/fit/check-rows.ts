/**
 * Predicts the rows of a table without looking at what they measured, and puts prediction and measurement side by side.
 *
 * With calibration, one row per chip, stack and accelerator (the one whose id has the smallest hash) is shown to the model and not scored.
 * With chips left out, a row is predicted without any row of its chip that the fit knows: an unseen chip, its spec sheet and its kin.
 */
import type { Measurement } from "../facts/measurement.js";
import { indexSpellings, nameBuild } from "../facts/name-build.js";
import { chooseCalibrators } from "./calibrators.js";
import { leaveChipsOut } from "./leave-chips-out.js";
import { conditionModel, predictRows, whyNotFitted } from "./rate-model.js";
import type { Prediction, RateModel } from "./rate-model.js";
import type { ScoredRow } from "./score.js";

/** How to check. */
export interface CheckOptions {
  readonly calibrate: boolean;
  readonly leaveChipsOut: boolean;
}

/** Outcome for one target. */
export interface TargetCheck {
  readonly scored: readonly ScoredRow[];
  /** Measured rows that were not scored, by rule. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly calibrationRows: number;
  /** Scored rows whose chip the fit saw; 0 with chips left out. */
  readonly rowsOfKnownChips: number;
}

/** Checks one target on all rows that measured it. */
export function checkRows(model: RateModel, rows: readonly Measurement[], options: CheckOptions): TargetCheck {
  const spellings = indexSpellings(model.rows), skipped = new Map<string, number>();
  const measured = rows.filter((row) => model.target.measured(row) !== undefined).map((row) => nameBuild(row, spellings));
  const usable = measured.filter((row) => {
    const reason = whyNotFitted(row, model.target.name);
    if (reason !== undefined) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    return reason === undefined;
  });
  const calibrators = options.calibrate ? chooseCalibrators(usable) : new Set<Measurement>();
  const asked = usable.filter((row) => !calibrators.has(row)), known = new Set(model.rows.map((row) => row.chip));
  const predictions = options.leaveChipsOut ? predictChipsLeftOut(model, asked, calibrators) : predictAsGiven(model, asked, calibrators);
  return {
    scored: asked.map((row, at) => ({ row, measured: model.target.measured(row)!, predicted: predictions[at]! })), skipped,
    calibrationRows: calibrators.size, rowsOfKnownChips: options.leaveChipsOut ? 0 : asked.filter((row) => known.has(row.chip)).length,
  };
}

/** Predictions of rows whatever they measured; with chips left out, each without the fit's rows of its chip. */
export function predictAsked(model: RateModel, asked: readonly Measurement[], areChipsLeftOut: boolean): readonly Prediction[] {
  return areChipsLeftOut ? predictChipsLeftOut(model, asked, new Set()) : predictAsGiven(model, asked, new Set());
}

function predictAsGiven(model: RateModel, asked: readonly Measurement[], calibrators: ReadonlySet<Measurement>): readonly Prediction[] {
  return predictRows(withCalibrators(model, calibrators), asked);
}

function predictChipsLeftOut(model: RateModel, asked: readonly Measurement[], calibrators: ReadonlySet<Measurement>): readonly Prediction[] {
  return leaveChipsOut(withCalibrators(model, calibrators), asked, calibrators).map(({ prediction }) => prediction);
}

/** The model with the calibrators, each once: a row that the fit knows counts as the fit's own. */
function withCalibrators(model: RateModel, calibrators: ReadonlySet<Measurement>): RateModel {
  if (calibrators.size === 0) return model;
  const nameOf = ({ id, chip }: Measurement): string => `${id}|${chip}`, shown = new Set([...calibrators].map(nameOf));
  return conditionModel(model.target.name, model.fit, [...model.rows.filter((row) => !shown.has(nameOf(row))), ...calibrators], model.chips);
}
