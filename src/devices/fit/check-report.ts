/** `plmm devices check` in numbers: every target of a table, for all rows and for phones and tablets. */
import type { Measurement } from "../facts/measurement.js";
import { checkRows } from "./check-rows.js";
import type { CheckOptions, TargetCheck } from "./check-rows.js";
import { checkFirstToken } from "./check-first-token.js";
import type { RateModel } from "./rate-model.js";
import { isHandheld, noiseFloor, summarizeErrors } from "./score.js";
import type { ErrorSummary } from "./score.js";
import { TARGETS } from "./rate-targets.js";
import type { TargetName } from "./rate-targets.js";

/** What is checked: the fitted targets, and the time to first token that follows from two of them. */
export const CHECKED = [...TARGETS, "first token"] as const;
/** One of them. */
export type CheckedName = (typeof CHECKED)[number];

/** Figures of one target. */
export interface TargetReport {
  readonly target: CheckedName;
  readonly unit: string;
  readonly all: ErrorSummary | undefined;
  readonly handheld: ErrorSummary | undefined;
  /** llama.cpp on Metal with a model of 7e9: one clean stack. Decode only. */
  readonly metal7b: ErrorSummary | undefined;
  readonly noiseFloor: { readonly rows: number; readonly medianError: number } | undefined;
  readonly calibrationRows: number;
  readonly rowsOfKnownChips: number;
  /** Rows left out, by rule. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly rows: readonly RowReport[];
}

/** One scored row. */
export interface RowReport {
  readonly id: string;
  readonly chip: string;
  readonly measured: number;
  readonly predicted: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** Targets that a table measures. */
export function measuredTargets(rows: readonly Measurement[]): readonly TargetName[] {
  const has = (value: (row: Measurement) => number | undefined): boolean => rows.some((row) => value(row) !== undefined);
  const energy = has((row) => row.energyPerTokenJ);
  // The energy table prints decode rates of runs that are hot or hours long: its subject is energy.
  return [
    ...(has((row) => row.decodePerS) && !energy ? ["decode" as const] : []), ...(has((row) => row.prefillPerS) ? ["prefill" as const] : []),
    ...(has((row) => row.peakBytes) ? ["memory" as const] : []), ...(energy ? ["energy" as const] : []),
  ];
}

/** The fitted targets. */
export interface RateModels {
  readonly model: (target: TargetName) => RateModel;
  /** Of the interval of the time to first token. */
  readonly firstTokenScale: number;
}

/** Checks all targets that the table measures. */
export function reportCheck(rows: readonly Measurement[], { model: modelOf, firstTokenScale: scale }: RateModels, options: CheckOptions): readonly TargetReport[] {
  const fitted = measuredTargets(rows).map((target) => {
    const model = modelOf(target);
    return reportTarget(target, model.target.unit, checkRows(model, rows, options));
  });
  if (rows.every((row) => row.firstTokenS === undefined)) return fitted;
  return [...fitted, reportTarget("first token", "s", checkFirstToken({ prefill: modelOf("prefill"), decode: modelOf("decode"), scale }, rows, options.leaveChipsOut))];
}

function reportTarget(target: CheckedName, unit: string, check: TargetCheck): TargetReport {
  const { scored } = check;
  return {
    target, unit, all: summarizeErrors(scored), handheld: summarizeErrors(scored.filter(({ row }) => isHandheld(row))),
    metal7b: target === "decode" ? summarizeErrors(scored.filter(({ row }) => isMetal7b(row))) : undefined,
    // Rows of one set-up differ in the length of their prompt, which a first token follows.
    noiseFloor: target === "first token" ? undefined : noiseFloor(scored), calibrationRows: check.calibrationRows, rowsOfKnownChips: check.rowsOfKnownChips,
    skipped: Object.fromEntries([...check.skipped].sort((a, b) => b[1] - a[1])),
    rows: scored.map(({ row, measured, predicted }) => ({ id: row.id, chip: row.chip, measured, predicted: predicted.value, low: predicted.low, high: predicted.high })),
  };
}

function isMetal7b(row: Measurement): boolean {
  return row.family === "llama.cpp" && row.accelerator === "Metal" && /llama.*7b/i.test(row.model);
}
