/** How far predictions are from measurements: the figures that `plmm devices check` prints. */
import { ln } from "../../core/elementary.js";
import { quantile } from "../../core/statistics.js";
import type { Measurement } from "../facts/measurement.js";
import type { Prediction } from "./rate-model.js";

/** A measured value beside its prediction. Simple predictors have no interval. */
export interface ScoredRow {
  readonly row: Measurement;
  readonly measured: number;
  readonly predicted: Pick<Prediction, "value"> & Partial<Prediction>;
}

/** Errors over rows. Fractions, not percent. */
export interface ErrorSummary {
  readonly rows: number;
  /** Absolute error of the prediction, of the measured value. */
  readonly median: number;
  readonly p90: number;
  /** Share of rows predicted between half and twice the measured value. */
  readonly within2x: number;
  /** Median over chips of the chip's median error: each chip counts once. */
  readonly macroMedian: number;
  /** Share of rows inside their 80% interval; undefined without intervals. */
  readonly coverage: number | undefined;
}

const LN_2 = ln(2);

/** Absolute error relative to the measured value. */
export function relativeError(scored: ScoredRow): number {
  return Math.abs(scored.predicted.value / scored.measured - 1);
}

/** Summary; undefined without rows. */
export function summarizeErrors(scored: readonly ScoredRow[]): ErrorSummary | undefined {
  if (scored.length === 0) return undefined;
  const errors = sorted(scored.map(relativeError)), byChip = new Map<string, number[]>();
  for (const entry of scored) {
    const own = byChip.get(entry.row.chip);
    if (own === undefined) byChip.set(entry.row.chip, [relativeError(entry)]); else own.push(relativeError(entry));
  }
  const intervals = scored.filter(({ predicted }) => predicted.low !== undefined && predicted.high !== undefined);
  const inside = intervals.filter(({ measured, predicted }) => measured >= predicted.low! && measured <= predicted.high!);
  return {
    rows: scored.length, median: quantile(errors, 0.5), p90: quantile(errors, 0.9),
    within2x: scored.filter(({ measured, predicted }) => Math.abs(ln(predicted.value / measured)) <= LN_2).length / scored.length,
    macroMedian: quantile(sorted([...byChip.values()].map((own) => quantile(sorted(own), 0.5))), 0.5),
    coverage: intervals.length === 0 ? undefined : inside.length / intervals.length,
  };
}

/** Rows on phones and tablets. */
export function isHandheld(row: Measurement): boolean {
  return row.deviceClass === "phone" || row.deviceClass === "tablet";
}

/**
 * Spread between rows that say the same: one chip, software build, accelerator, model and format. What no predictor can go below.
 *
 * @returns Median absolute log difference to the group's geometric mean, widened for the mean being of the same few rows; and how many rows.
 */
export function noiseFloor(rows: readonly { readonly row: Measurement; readonly measured: number }[]): { readonly rows: number; readonly medianError: number } | undefined {
  const groups = new Map<string, number[]>();
  for (const { row, measured } of rows) {
    const key = [row.chip, row.backend ?? row.family, row.accelerator, row.model, row.format, row.threads ?? ""].join("|"), own = groups.get(key);
    if (own === undefined) groups.set(key, [ln(measured)]); else own.push(ln(measured));
  }
  const repeated = [...groups.values()].filter((own) => own.length > 1);
  const spreads = repeated.flatMap((own) => {
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    return own.map((value) => Math.abs(value - mean) * Math.sqrt(own.length / (own.length - 1)));
  });
  return spreads.length === 0 ? undefined : { rows: spreads.length, medianError: quantile(sorted(spreads), 0.5) };
}

function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
