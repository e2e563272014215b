/** What the visits to a case say together: each brought to the usual speed of the machine, and of every step the median. */
import { quantile } from "../../core/statistics.js";
import type { CalibratedCase, HostClock } from "../../devices/host/host-profile.js";
import type { HostModel, HostStep, MeasuredStep } from "../../devices/host/host-step.js";
import { ggufHostModel, onnxHostModel } from "../../models/runtimes/host-model.js";
import type { Effort } from "../measure-work.js";
import type { CalibrationCase, CalibrationPlan } from "./calibration-plan.js";
import type { Visit } from "./visit-log.js";

/** Visits before and after one that tell how fast the machine was. */
const DRIFT_REACH = 3;
/** Makes the median distance from the median that of a normal distribution. */
const NORMAL_SPREAD = 1.4826;

/** Cases with what their visits say. A case without visits has no steps. */
export function summarizeVisits({ cases }: Pick<CalibrationPlan, "cases">, visits: readonly Visit[], clock: HostClock): CalibratedCase[] {
  const drifts = driftsOf(visits.map(({ reference }) => secondsBy(clock, reference, 1))), driftOf = new Map(visits.map((visit, i) => [visit, drifts[i]!]));
  return cases.map((asked, index) => {
    const found = new Map<string, { readonly step: HostStep; readonly visitsS: number[] }>();
    for (const visit of visits.filter((each) => each.case === index)) {
      for (const { step, ...effort } of visit.steps) {
        const key = JSON.stringify(step), entry = found.get(key) ?? { step, visitsS: [] };
        entry.visitsS.push(secondsBy(clock, effort, step.threads) / driftOf.get(visit)!);
        found.set(key, entry);
      }
    }
    const steps = [...found.values()].map(({ step, visitsS }): MeasuredStep => ({ ...step, seconds: medianOf(visitsS), visitsS }));
    return { model: modelOf(asked), isHeldOut: asked.isHeldOut, steps };
  });
}

/** Standard error of a step's seconds, from the spread of its visits, as a fraction. Infinity for a single visit. One wild visit of three or more does not move it. */
export function errorOfStep({ visitsS, seconds }: Pick<MeasuredStep, "visitsS" | "seconds">): number {
  if (visitsS.length < 2) return Infinity;
  return NORMAL_SPREAD * medianOf(visitsS.map((visitS) => Math.abs(visitS - seconds))) / seconds / Math.sqrt(visitsS.length);
}

/** How slow the machine was at each visit: the median reference around it, over that of the whole run. A single reference is too noisy. */
function driftsOf(references: readonly number[]): number[] {
  const usual = references.length === 0 ? 1 : medianOf(references);
  return references.map((_, i) => medianOf(references.slice(Math.max(0, i - DRIFT_REACH), i + DRIFT_REACH + 1)) / usual);
}

function secondsBy(clock: HostClock, { wallS, cpuS }: Effort, threads: number): number {
  switch (clock) {
    case "wall": return wallS;
    case "processor": return cpuS / threads;
    default: return clock satisfies never;
  }
}

function modelOf({ runtime, shape, quant }: CalibrationCase): HostModel {
  switch (runtime) {
    case "llama.cpp": return ggufHostModel(shape, quant);
    case "ONNX Runtime": return onnxHostModel(shape);
    default: return runtime satisfies never;
  }
}

function medianOf(values: readonly number[]): number { return quantile([...values].sort((a, b) => a - b), 0.5); }
