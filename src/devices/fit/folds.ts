/** Every fold of leave-one-SoC-out, beside the simple predictors on the same rows: the table of experiment 12. */
import { checkRows } from "./check-rows.js";
import type { Measurement } from "../facts/measurement.js";
import type { RateModel } from "./rate-model.js";
import { SIMPLE_PREDICTORS } from "./simple-predictors.js";
import { isHandheld, summarizeErrors } from "./score.js";
import type { ErrorSummary, ScoredRow } from "./score.js";

/** One predictor over all folds and in each. */
export interface PredictorFolds {
  readonly predictor: string;
  readonly all: ErrorSummary;
  readonly handheld: ErrorSummary | undefined;
  /** Chips in the order of their number of rows. */
  readonly folds: readonly { readonly chip: string; readonly errors: ErrorSummary }[];
}

/** Name of this project's predictor, without and with a calibration row. */
export const OURS = ["ours, chip left out", "ours, one row per chip, stack and accelerator known"] as const;

/** Folds of our predictor and, for decode, of the simple ones. With 1,000 rows about a minute. */
export function tabulateFolds(model: RateModel): readonly PredictorFolds[] {
  const scores = model.target.name === "decode" ? scoreFolds(model) : scoreOurs(model, model.rows);
  return scores.map(({ predictor, scored }) => summarizeFolds(predictor, scored));
}

interface PredictorScores { readonly predictor: string; readonly scored: readonly ScoredRow[] }

function scoreOurs(model: RateModel, rows: readonly Measurement[]): readonly PredictorScores[] {
  return OURS.map((predictor, calibrate) => ({ predictor, scored: checkRows(model, rows, { calibrate: calibrate === 1, leaveChipsOut: true }).scored }));
}

/** Predictions of each row by each predictor, none of which has seen the row's chip. `rows`: some of the model's; default: all. */
export function scoreFolds(decode: RateModel, rows: readonly Measurement[] = decode.rows): readonly PredictorScores[] {
  const ours = scoreOurs(decode, rows);
  const asked = new Set(rows);
  return [...SIMPLE_PREDICTORS.map(({ name, predict }) => ({ predictor: name, scored: predict(decode.rows, decode.chips).filter(({ row }) => asked.has(row)) })), ...ours];
}

/** Errors of one predictor over all folds and in each. */
export function summarizeFolds(predictor: string, scored: readonly ScoredRow[]): PredictorFolds {
  const chips = new Map<string, ScoredRow[]>();
  for (const entry of scored) {
    const own = chips.get(entry.row.chip);
    if (own === undefined) chips.set(entry.row.chip, [entry]); else own.push(entry);
  }
  return {
    predictor, all: summarizeErrors(scored)!, handheld: summarizeErrors(scored.filter(({ row }) => isHandheld(row))),
    folds: [...chips].sort((a, b) => b[1].length - a[1].length).map(([chip, own]) => ({ chip, errors: summarizeErrors(own)! })),
  };
}
