/** Predictions of a host profile beside what was measured. */
import { quantile } from "../../core/statistics.js";
import { predictStepS } from "./host-cost.js";
import type { HostProfile } from "./host-profile.js";
import { type HostModel, type MeasuredStep, weightsOf } from "./host-step.js";

/** A measured step with its prediction. */
export interface ScoredStep { readonly model: HostModel; readonly isHeldOut: boolean; readonly step: MeasuredStep; readonly predictedS: number }

/** Absolute errors over steps. Fractions of the measured time. */
export interface HostErrors {
  readonly name: string;
  readonly steps: number;
  readonly median: number;
  readonly p90: number;
  /** Median over steps of how far the visits to a step lie apart, largest over smallest less 1: how quiet the machine was. */
  readonly visitSpread: number;
}

/** Every step of a profile. */
export function scoreHost({ cases, fits }: HostProfile): ScoredStep[] {
  return cases.flatMap(({ model, isHeldOut, steps }) => steps.map((step) => ({ model, isHeldOut, step, predictedS: predictStepS(fits[model.runtime]!, model, step) })));
}

/** Absolute error, of the measured time. */
export function stepError({ step, predictedS }: ScoredStep): number { return Math.abs(predictedS / step.seconds - 1); }

/** Errors over all steps, and by engine, kind of step, threads, quantization and size. */
export function summarizeHost(scored: readonly ScoredStep[]): HostErrors[] {
  const groupings: readonly ((step: ScoredStep) => string)[] = [
    () => "all", ({ model }) => model.runtime, ({ step }) => stepName(step), ({ step: { threads } }) => `${threads} thread${threads === 1 ? "" : "s"}`,
    ({ model }) => model.quant, ({ model }) => `${(weightsOf(model) / 1e6).toFixed(1)} M weights`,
  ];
  return groupings.flatMap((nameOf) => [...new Set(scored.map(nameOf))].map((name) => errorsOf(name, scored.filter((step) => nameOf(step) === name))));
}

function stepName({ kind, sequences }: MeasuredStep): string { return kind === "prefill" ? "prefill" : sequences === 1 ? "decode" : "decode, several sequences"; }

function errorsOf(name: string, scored: readonly ScoredStep[]): HostErrors {
  const at = (values: readonly number[], share: number): number => quantile([...values].sort((a, b) => a - b), share);
  const errors = scored.map(stepError), spreads = scored.map(({ step: { visitsS } }) => Math.max(...visitsS) / Math.min(...visitsS) - 1);
  return { name, steps: scored.length, median: at(errors, 0.5), p90: at(errors, 0.9), visitSpread: at(spreads, 0.5) };
}
